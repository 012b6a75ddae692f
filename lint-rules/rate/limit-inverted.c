/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules with a rate whose verdict is the wrong way round: DROP for what is within it
 * and the excess let through, or ACCEPT for the excess and what is within it denied.
 */
#include "analyse/analysis.h"
#include "lint/rates.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct unit *unit, const struct table *table,
		   const struct chain_flow *chain, const struct rule *rule,
		   const struct other_side *other, struct diags *diags)
{
	bool denies = rule_verdict(rule) != VERDICT_ACCEPT;
	const char *action = rule_action(unit->arena, rule);
	struct diag *diag =
		diag_add(diags, "limit-inverted", rule->origin->base.span,
			 denies ? "the rate is the wrong way round: %s takes what stays within it, "
				  "and what exceeds it is let through"
				: "the rate is the wrong way round: %s takes what exceeds it, "
				  "and what stays within it is denied",
			 action);

	diag->table = table_name(table->id);
	diag->chain = chain->chain->name;
	if (other->rule)
		diag_related(diags, diag, other->rule->origin->base.span,
			     denies ? "what exceeds it is accepted here"
				    : "what stays within it is denied here");
	diag_need_extra(diags->arena, diag)->witness = other->sample;
	diag_hint(diags, diag,
		  denies ? "accept what is within the rate, and drop the rest behind it"
			 : "drop what exceeds the rate, and accept the rest behind it");
}

static void check_chain(struct rate_search *search, const struct table *table,
			const struct chain_flow *chain, struct diags *diags)
{
	for (uint32_t i = 0; i < chain->n; i++) {
		const struct rule *rule = flow_rule(chain, i);
		const struct match *rate = rule->unbound || !rule->matches ? NULL : rule_rate(rule);
		enum verdict here, there;
		struct other_side other;

		if (!rate)
			continue;
		here = rate_decision(search->reach, chain, i);
		there = here == VERDICT_DROP ? VERDICT_ACCEPT : VERDICT_DROP;
		if (here == VERDICT_NONE ||
		    (here == VERDICT_DROP) != (match_rate(rate) == RATE_UNDER))
			continue;
		if (rate_other_side(search, chain, i, there, &other))
			report(search->unit, table, chain, rule, &other, diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	static const enum table_id tables[] = { TABLE_RAW, TABLE_MANGLE, TABLE_FILTER };

	for (size_t id = 0; id < sizeof(tables) / sizeof(tables[0]); id++) {
		const struct reach *reach = analysis_reach(unit->analysis, tables[id]);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;
		struct rate_search search;

		rate_search_begin(&search, unit, reach);
		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct chain_flow *flow = reach_of(reach, table->chains[i])->flow;

			if (flow && flow->is_reached && !flow->is_opaque)
				check_chain(&search, table, flow, diags);
		}
	}
}

const struct lint_rule lint_limit_inverted = {
	.name = "limit-inverted",
	.group = "rate",
	.summary = "a DROP for what is within a rate, or an ACCEPT for what exceeds it",
	.level = LEVEL_WARNING,
	.check = check,
};
