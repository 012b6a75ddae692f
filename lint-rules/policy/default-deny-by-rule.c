/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports built-in chains that deny what is left by a last rule and not by a policy.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/words.h"

static void check_chain(const struct unit *unit, const struct table *table,
			const struct chain *chain, const struct reach *reach, struct diags *diags)
{
	const struct rule *final;
	struct diag *diag;

	/* one that the file does not set is policy-undeclared */
	if (chain->hook == HOOK_NONE || !chain->policy_declared || chain->policy != VERDICT_ACCEPT)
		return;
	final = reach_of(reach, chain)->final;
	/* another policy would be for what returns before it too */
	if (!final || rule_verdict(final) != VERDICT_DROP ||
	    reach_of(reach, chain)->policy != PROVED_COVERED)
		return;
	diag = diag_add(diags, "default-deny-by-rule", final->origin->base.span,
			"this %s denies the rest, but the policy of '%s' is ACCEPT",
			rule_action(unit->arena, final), chain->name);
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	if (chain->declared)
		diag_related(diags, diag, chain->declared->span, "the policy is set here");
	diag_hint(diags, diag, "with the policy DROP nothing opens when the rules are flushed");
}

static void check(const struct unit *unit, struct diags *diags)
{
	/* what is loaded already is not known */
	if (unit->is_fragment)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table =
			reach && id != TABLE_NAT ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			check_chain(unit, table, table->chains[i], reach, diags);
	}
}

const struct lint_rule lint_default_deny_by_rule = {
	.name = "default-deny-by-rule",
	.group = "policy",
	.summary = "the policy is ACCEPT and the last rule denies the rest",
	.level = LEVEL_INFO,
	.check = check,
};
