/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports jumps and gotos to a chain in which no rule meets the packets that they send.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"

static void report(const struct table *table, const struct chain *chain,
		   const struct dead_jump *jump, struct diags *diags)
{
	bool is_empty = !jump->callee->n_rules;
	struct diag *diag =
		diag_add(diags, "dead-jump", jump->rule->origin->base.span,
			 is_empty ? "this jump does nothing: '%s' is empty"
				  : "this jump does nothing: no rule of '%s' meets its packets",
			 jump->callee->name);

	/* an empty chain mostly is there for another program to fill */
	diag->level = is_empty ? LEVEL_INFO : LEVEL_WARNING;
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	if (jump->callee->declared)
		diag_related(diags, diag, jump->callee->declared->span, "the chain");
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct dead_jump *jump =
				reach_of(reach, table->chains[i])->dead_jumps;

			for (; jump; jump = jump->next)
				report(table, table->chains[i], jump, diags);
		}
	}
}

const struct lint_rule lint_dead_jump = {
	.name = "dead-jump",
	.group = "reach",
	.summary = "a jump to a chain whose rules meet none of its packets",
	.level = LEVEL_WARNING,
	.check = check,
};
