/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule that could be deleted, since its packets meet the same verdict further
 * down the chain.
 */
#include "analyse/redundant.h"

#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/words.h"

#define COVERS_SHOWN 8

struct place {
	const struct unit *unit;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

static void report(void *context, const struct redundant *redundant)
{
	const struct place *at = context;
	const struct rule *rule = redundant->rule;
	const char *action = rule_action(at->unit->arena, rule);
	struct diag *diag;

	/* a line that makes several rules is needed if one of them is */
	if (rule->origin->n_rules != 1)
		return;
	diag = diag_add(at->diags, "redundant-rule", rule->origin->base.span,
			redundant->n_covers ? "without this rule its packets meet the same %s below"
					    : "without this rule its packets meet the policy %s",
			action);
	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	for (uint32_t i = 0; i < redundant->n_listed && i < COVERS_SHOWN; i++)
		diag_related(at->diags, diag, redundant->covers[i]->origin->base.span,
			     redundant->n_covers > 1 ? "takes some of its packets"
						     : "takes its packets");
	if (!redundant->n_covers && at->chain->declared)
		diag_related(at->diags, diag, at->chain->declared->span, "the policy is set here");
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct chain_reach *of = reach_of(reach, table->chains[i]);
			struct place at = { unit, table, table->chains[i], diags };

			if (of->flow && of->flow->is_reached && !of->flow->is_opaque &&
			    !of->is_cut_off && of->flow->n > 1)
				redundant_find(reach, table->chains[i], report, &at);
		}
	}
}

const struct lint_rule lint_redundant_rule = {
	.name = "redundant-rule",
	.group = "reach",
	.summary = "the packets of a rule meet the same verdict without it",
	.level = LEVEL_INFO,
	.looks_ahead = true,
	.check = check,
};
