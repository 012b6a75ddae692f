/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports lists of -I commands whose rules stand in the chain the other way round, where
 * they do not all have the same verdict.
 */
#include "base/map.h"
#include "lint/rerun.h"
#include "lint/rules.h"

/* The -I commands of one chain, one behind the other. */
struct list {
	const struct happening *first, *last;
	const struct rule *verdict; /* a rule of it with a verdict */
	size_t n;
	bool is_mixed; /* some accept, some deny */
};

struct search {
	struct map lists; /* struct list, by chain */
	struct map kept;  /* the rules that are left */
	struct diags *diags;
};

static void note_kept(struct search *search, const struct table *table)
{
	for (uint32_t i = 0; i < table->n_chains; i++)
		for_each_entry (entry, table->chains[i])
			map_set(&search->kept, entry->rule, search);
}

static void report(struct search *search, struct list *list, const struct command *command,
		   enum table_id table)
{
	struct diag *diag;

	if (list->n < 2 || !list->is_mixed)
		return;
	diag = diag_add(search->diags, "insert-reversal", list->first->span,
			"the rules that these %zu commands insert into '%s' stand there the other "
			"way round: the last one is met first",
			list->n, command->chain);
	diag_related(search->diags, diag, list->last->span, "this one stands first in the end");
	diag_hint(search->diags, diag, "append them, with -A, in the order in which they count");
	diag->table = table_name(table);
	diag->chain = command->chain;
	*list = (struct list){ .n = 0 };
}

static void add_to_list(struct search *search, struct list *list, const struct happening *happening,
			const struct command *command)
{
	const struct rule *rule = &command->rules[0];

	if (!map_get(&search->kept, rule))
		return;
	if (!list->n)
		list->first = happening;
	list->last = happening;
	list->n++;
	if (rule_verdict(rule) == VERDICT_NONE)
		return;
	if (list->verdict && rule_verdict(list->verdict) != rule_verdict(rule))
		list->is_mixed = true;
	list->verdict = rule;
}

static void search_table(struct search *search, const struct unit *unit, enum table_id table)
{
	const struct script_run *run = unit->script_run;
	const struct ruleset *ruleset = unit_ruleset(unit);
	struct list *list;

	note_kept(search, &ruleset->tables[table]);
	for (size_t i = 0; i < run->n; i++) {
		const struct command *command = statement_command(run->list[i].first);

		if (run->list[i].kind != HAPPENING_COMMAND || run->list[i].table != table ||
		    !command || command->kind != COMMAND_INSERT || !command->n_rules ||
		    command->number > 1)
			continue;
		list = map_get(&search->lists, command->chain);
		if (!list) {
			list = arena_new_object(unit->arena, struct list);
			map_set(&search->lists, command->chain, list);
		}
		add_to_list(search, list, &run->list[i], command);
	}
	for (size_t i = 0; i < run->n; i++) {
		const struct command *command = statement_command(run->list[i].first);

		if (run->list[i].kind != HAPPENING_COMMAND || run->list[i].table != table ||
		    !command || command->kind != COMMAND_INSERT)
			continue;
		list = map_get(&search->lists, command->chain);
		if (list)
			report(search, list, command, table);
	}
	map_clear(&search->lists);
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { MAP_INIT, MAP_INIT, diags };

	if (!unit->script_run)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++)
		search_table(&search, unit, (enum table_id)id);
	map_free(&search.lists);
	map_free(&search.kept);
}

const struct lint_rule lint_insert_reversal = {
	.name = "insert-reversal",
	.group = "script",
	.summary = "a list of -I commands, whose rules end up the other way round",
	.level = LEVEL_INFO,
	.check = check,
};
