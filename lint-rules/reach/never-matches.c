/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose own tests exclude each other, and as a warning those that ask for
 * a SYN of an established connection: conntrack may see one, so that they are not dead.
 */
#include <linux/netfilter/xt_tcpudp.h>

#include "analyse/analysis.h"
#include "lint/dead.h"
#include "lint/rules.h"

#define TCP_SYN 0x02
#define TCP_ACK 0x10

static void report(const struct dead_line *line, struct diags *diags)
{
	struct diag *diag =
		dead_diag(line, diags, "never-matches", "no packet can pass all tests of %s",
			  line->n_dead < line->n_rules ? "them" : "this rule");

	diag->level = LEVEL_ERROR;
}

/* ---- a SYN of an established connection ---- */

static bool asks_for_syn(const struct rule *rule)
{
	const struct match *match = rule_find_match(rule, "tcp");
	struct xt_tcp tcp;

	if (!match || !match_data(match, &tcp, sizeof(tcp)) || (tcp.invflags & XT_TCP_INV_FLAGS))
		return false;
	return (tcp.flg_mask & TCP_SYN) && (tcp.flg_mask & TCP_ACK) &&
	       (tcp.flg_cmp & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static bool is_for_established(const struct reach *reach, struct scratch *scratch,
			       const struct rule *rule)
{
	const struct match *match = rule_find_match(rule, "conntrack");
	struct scratch_mark mark = scratch_mark(scratch);
	struct condition condition;
	const struct region *region;
	bool result;

	if (!match)
		return false;
	condition_read_match(&condition, scratch, reach_space(reach), rule, match);
	region = condition.n == 1 && condition.sure ? condition.regions[0] : NULL;
	result = region && region->n == 1 && region->constraints[0].variable == VAR_STATE &&
		 set_low(region->constraints[0].set) >= CT_ESTABLISHED &&
		 set_high(region->constraints[0].set) < CT_UNTRACKED;
	scratch_release(scratch, mark);
	return result;
}

static void check_syns(const struct reach *reach, const struct table *table,
		       const struct chain_reach *chain, struct scratch *scratch,
		       struct diags *diags)
{
	const struct dead_rule *dead = chain->dead;

	for (uint32_t i = 0; i < chain->flow->n; i++) {
		const struct rule *rule = flow_rule(chain->flow, i);
		struct diag *diag;

		while (dead && dead->position < i)
			dead = dead->next;
		if (rule->unbound || (dead && dead->position == i) || !asks_for_syn(rule) ||
		    !is_for_established(reach, scratch, rule))
			continue;
		diag = diag_add(
			diags, "never-matches", rule->origin->base.span,
			"a SYN without ACK is hardly ever part of an established connection");
		diag->level = LEVEL_WARNING;
		diag->table = table_name(table->id);
		diag->chain = chain->chain->name;
		diag_hint(diags, diag, "the state of the packet that opens a connection is NEW");
	}
}

static void check_table(const struct reach *reach, struct diags *diags)
{
	const struct table *table = reach_flow(reach)->table;
	struct scratch *scratch = scratch_new();

	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain_reach *chain = reach_of(reach, table->chains[i]);

		if (chain->flow->is_reached && !chain->is_cut_off &&
		    !chain_is_external(chain->chain->name))
			check_syns(reach, table, chain, scratch, diags);
	}
	scratch_free(scratch);
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "never-matches", report, diags);
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);

		if (reach)
			check_table(reach, diags);
	}
}

const struct lint_rule lint_never_matches = {
	.name = "never-matches",
	.group = "reach",
	.summary = "the tests of a rule exclude each other",
	.level = LEVEL_ERROR,
	.check = check,
};
