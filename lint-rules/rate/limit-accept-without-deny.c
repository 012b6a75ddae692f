/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that accept up to a rate where what exceeds it is accepted further down.
 */
#include "analyse/analysis.h"
#include "lint/rates.h"
#include "lint/rules.h"

static void report(const struct chain_flow *chain, const struct rule *rule,
		   const struct other_side *other, struct diags *diags)
{
	struct diag *diag = diag_add(diags, "limit-accept-without-deny", rule->origin->base.span,
				     "the limit holds nothing back: what exceeds it is accepted %s",
				     other->rule ? "further down" : "by the policy");

	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->chain->name;
	if (other->rule)
		diag_related(diags, diag, other->rule->origin->base.span,
			     "what exceeds it is accepted here");
	diag_need_extra(diags->arena, diag)->witness = other->sample;
	diag_hint(diags, diag, "drop the same packets in a rule directly behind this one");
}

static void check_chain(struct rate_search *search, const struct chain_flow *chain,
			struct diags *diags)
{
	for (uint32_t i = 0; i < chain->n; i++) {
		const struct rule *rule = flow_rule(chain, i);
		const struct match *rate;
		struct other_side other;

		if (!rule->matches || rule_verdict(rule) != VERDICT_ACCEPT)
			continue;
		rate = rule_rate(rule);
		if (rate && match_rate(rate) == RATE_UNDER &&
		    rate_other_side(search, chain, i, VERDICT_ACCEPT, &other))
			report(chain, rule, &other, diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, TABLE_FILTER);
	const struct table *table = reach ? reach_flow(reach)->table : NULL;
	struct rate_search search;

	rate_search_begin(&search, unit, reach);
	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		const struct chain_flow *flow = reach_of(reach, table->chains[i])->flow;

		if (flow && flow->is_reached && !flow->is_opaque)
			check_chain(&search, flow, diags);
	}
}

const struct lint_rule lint_limit_accept_without_deny = {
	.name = "limit-accept-without-deny",
	.group = "rate",
	.summary = "what exceeds the limit of an ACCEPT is accepted further down",
	.level = LEVEL_WARNING,
	.check = check,
};
