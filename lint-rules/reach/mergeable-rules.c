/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports neighbouring rules that one rule could say: they differ in one address, and the
 * networks are one together, or in the ports, which are a range or fit into one list.
 *
 * The fix changes one word of the first line and deletes the others, so that the rest of
 * the line stays as its author has written it.
 */
#include <arpa/inet.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "base/buf.h"
#include "lint/rules.h"
#include "parse/parse.h"
#include "ruleset/rule.h"

#define FOR_A_SET 50 /* more addresses than this belong into one */
#define SLOTS_MAX 15 /* of one multiport match; a range takes two */

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
	bool only_appends; /* so that no line counts rules, or names one that would be gone */
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
	unsigned n_ports = 0;
	struct xt_udp ports;

	for (; x && y; x = x->next, y = y->next) { /* a comment says something about the one rule */
		if (strcmp(x->real_name, y->real_name) || !strcmp(x->real_name, "comment"))
			return DIFFER_IN_MORE;
		n_ports += ports_of(x, &ports);
		if (!strcmp(x->text, y->text))
			continue;
		if (found != DIFFER_NOT_AT_ALL || !differ_in_dport_only(x, y))
			return DIFFER_IN_MORE;
		found = DIFFER_IN_DPORT;
	}
	/* of two lists of ports it is not clear which one is meant */
	if (x || y || (found == DIFFER_IN_DPORT && n_ports != 1))
		return DIFFER_IN_MORE;
	return found;
}

static enum difference compare(const struct rule *a, const struct rule *b)
{
	bool src, dst;
	enum difference matches;

	/* a list of addresses in one line is short already */
	if (a->origin->n_rules != 1 || b->origin->n_rules != 1)
		return DIFFER_IN_MORE;
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

/* The bits of the mask; -1 if it has holes, or there is none. */
static int mask_length(const struct prefix *prefix)
{
	const unsigned char *mask = (const unsigned char *)prefix->mask;
	int length = 0;

	for (size_t bit = 0; mask && bit < 8 * sizeof(*prefix->mask); bit++) {
		if (!(mask[bit / 8] & 0x80 >> bit % 8))
			continue;
		if ((int)bit != length)
			return -1;
		length++;
	}
	return mask ? length : -1;
}

/* Are the two networks the halves of one? */
static bool are_halves(const struct prefix *a, const struct prefix *b)
{
	const unsigned char *x = (const unsigned char *)&a->address;
	const unsigned char *y = (const unsigned char *)&b->address;
	int length = mask_length(a);

	if (length <= 0 || mask_length(b) != length)
		return false;
	for (int i = 0; i < (int)sizeof(a->address); i++) {
		/* they differ in the last bit of the mask */
		int differ = (length - 1) / 8 == i ? 0x80 >> (length - 1) % 8 : 0;

		if ((x[i] ^ y[i]) != differ)
			return false;
	}
	return true;
}

/* ---- the fix ---- */

static bool only_appends(const struct unit *unit)
{
	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct command *command = (const struct command *)each;

		if (each->kind == STATEMENT_COMMAND && command->kind != COMMAND_APPEND &&
		    command->kind != COMMAND_NEW_CHAIN && command->kind != COMMAND_POLICY)
			return false;
	}
	return true;
}

/* N rules that stand one after another in their chain and differ in one thing. */
struct run {
	const struct entry *first;
	uint32_t n;
	enum difference difference;
};

static const struct rule *last_of(const struct run *run)
{
	const struct entry *entry = run->first;

	for (uint32_t i = 1; i < run->n; i++)
		entry = entry->next;
	return entry->rule;
}

/* Is there nothing between the lines of a run that belongs to one of them, or may? */
static bool stand_together(const struct run *run)
{
	const struct statement *each = &run->first->rule->origin->base;
	const struct entry *next = run->first->next;

	for (uint32_t left = run->n - 1; left;) {
		each = each->next;
		if (!each || (each->kind != STATEMENT_BLANK && each->kind != STATEMENT_COMMAND))
			return false;
		if (each != &next->rule->origin->base)
			continue;
		next = next->next;
		left--;
	}
	return true;
}

static const char *const source_names[] = { "-s", "--source", "--src", NULL };
static const char *const destination_names[] = { "-d", "--destination", "--dst", NULL };
static const char *const port_names[] = { "--dport", "--destination-port", NULL };

static const char *const *option_names(enum difference difference)
{
	if (difference == DIFFER_IN_SRC)
		return source_names;
	return difference == DIFFER_IN_DST ? destination_names : port_names;
}

struct words {
	const struct word *list;
	size_t n;
	size_t option; /* its value stands behind it */
};

/* False if the line does not have the option once, as a word of its own. */
static bool find_option(const struct place *at, struct arena *scratch, const struct rule *rule,
			enum difference difference, struct words *words)
{
	unsigned found = 0;

	words->list = parse_words(scratch, at->unit->source, rule->origin->base.span, &words->n);
	for (size_t i = 0; i + 1 < words->n; i++) {
		for (const char *const *name = option_names(difference); *name; name++) {
			if (strcmp(words->list[i].text, *name) != 0)
				continue;
			words->option = i;
			found++;
		}
	}
	return found == 1;
}

static void delete_line(const struct place *at, struct diag *diag, const struct rule *rule)
{
	const struct source *source = at->unit->source;
	struct span span = rule->origin->base.span;

	while (span.end < source->len && source->bytes[span.end] == '\r')
		span.end++;
	if (span.end < source->len && source->bytes[span.end] == '\n')
		span.end++;
	diag_edit(at->diags, diag, span, "");
}

/* Puts TEXT in the place of the words from FIRST to LAST of the first line. */
static void offer_fix(const struct place *at, struct diag *diag, const struct run *run,
		      const struct word *first, const struct word *last, const char *text)
{
	const struct entry *entry = run->first;

	/* the words of a script are not those of one rule */
	if (at->unit->is_script || !at->only_appends || !stand_together(run))
		return;
	diag_edit(at->diags, diag, span_join(first->span, last->span), text);
	for (uint32_t i = 1; i < run->n; i++) {
		entry = entry->next;
		delete_line(at, diag, entry->rule);
	}
}

/* ---- findings ---- */

static struct diag *report(const struct place *at, const struct run *run, const char *way)
{
	const struct rule *first = run->first->rule;
	const char *message =
		run->n == 2
			? arena_printf(at->unit->arena,
				       "this rule and the next one could be one, with '%s'", way)
			: arena_printf(at->unit->arena,
				       "%u rules from here on could be one, with '%s'", run->n,
				       way);
	struct diag *diag =
		diag_say(at->diags, "mergeable-rules", first->origin->base.span, message);

	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	diag_related(at->diags, diag, last_of(run)->origin->base.span,
		     run->n == 2 ? "the next one" : "the last one");
	return diag;
}

static void report_for_set(const struct place *at, const struct run *run)
{
	struct diag *diag = diag_add(
		at->diags, "mergeable-rules", run->first->rule->origin->base.span,
		"%u rules from here on differ in the %s address only: one rule with an ipset would "
		"do",
		run->n, run->difference == DIFFER_IN_SRC ? "source" : "destination");

	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	diag_hint(at->diags, diag,
		  "put the addresses into a set, and write -m set --match-set NAME");
	diag_related(at->diags, diag, last_of(run)->origin->base.span, "the last one");
}

/* ---- addresses ---- */

/* A network, and the rules of a run that it is put together from. */
struct block {
	struct prefix prefix;
	const struct entry *first;
	uint32_t n;
};

/* Of two halves the one that both are. */
static void join(enum family family, struct block *block, const struct block *half)
{
	unsigned char *address = (unsigned char *)&block->prefix.address;
	const unsigned char *mask;

	block->prefix.mask = mask_of_length(family, (unsigned)mask_length(&block->prefix) - 1);
	mask = (const unsigned char *)block->prefix.mask;
	for (size_t i = 0; i < sizeof(*block->prefix.mask); i++)
		address[i] &= mask[i];
	block->n += half->n;
}

static void report_network(const struct place *at, const struct block *block,
			   enum difference difference)
{
	struct run run = { block->first, block->n, difference };
	int length = mask_length(&block->prefix);
	char address[INET6_ADDRSTRLEN];
	const char *text;
	struct arena *scratch;
	struct words words;
	struct diag *diag;

	inet_ntop(at->unit->family == FAMILY_IPV6 ? AF_INET6 : AF_INET, &block->prefix.address,
		  address, sizeof(address));
	text = arena_printf(at->unit->arena, "%s/%d", address, length);
	diag = report(at, &run,
		      arena_printf(at->unit->arena, "%s %s",
				   difference == DIFFER_IN_SRC ? "-s" : "-d", text));
	scratch = arena_new();
	if (find_option(at, scratch, run.first->rule, difference, &words))
		offer_fix(at, diag, &run, &words.list[words.option + 1],
			  &words.list[words.option + 1], text);
	arena_free(scratch);
}

/* Puts halves together as they come, and the networks that this makes with each other. */
static void check_addresses(const struct place *at, const struct run *run)
{
	struct block blocks[FOR_A_SET];
	const struct entry *entry = run->first;
	uint32_t n = 0;

	for (uint32_t i = 0; i < run->n; i++, entry = entry->next) {
		const struct rule *rule = entry->rule;

		blocks[n].prefix = run->difference == DIFFER_IN_SRC ? *rule->src : *rule->dst;
		blocks[n].first = entry;
		blocks[n++].n = 1;
		while (n > 1 && are_halves(&blocks[n - 2].prefix, &blocks[n - 1].prefix)) {
			join(at->unit->family, &blocks[n - 2], &blocks[n - 1]);
			n--;
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		if (blocks[i].n > 1)
			report_network(at, &blocks[i], run->difference);
	}
}

/* ---- ports ---- */

struct ports {
	uint16_t first;
	uint16_t last;
};

/* Of a rule that differs from its neighbour in the port alone, and so has one such match. */
static struct ports ports_asked(const struct rule *rule)
{
	struct xt_udp ports;

	for (const struct match *match = rule->matches; match; match = match->next) {
		if (ports_of(match, &ports))
			return (struct ports){ ports.dpts[0], ports.dpts[1] };
	}
	return (struct ports){ 0, 65535 };
}

static int compare_ports(const void *a, const void *b)
{
	const struct ports *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Are they one range?  ALL becomes it. */
static bool are_range(const struct ports *list, uint32_t n, struct ports *all)
{
	struct ports sorted[SLOTS_MAX];

	memcpy(sorted, list, n * sizeof(*list));
	qsort(sorted, n, sizeof(*sorted), compare_ports);
	*all = sorted[0];
	for (uint32_t i = 1; i < n; i++) {
		if (sorted[i].first > all->last + 1)
			return false;
		if (sorted[i].last > all->last)
			all->last = sorted[i].last;
	}
	return true;
}

/* "ssh" stays "ssh". */
static void add_port(struct buf *buf, const struct place *at, struct arena *scratch,
		     const struct rule *rule, struct ports ports)
{
	struct words words;

	if (ports.first != ports.last)
		buf_printf(buf, "%u:%u", ports.first, ports.last);
	else if (find_option(at, scratch, rule, DIFFER_IN_DPORT, &words) &&
		 !strchr(words.list[words.option + 1].text, ':'))
		buf_add_string(buf, words.list[words.option + 1].text);
	else
		buf_printf(buf, "%u", ports.first);
}

static const char *port_list(const struct place *at, struct arena *scratch, const struct run *run,
			     const struct ports *list)
{
	const struct entry *entry = run->first;
	struct buf buf = { 0 };
	const char *text;

	for (uint32_t i = 0; i < run->n; i++, entry = entry->next) {
		if (i)
			buf_add_string(&buf, ",");
		add_port(&buf, at, scratch, entry->rule, list[i]);
	}
	text = arena_strdup(at->unit->arena, buf_string(&buf));
	buf_free(&buf);
	return text;
}

/* "-m tcp", if it has brought the option that stands behind it. */
static bool is_match_word(const struct words *words, size_t i)
{
	return i >= 2 &&
	       (!strcmp(words->list[i - 2].text, "-m") ||
		!strcmp(words->list[i - 2].text, "--match")) &&
	       (!strcmp(words->list[i - 1].text, "tcp") || !strcmp(words->list[i - 1].text, "udp"));
}

static void report_ports(const struct place *at, const struct run *run, const struct ports *list)
{
	struct arena *scratch = arena_new();
	const struct word *first;
	struct words words;
	struct ports all;
	bool is_range = are_range(list, run->n, &all);
	const char *text =
		is_range ? arena_printf(at->unit->arena, "--dport %u:%u", all.first, all.last)
			 : arena_printf(at->unit->arena, "-m multiport --dports %s",
					port_list(at, scratch, run, list));
	struct diag *diag = report(at, run, text);

	if (find_option(at, scratch, run->first->rule, DIFFER_IN_DPORT, &words)) {
		first = &words.list[words.option];
		/* without its port it would ask for nothing */
		if (!is_range && is_match_word(&words, words.option))
			first -= 2;
		offer_fix(at, diag, run, first, &words.list[words.option + 1], text);
	}
	arena_free(scratch);
}

/* As many rules at once as one list takes. */
static void check_ports(const struct place *at, const struct run *run)
{
	struct run some = { run->first, 0, run->difference };
	const struct entry *entry = run->first;
	struct ports list[SLOTS_MAX];
	unsigned slots = 0;

	for (uint32_t i = 0; i < run->n; i++, entry = entry->next) {
		struct ports ports = ports_asked(entry->rule);
		unsigned needed = ports.first == ports.last ? 1 : 2;

		if (slots + needed > SLOTS_MAX) {
			if (some.n > 1)
				report_ports(at, &some, list);
			some.first = entry;
			some.n = slots = 0;
		}
		slots += needed;
		list[some.n++] = ports;
	}
	if (some.n > 1)
		report_ports(at, &some, list);
}

/* ---- chains ---- */

static void check_run(const struct place *at, const struct run *run)
{
	if (run->difference == DIFFER_IN_DPORT)
		check_ports(at, run);
	else if (run->n > FOR_A_SET)
		report_for_set(at, run);
	else
		check_addresses(at, run);
}

static void check_chain(const struct place *at)
{
	const struct entry *entry = at->chain->first;

	while (entry && entry->next) {
		struct run run = { entry, 2, compare(entry->rule, entry->next->rule) };
		const struct entry *last = entry->next;

		entry = entry->next;
		if (run.difference == DIFFER_IN_MORE || run.difference == DIFFER_NOT_AT_ALL ||
		    !is_plain(run.first->rule))
			continue;
		while (last->next && compare(last->rule, last->next->rule) == run.difference) {
			last = last->next;
			run.n++;
		}
		check_run(at, &run);
		entry = last;
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	bool appends = only_appends(unit);

	/* the words of a script are not those of its rules */
	if (unit->is_script)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			struct place at = { unit, table, table->chains[i], diags, appends };

			if (!chain_is_external(at.chain->name) &&
			    at.chain->host_rules != HOST_RULES_AMONG)
				check_chain(&at);
		}
	}
}

const struct lint_rule lint_mergeable_rules = {
	.name = "mergeable-rules",
	.group = "reach",
	.summary = "neighbouring rules that one rule could say",
	.level = LEVEL_INFO,
	.fixable = true,
	.check = check,
};
