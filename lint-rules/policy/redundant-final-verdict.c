/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a last rule that gives every packet the verdict that the policy gives too.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"

static void check_chain(const struct table *table, const struct chain *chain,
			const struct reach *reach, struct diags *diags)
{
	const struct rule *final = reach_of(reach, chain)->final;
	struct diag *diag;

	if (chain->hook == HOOK_NONE || !chain->policy_declared || !chain->declared || !final)
		return;
	if (final->target_kind != TARGET_VERDICT || final->verdict != chain->policy)
		return;
	diag = diag_add(diags, "redundant-final-verdict", final->origin->base.span,
			"this %s takes every packet, and so does the policy of '%s'",
			verdict_name((enum verdict) final->verdict), chain->name);
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	diag_related(diags, diag, chain->declared->span, "the policy is set here");
}

static void check(const struct unit *unit, struct diags *diags)
{
	/* what is loaded already is not known */
	if (unit->is_fragment)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			check_chain(table, table->chains[i], reach, diags);
	}
}

const struct lint_rule lint_redundant_final_verdict = {
	.name = "redundant-final-verdict",
	.group = "policy",
	.summary = "the last rule says what the policy says",
	.level = LEVEL_INFO,
	.check = check,
};
