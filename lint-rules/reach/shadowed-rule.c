/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose packets one earlier rule of the chain takes out of it.
 * What is certain about that is decided in src/analyse/.
 */
#include "analyse/shadow.h"
#include "lint/rules.h"

struct report {
	const struct unit *unit;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

static const char *consequence(struct arena *arena, const struct shadowed *shadowed, bool differ)
{
	const char *action = rule_action(arena, shadowed->rule);

	if (differ)
		return arena_printf(arena, "this %s never happens", action);
	if (shadowed->rule->target_kind == TARGET_NONE)
		return "this rule never matches";
	return arena_printf(arena, "this %s is never reached", action);
}

static void report(void *context, const struct shadowed *shadowed)
{
	const struct report *to = context;
	struct arena *arena = to->unit->arena;
	const struct rule *rule = shadowed->rule, *cover = shadowed->cover;
	bool differ = verdicts_differ(to->chain, rule, cover);
	struct diag *diag;

	if (shadowed->n_dead < shadowed->n_rules)
		diag = diag_add(to->diags, "shadowed-rule", rule->origin->base.span,
				"%u of the %u rules that this line makes: an earlier %s takes all "
				"their packets",
				shadowed->n_dead, shadowed->n_rules, rule_action(arena, cover));
	else
		diag = diag_add(to->diags, "shadowed-rule", rule->origin->base.span,
				"%s: an earlier %s takes all its packets",
				consequence(arena, shadowed, differ), rule_action(arena, cover));
	diag->level = differ ? LEVEL_ERROR : LEVEL_WARNING;
	diag->table = table_name(to->table->id);
	diag->chain = to->chain->name;
	diag_related(to->diags, diag, cover->origin->base.span, "covered by this rule");
	if (differ)
		diag_hint(to->diags, diag, "move it above that rule if it is meant to act");
}

static void check_chains(const struct unit *unit, struct chains *chains, struct cover_index *index,
			 struct diags *diags)
{
	const struct table *table = chains_table(chains);

	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain *chain = table->chains[i];
		struct report to = { unit, table, chain, diags };

		/* unreachable-chain has said all that there is to say */
		if (!chain_is_reached(chains, chain) && !chain_is_external(chain->name))
			continue;
		chain_find_shadowed(index, chains, chain, report, &to);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct arena *scratch = arena_new();
	struct cover_index *index = cover_index_new(scratch, unit->family);

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(unit->analysis, (enum table_id)id);

		if (chains)
			check_chains(unit, chains, index, diags);
	}
	arena_free(scratch);
}

const struct lint_rule lint_shadowed_rule = {
	.name = "shadowed-rule",
	.group = "reach",
	.summary = "an earlier rule takes all packets of this one",
	.level = LEVEL_WARNING,
	.check = check,
};
