/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it for targets, the ruleset stage for -A and the like.  With --noflush
 * such a chain may be loaded already: this is what is said of it then.
 */
#include "analyse/analysis.h"
#include "base/similar.h"
#include "lint/rules.h"

/* More names are not looked at in one file: nobody reads that many suggestions. */
#define MAX_COMPARED 2000000

static const char *suggest(const struct table *table, const char *name, uint32_t *n_compared)
{
	struct similar similar;

	if (*n_compared > MAX_COMPARED)
		return NULL;
	*n_compared += table->n_chains;
	similar_init(&similar, name);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->declared && table->chains[i]->hook == HOOK_NONE)
			similar_offer(&similar, table->chains[i]->name);
	}
	return similar_result(&similar);
}

static void report(const struct table *table, const struct chain *chain, uint32_t *n_compared,
		   struct diags *diags)
{
	struct diag *diag = diag_add(diags, "undefined-chain", chain->assumed_at,
				     "no line above declares '%s': it has to be loaded already, "
				     "and what it does is not known",
				     chain->name);
	const char *best;

	diag->table = table_name(table->id);
	diag->chain = chain->name;
	/* it is there if the program is that fills it */
	if (chain_is_external(chain->name)) {
		diag->level = LEVEL_INFO;
		return;
	}
	diag->level = LEVEL_WARNING;
	best = suggest(table, chain->name, n_compared);
	if (best)
		diag_hint(diags, diag, "did you mean '%s'?", best);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct ruleset *ruleset = unit_ruleset(unit);
	uint32_t n_compared = 0;

	if (!unit->is_fragment)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++) {
			if (table->chains[i]->assumed_at.end > table->chains[i]->assumed_at.start)
				report(table, table->chains[i], &n_compared, diags);
		}
	}
}

const struct lint_rule lint_undefined_chain = {
	.name = "undefined-chain",
	.group = "load",
	.summary = "a chain that is not declared before this line",
	.level = LEVEL_ERROR,
	.fixable = true,
	.check = check,
};
