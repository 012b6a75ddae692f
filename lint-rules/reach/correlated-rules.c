/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports pairs of rules that decide against each other about some packets, while each also
 * takes packets of its own: which of them stands first decides about those.
 */
#include "analyse/analysis.h"
#include "analyse/pairs.h"
#include "analyse/sample.h"
#include "lint/rules.h"
#include "lint/words.h"

struct place {
	const struct unit *unit;
	const struct reach *reach;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

static void report(void *context, const struct pair *pair)
{
	const struct place *at = context;
	struct diag *diag;

	if (pair->kind != PAIR_CORRELATED)
		return;
	diag = diag_add(at->diags, "correlated-rules", pair->later->origin->base.span,
			"of the packets of this %s an earlier %s takes some: the order decides",
			rule_action(at->unit->arena, pair->later),
			rule_action(at->unit->arena, pair->earlier));
	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	diag_need_extra(at->unit->arena, diag)->witness =
		sample_of_region(at->unit->arena, reach_space(at->reach), pair->shared);
	diag_related(at->diags, diag, pair->earlier->origin->base.span, "the earlier rule");
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			struct place at = { unit, reach, table, table->chains[i], diags };

			if (reach_of(reach, at.chain)->flow && !chain_is_external(at.chain->name))
				pairs_find(reach, at.chain, verdicts_differ, report, &at);
		}
	}
}

const struct lint_rule lint_correlated_rules = {
	.name = "correlated-rules",
	.group = "reach",
	.summary = "two rules that decide against each other about some packets",
	.level = LEVEL_INFO,
	.off = true,
	.check = check,
};
