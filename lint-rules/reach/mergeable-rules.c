/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports neighbouring rules that one rule could say: they differ in one address, and the
 * two networks are one, or in the ports, which fit into one list.
 */
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"
#include "ruleset/rule.h"

#define FOR_A_SET 50 /* more addresses than this belong into one */
#define PORTS_MAX 15 /* of one multiport match */

enum difference {
	DIFFER_NOT_AT_ALL,
	DIFFER_IN_SRC,
	DIFFER_IN_DST,
	DIFFER_IN_DPORT,
	DIFFER_IN_MORE,
};

struct place {
	const struct unit *unit;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

static bool same_prefix(const struct prefix *a, const struct prefix *b)
{
	if (!a || !b)
		return a == b;
	return !prefix_host(a) && prefix_equal(a, b);
}

static bool same_target(const struct rule *a, const struct rule *b)
{
	if (a->target_kind != b->target_kind)
		return false;
	switch ((enum target_kind)a->target_kind) {
	case TARGET_NONE:
		return true;
	case TARGET_VERDICT:
		return a->verdict == b->verdict;
	case TARGET_JUMP:
	case TARGET_GOTO:
		return a->to.chain == b->to.chain;
	case TARGET_EXTENSION:
		/* only what does the same for one packet as for two */
		return !strcmp(a->to.extension->real_name, "REJECT") &&
		       !strcmp(a->to.extension->text, b->to.extension->text);
	}
	return false;
}

/* Nothing in it counts, or answers by chance: then two rules are not one. */
static bool is_plain(const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match_facts(match->real_name)->answer == ANSWER_FREE || match->undecided)
			return false;
	}
	return true;
}

/* The two structures begin alike. */
static bool ports_of(const struct match *match, struct xt_udp *ports)
{
	struct xt_tcp tcp;

	if (!strcmp(match->real_name, "udp"))
		return match_data(match, ports, sizeof(*ports)) && !ports->invflags;
	if (strcmp(match->real_name, "tcp") || !match_data(match, &tcp, sizeof(tcp)) ||
	    tcp.invflags || tcp.flg_mask || tcp.flg_cmp || tcp.option)
		return false;
	memcpy(ports->spts, tcp.spts, sizeof(tcp.spts));
	memcpy(ports->dpts, tcp.dpts, sizeof(tcp.dpts));
	return true;
}

static bool differ_in_dport_only(const struct match *a, const struct match *b)
{
	struct xt_udp x, y;

	return ports_of(a, &x) && ports_of(b, &y) && !memcmp(x.spts, y.spts, sizeof(x.spts));
}

static enum difference compare_matches(const struct rule *a, const struct rule *b)
{
	const struct match *x = a->matches, *y = b->matches;
	enum difference found = DIFFER_NOT_AT_ALL;

	for (; x && y; x = x->next, y = y->next) {
		/* a comment says something about the one rule */
		if (strcmp(x->real_name, y->real_name) || !strcmp(x->real_name, "comment"))
			return DIFFER_IN_MORE;
		if (!strcmp(x->text, y->text))
			continue;
		if (found != DIFFER_NOT_AT_ALL || !differ_in_dport_only(x, y))
			return DIFFER_IN_MORE;
		found = DIFFER_IN_DPORT;
	}
	return x || y ? DIFFER_IN_MORE : found;
}

static enum difference compare(const struct rule *a, const struct rule *b)
{
	bool src, dst;
	enum difference matches;

	if (a->unbound || b->unbound || !same_target(a, b) || a->protocol != b->protocol ||
	    a->inverted != b->inverted || a->fragment != b->fragment || a->in != b->in ||
	    a->out != b->out)
		return DIFFER_IN_MORE;
	src = !same_prefix(a->src, b->src);
	dst = !same_prefix(a->dst, b->dst);
	if (src && dst)
		return DIFFER_IN_MORE;
	matches = compare_matches(a, b);
	if (!src && !dst)
		return matches;
	if (matches != DIFFER_NOT_AT_ALL || (src ? !a->src || !b->src : !a->dst || !b->dst) ||
	    (a->inverted & (src ? RULE_NOT_SRC : RULE_NOT_DST)))
		return DIFFER_IN_MORE;
	return src ? DIFFER_IN_SRC : DIFFER_IN_DST;
}

/* Are the two networks the halves of one? */
static bool are_halves(const struct prefix *a, const struct prefix *b)
{
	const unsigned char *x = (const unsigned char *)&a->address;
	const unsigned char *y = (const unsigned char *)&b->address;
	const unsigned char *mask = (const unsigned char *)a->mask;
	unsigned differing = 0;

	if (!a->mask || !b->mask || memcmp(a->mask, b->mask, sizeof(*a->mask)) != 0)
		return false;
	for (size_t i = 0; i < sizeof(a->address); i++) {
		unsigned char differ = x[i] ^ y[i];
		/* the last bit of the mask */
		bool is_last = mask[i] && (i + 1 == sizeof(a->address) || !mask[i + 1]);

		if (!differ)
			continue;
		if (!is_last || differ != (mask[i] & -mask[i]))
			return false;
		differing++;
	}
	return differing == 1;
}

static bool merge(const struct rule *a, const struct rule *b, enum difference difference)
{
	switch (difference) {
	case DIFFER_IN_SRC:
		return are_halves(a->src, b->src);
	case DIFFER_IN_DST:
		return are_halves(a->dst, b->dst);
	default:
		return difference == DIFFER_IN_DPORT;
	}
}

static struct diag *report(const struct place *at, const struct rule *first, const char *message)
{
	struct diag *diag =
		diag_say(at->diags, "mergeable-rules", first->origin->base.span, message);

	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	return diag;
}

static void report_pair(const struct place *at, const struct rule *first, const struct rule *second,
			enum difference difference)
{
	struct diag *diag = report(
		at, first,
		difference == DIFFER_IN_DPORT
			? "this rule and the next one could be one, with -m multiport --dports"
			: "this rule and the next one could be one: their networks are halves of "
			  "one");

	diag_related(at->diags, diag, second->origin->base.span, "the next one");
}

/* N rules that differ in the same thing only: from FIRST to LAST. */
static void report_run(const struct place *at, const struct rule *first, const struct rule *last,
		       const struct rule *second, enum difference difference, uint32_t n)
{
	struct diag *diag;

	if (difference == DIFFER_IN_SRC || difference == DIFFER_IN_DST) {
		if (n > FOR_A_SET) {
			diag = report(at, first,
				      arena_printf(at->unit->arena,
						   "%u rules from here on differ in the %s address "
						   "only: one rule with -m set would do",
						   n,
						   difference == DIFFER_IN_SRC ? "source"
									       : "destination"));
			diag_related(at->diags, diag, last->origin->base.span, "the last one");
		} else if (n == 2 && merge(first, second, difference)) {
			report_pair(at, first, second, difference);
		}
		return;
	}
	if (n == 2) {
		report_pair(at, first, second, difference);
	} else if (n <= PORTS_MAX) {
		diag = report(at, first,
			      arena_printf(at->unit->arena,
					   "%u rules from here on differ in the port only: "
					   "-m multiport --dports says it in one",
					   n));
		diag_related(at->diags, diag, last->origin->base.span, "the last one");
	}
}

static void check_chain(const struct place *at)
{
	const struct entry *entry = at->chain->first;

	while (entry && entry->next) {
		const struct rule *first = entry->rule, *second = entry->next->rule;
		enum difference difference = compare(first, second);
		const struct entry *last = entry->next;
		uint32_t n = 2;

		entry = entry->next;
		if (difference == DIFFER_IN_MORE || difference == DIFFER_NOT_AT_ALL ||
		    first->origin == second->origin || !is_plain(first))
			continue;
		while (last->next && compare(last->rule, last->next->rule) == difference) {
			last = last->next;
			n++;
		}
		report_run(at, first, last->rule, second, difference, n);
		entry = last;
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			struct place at = { unit, table, table->chains[i], diags };

			if (!chain_is_external(at.chain->name))
				check_chain(&at);
		}
	}
}

const struct lint_rule lint_mergeable_rules = {
	.name = "mergeable-rules",
	.group = "reach",
	.summary = "neighbouring rules that one rule could say",
	.level = LEVEL_INFO,
	.check = check,
};
