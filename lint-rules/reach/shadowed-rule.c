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
	/* The last message that was made: long lists of rules mostly give one only. */
	const char *message;
	const char *action;
	const char *cover_action;
	bool differ;
};

static const char *whole_line(struct arena *arena, const struct rule *rule, const char *action,
			      const char *cover_action, bool differ)
{
	if (rule->target_kind == TARGET_NONE)
		return arena_printf(arena,
				    "this rule never matches: an earlier %s takes all its packets",
				    cover_action);
	return arena_printf(arena, "this %s %s: an earlier %s takes all its packets", action,
			    differ ? "never happens" : "is never reached", cover_action);
}

static const char *message(struct report *to, const struct shadowed *shadowed, bool differ)
{
	struct arena *arena = to->unit->arena;
	const char *action = rule_action(arena, shadowed->rule);
	const char *cover_action = rule_action(arena, shadowed->cover);

	if (shadowed->n_dead < shadowed->n_rules)
		return arena_printf(arena,
				    "%u of the %u rules that this line makes: an earlier %s takes "
				    "all their packets",
				    shadowed->n_dead, shadowed->n_rules, cover_action);
	if (!to->message || action != to->action || cover_action != to->cover_action ||
	    differ != to->differ) {
		to->message = whole_line(arena, shadowed->rule, action, cover_action, differ);
		to->action = action;
		to->cover_action = cover_action;
		to->differ = differ;
	}
	return to->message;
}

static void report(void *context, const struct shadowed *shadowed)
{
	struct report *to = context;
	const struct rule *rule = shadowed->rule, *cover = shadowed->cover;
	bool differ = verdicts_differ(to->chain, rule, cover);
	struct diag *diag = diag_add(to->diags, "shadowed-rule", rule->origin->base.span, "%s",
				     message(to, shadowed, differ));

	diag->level = differ ? LEVEL_ERROR : LEVEL_WARNING;
	diag->table = table_name(to->table->id);
	diag->chain = to->chain->name;
	diag_related(to->diags, diag, cover->origin->base.span, "covered by this rule");
	if (differ)
		diag->hint = "move it above that rule if it is meant to act";
}

static void check_chains(const struct unit *unit, struct chains *chains, struct cover_index *index,
			 struct diags *diags)
{
	const struct table *table = chains_table(chains);

	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain *chain = table->chains[i];
		struct report to = {
			.unit = unit,
			.table = table,
			.chain = chain,
			.diags = diags,
		};

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
