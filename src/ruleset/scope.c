/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the lines that make, rename and delete chains.  Knows nothing of whether
 * such a line is refused: what is refused is reported elsewhere, and a rule that
 * names the chain is better read than left out.
 */
#include "ruleset/scope.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"

struct scope {
	enum table_id table;
	struct map chains; /* names of user-defined ones; the values mean nothing */
};

struct scope *scope_new(void)
{
	struct scope *scope = alloc_zeroed(sizeof(*scope));

	scope->table = TABLE_NONE;
	return scope;
}

void scope_free(struct scope *scope)
{
	map_free(&scope->chains);
	free(scope);
}

static void add(struct scope *scope, const char *name)
{
	if (name && table_builtin(scope->table, name) == HOOK_NONE)
		map_set(&scope->chains, name, scope);
}

static void run(struct scope *scope, const struct command *command)
{
	switch (command->kind) {
	case COMMAND_NEW_CHAIN:
		add(scope, command->chain);
		break;
	case COMMAND_DELETE_CHAIN:
		if (command->chain)
			map_remove(&scope->chains, command->chain);
		else
			map_clear(&scope->chains);
		break;
	case COMMAND_RENAME_CHAIN:
		if (command->other && map_get(&scope->chains, command->chain)) {
			map_remove(&scope->chains, command->chain);
			add(scope, command->other);
		}
		break;
	}
}

void scope_statement(struct scope *scope, const struct statement *statement)
{
	switch (statement->kind) {
	case STATEMENT_TABLE:
		map_clear(&scope->chains);
		scope->table = ((const struct table_statement *)statement)->table;
		break;
	case STATEMENT_COMMIT:
		map_clear(&scope->chains);
		scope->table = TABLE_NONE;
		break;
	case STATEMENT_CHAIN:
		add(scope, ((const struct chain_statement *)statement)->name);
		break;
	case STATEMENT_COMMAND:
		run(scope, (const struct command *)statement);
		break;
	}
}

void scope_assume(struct scope *scope, const char *name)
{
	add(scope, name);
}

bool scope_has(const struct scope *scope, const char *name)
{
	return map_get(&scope->chains, name) || table_builtin(scope->table, name) != HOOK_NONE;
}

void scope_each(const struct scope *scope, void (*offer)(void *context, const char *name),
		void *context)
{
	for (size_t i = 0; i < scope->chains.size; i++)
		if (scope->chains.slots[i].key)
			offer(context, scope->chains.slots[i].key);
}
