/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports user-defined chains to which no path of jumps leads from a built-in one.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"

/* For each chain one rule that jumps to it, or NULL. */
static const struct entry **callers(struct arena *scratch, const struct table *table)
{
	const struct entry **found = arena_alloc(scratch, (table->n_chains + 1) * sizeof(*found));

	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			const struct rule *rule = entry->rule;
			const struct chain *to;

			if (rule->unbound ||
			    (rule->target_kind != TARGET_JUMP && rule->target_kind != TARGET_GOTO))
				continue;
			to = table_find_chain(table, rule->to.chain);
			if (to && !found[to->index])
				found[to->index] = entry;
		}
	}
	return found;
}

static void report(const struct table *table, const struct chain *chain, const struct entry *caller,
		   struct diags *diags)
{
	struct diag *diag = diag_add(
		diags, "unreachable-chain", chain->declared->span,
		chain->n_rules == 0 ? "no built-in chain leads to '%s', which is empty"
				    : "no built-in chain leads to '%s': its rules do nothing",
		chain->name);

	diag->level = chain->n_rules == 0 ? LEVEL_INFO : LEVEL_WARNING;
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	if (caller)
		diag_related(diags, diag, caller->rule->origin->base.span,
			     "this jump stands in a chain that is not reached either");
	else
		diag_hint(diags, diag, "jump to it with -j %s, or delete it", chain->name);
}

static void check_chains(const struct chains *chains, struct arena *scratch, struct diags *diags)
{
	const struct table *table = chains_table(chains);
	const struct entry **caller = NULL;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain *chain = table->chains[i];

		if (!chain->declared || chain_is_reached(chains, chain) ||
		    chain_is_external(chain->name))
			continue;
		if (!caller)
			caller = callers(scratch, table);
		report(table, chain, caller[chain->index], diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct arena *scratch;

	/* what is loaded already may jump to every chain of a fragment */
	if (unit->is_fragment)
		return;
	scratch = arena_new();
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct chains *chains = analysis_chains(unit->analysis, (enum table_id)id);

		if (chains)
			check_chains(chains, scratch, diags);
	}
	arena_free(scratch);
}

const struct lint_rule lint_unreachable_chain = {
	.name = "unreachable-chain",
	.group = "reach",
	.summary = "a chain to which no built-in chain leads",
	.level = LEVEL_WARNING,
	.check = check,
};
