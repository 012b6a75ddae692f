/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a policy of DROP that never applies, since the rules take all packets before it
 * and the last of them accepts.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/words.h"

static void check_chain(const struct table *table, const struct chain *chain,
			const struct reach *reach, struct diags *diags)
{
	const struct chain_reach *of = reach_of(reach, chain);
	const struct rule *final;
	struct diag *diag;

	if (chain->hook == HOOK_NONE || chain->policy != VERDICT_DROP || !chain->declared)
		return;
	/* what returns before the last rule comes to the policy too */
	if (of->policy != PROVED_COVERED)
		return;
	final = of->final ? of->final : of->last_cover;
	if (!final || rule_verdict(final) != VERDICT_ACCEPT)
		return;
	diag = diag_add(diags, "policy-unreachable", final->origin->base.span,
			of->final ? "this ACCEPT takes every packet: the policy DROP of '%s' never "
				    "applies"
				  : "this ACCEPT takes the last packets that are left: the policy "
				    "DROP of '%s' never applies",
			chain->name);
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	diag_related(diags, diag, chain->declared->span, "the policy is set here");
	diag_hint(diags, diag, "say what is to be accepted, or set the policy to ACCEPT");
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

const struct lint_rule lint_policy_unreachable = {
	.name = "policy-unreachable",
	.group = "policy",
	.summary = "the policy is DROP, but the rules accept everything before it",
	.level = LEVEL_WARNING,
	.check = check,
};
