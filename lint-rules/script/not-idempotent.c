/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that are there twice when the script is run again.  The second run is
 * simulated, for as long as each command works or fails as it did in the first one: then the
 * script goes the same way.
 */
#include "base/map.h"
#include "lint/rerun.h"
#include "lint/rules.h"

/* May the script see that something is different now? */
static bool goes_the_same_way(struct live *live, const struct happening *happening)
{
	const struct command *command = statement_command(happening->first);

	switch ((enum happening_kind)happening->kind) {
	case HAPPENING_COMMAND:
		if (command && (command->kind == COMMAND_LIST || command->lists))
			return false;
		return rerun_step(live, happening);
	case HAPPENING_SECTION:
		return rerun_step(live, happening);
	case HAPPENING_REFUSED:
		return !rerun_step(live, happening);
	case HAPPENING_LOOK:
		return false;
	case HAPPENING_PROGRAM:
		break;
	}
	return true;
}

static uint32_t place_of(const struct rule *rule)
{
	return rule->origin->base.span.start;
}

/* Of one chain: the rule that is there twice and stands first in the script, and how many are. */
static const struct rule *find_repeated(struct map *met, const struct chain *chain, size_t *n)
{
	const struct rule *first = NULL;

	*n = 0;
	map_clear(met);
	for_each_entry (entry, chain) {
		if (map_get(met, entry->rule)) {
			if (!first || place_of(entry->rule) < place_of(first))
				first = entry->rule;
			(*n)++;
		}
		map_set(met, entry->rule, met);
	}
	return first;
}

static void report(const struct table *table, const struct chain *chain, const struct rule *first,
		   size_t n, struct diags *diags)
{
	struct diag *diag;

	if (first->origin->base.span.end <= first->origin->base.span.start)
		return;
	diag = diag_add(diags, "not-idempotent", first->origin->base.span,
			n == 1 ? "when the script is run again, this rule is in '%s' twice"
			       : "when the script is run again, this rule is in '%s' twice, and "
				 "%zu more are",
			chain->name, n - 1);
	diag_hint(diags, diag, "empty the chain first, or ask with -C whether the rule is there");
	diag->table = table_name(table->id);
	diag->chain = chain->name;
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct script_run *run = unit->script_run;
	struct arena *arena;
	struct map met = MAP_INIT;
	struct live live;
	size_t n;

	if (!run)
		return;
	arena = arena_new();
	rerun_begin(&live, arena, unit->family, run, unit_ruleset(unit));
	for (size_t i = 0; i < run->n; i++)
		if (!goes_the_same_way(&live, &run->list[i]))
			break;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &live.ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++) {
			const struct rule *first = find_repeated(&met, table->chains[i], &n);

			if (first)
				report(table, table->chains[i], first, n, diags);
		}
	}
	map_free(&met);
	arena_free(arena);
}

const struct lint_rule lint_not_idempotent = {
	.name = "not-idempotent",
	.group = "script",
	.summary = "a rule that is there twice when the script is run again",
	.level = LEVEL_INFO,
	.check = check,
};
