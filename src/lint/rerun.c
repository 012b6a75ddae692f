/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives ruleset/live.h with the commands of a script.
 */
#include "lint/rerun.h"

void rerun_begin(struct live *live, struct arena *arena, enum family family,
		 const struct script_run *run, const struct ruleset *before)
{
	live_init(live, arena, family, run->tools);
	if (before)
		live->ruleset = ruleset_copy(before, arena);
}

const struct command *statement_command(const struct statement *statement)
{
	if (!statement || statement->kind != STATEMENT_COMMAND)
		return NULL;
	return (const struct command *)statement;
}

static bool run_section(struct live *live, const struct happening *happening, struct diags *said)
{
	struct table_statement *begin = arena_new_object(live->arena, struct table_statement);
	const struct statement *line = happening->first;
	bool works = true;

	begin->base.kind = STATEMENT_TABLE;
	begin->table = happening->table;
	live_begin_section(live, begin, !happening->keeps);
	for (uint32_t i = 0; works && i < happening->n; i++, line = line->next)
		works = live_line(live, line, said);
	live_commit(live);
	return works;
}

bool rerun_step(struct live *live, const struct happening *happening)
{
	const struct command *command = statement_command(happening->first);
	struct diags said;

	diags_init(&said, live->arena);
	if (happening->table != TABLE_NONE) /* it is there as soon as it is looked at */
		live->ruleset->tables[happening->table].present = true;
	switch ((enum happening_kind)happening->kind) {
	case HAPPENING_COMMAND:
		return !command || live_command(live, happening->table, command, &said);
	case HAPPENING_SECTION:
		return run_section(live, happening, &said);
	case HAPPENING_REFUSED:
		if (command && command->kind != COMMAND_NONE && !command->failed &&
		    happening->table != TABLE_NONE)
			return live_command(live, happening->table, command, &said);
		break;
	case HAPPENING_LOOK:
	case HAPPENING_PROGRAM:
		break;
	}
	return false;
}
