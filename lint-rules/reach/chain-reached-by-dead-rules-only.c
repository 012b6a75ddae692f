/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports chains that are jumped to, but only by rules that never act.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"

#define SITES_SHOWN 4

static void report(const struct table *table, const struct chain_reach *reach, struct diags *diags)
{
	const struct chain *chain = reach->chain;
	const struct chain_flow *flow = reach->flow;
	struct diag *diag;

	if (!chain->declared)
		return;
	diag = diag_add(diags, "chain-reached-by-dead-rules-only", chain->declared->span,
			"no packet comes into '%s': every jump to it is dead", chain->name);
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	if (!chain->n_rules)
		diag->level = LEVEL_INFO;
	for (uint32_t i = 0; i < flow->n_sites && i < SITES_SHOWN; i++)
		diag_related(diags, diag,
			     flow_rule(flow->sites[i].caller, flow->sites[i].position)
				     ->origin->base.span,
			     "this jump never happens");
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct chain_reach *chain = reach_of(reach, table->chains[i]);

			if (chain->is_cut_off)
				report(table, chain, diags);
		}
	}
}

const struct lint_rule lint_chain_reached_by_dead_rules_only = {
	.name = "chain-reached-by-dead-rules-only",
	.group = "reach",
	.summary = "every jump to a chain is dead",
	.level = LEVEL_WARNING,
	.check = check,
};
