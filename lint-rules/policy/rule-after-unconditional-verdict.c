/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the rules behind the first one of a chain that takes every packet.
 */
#include "analyse/shadow.h"
#include "lint/rules.h"

struct place {
	const struct unit *unit;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

/* The N_DEAD rules that the line of RULE has made here are all behind FINAL. */
static void report(const struct place *at, const struct rule *rule, const struct rule *final,
		   uint32_t n_dead)
{
	struct arena *arena = at->unit->arena;
	bool differ = verdicts_differ(at->chain, rule, final);
	struct diag *diag;

	if (n_dead < rule->origin->n_rules)
		diag = diag_add(at->diags, "rule-after-unconditional-verdict",
				rule->origin->base.span,
				"%u of the %u rules that this line makes: the %s before them takes "
				"every packet",
				n_dead, rule->origin->n_rules, rule_action(arena, final));
	else
		diag = diag_add(at->diags, "rule-after-unconditional-verdict",
				rule->origin->base.span,
				"this rule is never reached: the %s before it takes every packet",
				rule_action(arena, final));
	diag->level = differ ? LEVEL_ERROR : LEVEL_WARNING;
	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	diag_related(at->diags, diag, final->origin->base.span, "takes every packet");
	diag->hint = "move it up if it is meant to act, else delete it";
}

static void check_chain(const struct place *at, struct chains *chains)
{
	const struct entry *final = chain_first_final(chains, at->chain);
	const struct entry *entry = final ? final->next : NULL;

	while (entry) {
		const struct rule *rule = entry->rule;
		uint32_t n = 0;
		bool unbound = false;

		for (; entry && entry->rule->origin == rule->origin; entry = entry->next) {
			unbound |= entry->rule->unbound;
			n++;
		}
		if (!unbound)
			report(at, rule, final->rule, n);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(unit->analysis, (enum table_id)id);
		const struct table *table = chains ? chains_table(chains) : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			struct place at = { unit, table, table->chains[i], diags };

			if (chain_is_reached(chains, at.chain) || chain_is_external(at.chain->name))
				check_chain(&at, chains);
		}
	}
}

const struct lint_rule lint_rule_after_unconditional_verdict = {
	.name = "rule-after-unconditional-verdict",
	.group = "policy",
	.summary = "a rule behind one that takes every packet",
	.level = LEVEL_WARNING,
	.check = check,
};
