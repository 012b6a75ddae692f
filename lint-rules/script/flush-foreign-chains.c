/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports -F and -X for a whole table where chains stand, or are counted on, that another
 * program fills.
 */
#include "analyse/chains.h"
#include "base/map.h"
#include "lint/rerun.h"
#include "lint/rules.h"

/* The chain of another program that is known to be in a table, or meant to. */
struct foreign {
	const char *name[TABLE_COUNT];
	struct span named_at[TABLE_COUNT]; /* empty: it was given with the rules before */
};

static void find_given(const struct script_run *run, struct foreign *foreign)
{
	for (unsigned id = 0; run->before && id < TABLE_COUNT; id++) {
		const struct table *table = &run->before->tables[id];

		for (uint32_t i = 0; i < table->n_chains && !foreign->name[id]; i++)
			if (chain_is_external(table->chains[i]->name))
				foreign->name[id] = table->chains[i]->name;
	}
}

static void note_name(struct foreign *foreign, const struct map *made,
		      const struct happening *happening, const char *name)
{
	if (!name || foreign->name[happening->table] || map_get(made, name) ||
	    !chain_is_external(name))
		return;
	foreign->name[happening->table] = name;
	foreign->named_at[happening->table] = happening->span;
}

/* Commands for a chain that the script does not make.  They fail where the program has not run,
 * as on the host that is simulated. */
static void find_named(const struct script_run *run, struct foreign *foreign)
{
	struct map made = MAP_INIT;

	for (size_t i = 0; i < run->n; i++) {
		const struct happening *each = &run->list[i];
		const struct command *command = statement_command(each->first);

		if (!command || each->table == TABLE_NONE || each->kind == HAPPENING_SECTION)
			continue;
		if (command->kind == COMMAND_NEW_CHAIN && command->chain)
			map_set(&made, command->chain, foreign);
		note_name(foreign, &made, each, command->chain);
	}
	map_free(&made);
}

static void report(const struct happening *happening, const struct command *command,
		   const struct foreign *foreign, struct diags *diags)
{
	struct span named_at = foreign->named_at[happening->table];
	struct diag *diag;

	diag = diag_add(diags, "flush-foreign-chains", happening->span,
			command->kind == COMMAND_FLUSH
				? "this empties the chains of other programs, too, such as '%s'"
				: "this deletes the chains of other programs, too, such as '%s'",
			foreign->name[happening->table]);
	if (named_at.end > named_at.start)
		diag_related(diags, diag, named_at, "the script counts on it here");
	diag_hint(diags, diag, "name the chains that are the script's own");
	diag->table = table_name(happening->table);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct script_run *run = unit->script_run;
	struct foreign foreign = { .name = { NULL } };

	if (!run)
		return;
	find_given(run, &foreign);
	find_named(run, &foreign);
	for (size_t i = 0; i < run->n; i++) {
		const struct happening *each = &run->list[i];
		const struct command *command = statement_command(each->first);

		if (each->kind == HAPPENING_COMMAND && command && !command->chain &&
		    (command->kind == COMMAND_FLUSH || command->kind == COMMAND_DELETE_CHAIN) &&
		    foreign.name[each->table])
			report(each, command, &foreign, diags);
	}
}

const struct lint_rule lint_flush_foreign_chains = {
	.name = "flush-foreign-chains",
	.group = "script",
	.summary = "a flush of a whole table in which other programs have chains",
	.level = LEVEL_WARNING,
	.check = check,
};
