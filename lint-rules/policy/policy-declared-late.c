/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports lines that set the policy of a chain below the first rule of that chain.
 */
#include <string.h>

#include "lint/rules.h"

/* For each hook the first line of the section that put a rule into its chain. */
struct section {
	enum table_id table;
	const struct statement *first[HOOK_COUNT];
};

static bool adds_rule(const struct command *command)
{
	return command->chain &&
	       (command->kind == COMMAND_APPEND || command->kind == COMMAND_INSERT);
}

/* Spares most lines the search for their name. */
static bool may_be_builtin(const char *chain)
{
	return strchr("PIFO", *chain);
}

static void see_policy(const struct section *section, const struct statement *statement,
		       const char *chain, struct diags *diags)
{
	enum hook hook = table_builtin(section->table, chain);
	struct diag *diag;

	if (hook == HOOK_NONE || !section->first[hook])
		return;
	diag = diag_add(diags, "policy-declared-late", statement->span,
			"the policy of '%s' is set below its first rule", chain);
	diag->table = table_name(section->table);
	diag->chain = chain;
	diag_related(diags, diag, section->first[hook]->span, "its first rule");
	diag_hint(diags, diag, "write policies at the top of the table");
}

static void see_command(struct section *section, const struct command *command, struct diags *diags)
{
	enum hook hook;

	if (command->kind == COMMAND_POLICY && command->chain) {
		see_policy(section, &command->base, command->chain, diags);
	} else if (adds_rule(command) && may_be_builtin(command->chain)) {
		hook = table_builtin(section->table, command->chain);
		if (hook != HOOK_NONE && !section->first[hook])
			section->first[hook] = &command->base;
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct section section = { .table = TABLE_NONE };

	/* in a script each command counts as it is run: the script rules see to it */
	if (unit->is_script)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		if (each->kind == STATEMENT_TABLE)
			section = (struct section){
				.table = ((const struct table_statement *)each)->table,
			};
		if (section.table == TABLE_NONE)
			continue;
		if (each->kind == STATEMENT_CHAIN && ((const struct chain_statement *)each)->name)
			see_policy(&section, each, ((const struct chain_statement *)each)->name,
				   diags);
		else if (each->kind == STATEMENT_COMMAND)
			see_command(&section, (const struct command *)each, diags);
	}
}

const struct lint_rule lint_policy_declared_late = {
	.name = "policy-declared-late",
	.group = "policy",
	.summary = "a policy line that stands below rules of its chain",
	.level = LEVEL_INFO,
	.check = check,
};
