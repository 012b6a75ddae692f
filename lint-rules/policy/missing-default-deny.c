/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports INPUT and FORWARD chains that let a packet through which no rule speaks of.
 */
#include "analyse/analysis.h"
#include "analyse/chains.h"
#include "lint/rules.h"
#include "lint/words.h"

/* Does the chain itself decide about packets? */
static bool decides(const struct chain *chain)
{
	for_each_entry (entry, chain) {
		if (rule_decision(chain, entry->rule) != VERDICT_NONE &&
		    entry->rule->verdict != VERDICT_RETURN)
			return true;
	}
	return false;
}

/* Does the chain ask chains that another program keeps (Docker, kubernetes)?  That program
 * says what is forwarded, and relies on the policy. */
static bool leaves_to_others(const struct chain *chain)
{
	for_each_entry (entry, chain) {
		const struct rule *rule = entry->rule;

		if (!rule->unbound &&
		    (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO) &&
		    chain_is_external(rule->to.chain))
			return true;
	}
	return false;
}

static bool translates(const struct rule *rule)
{
	return rule_has_target(rule, "DNAT") || rule_has_target(rule, "MASQUERADE") ||
	       rule_has_target(rule, "SNAT");
}

/* A host that translates addresses of others forwards their packets. */
static bool translates_addresses(const struct unit *unit)
{
	struct chains *chains = analysis_chains(unit->analysis, TABLE_NAT);
	const struct table *table = chains ? chains_table(chains) : NULL;

	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			if (translates(entry->rule))
				return true;
		}
	}
	return false;
}

static void check_chain(const struct unit *unit, const struct reach *reach,
			const struct chain *chain, struct diags *diags)
{
	const struct chain_reach *of = reach_of(reach, chain);
	bool serious = decides(chain) || (chain->hook == HOOK_FORWARD && !leaves_to_others(chain) &&
					  translates_addresses(unit));
	struct diag *diag;

	if (chain->hook != HOOK_INPUT && chain->hook != HOOK_FORWARD)
		return;
	if (!chain->policy_declared || !chain->declared || chain->policy != VERDICT_ACCEPT ||
	    of->policy != PROVED_ALIVE)
		return;
	diag = diag_add(diags, "missing-default-deny", chain->declared->span,
			"what no rule of '%s' decides is accepted", chain->name);
	diag->level = serious ? LEVEL_WARNING : LEVEL_INFO;
	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->name;
	diag_need_extra(diags->arena, diag)->witness = of->policy_sample;
	diag_hint(diags, diag, "set the policy to DROP, behind rules for what is wanted");
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, TABLE_FILTER);
	const struct table *table = reach ? reach_flow(reach)->table : NULL;

	/* what is loaded already is not known */
	if (unit->is_fragment)
		return;
	for (uint32_t i = 0; table && i < table->n_chains; i++)
		check_chain(unit, reach, table->chains[i], diags);
}

const struct lint_rule lint_missing_default_deny = {
	.name = "missing-default-deny",
	.group = "policy",
	.summary = "the policy of INPUT or FORWARD accepts what no rule decides",
	.level = LEVEL_WARNING,
	.check = check,
};
