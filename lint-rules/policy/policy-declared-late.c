/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports lines that set the policy of a chain below the first rule of that chain.
 */
#include <string.h>

#include "lint/rules.h"

/* What a section does with one built-in chain. */
struct policy {
	const struct statement *first_rule;
	const struct statement *late; /* the line that sets it below that */
	struct diag *diag;
	unsigned n_lines; /* that set it */
};

struct section {
	enum table_id table;
	const struct statement *begin;
	struct policy policies[HOOK_COUNT];
	bool is_plain; /* no line of it does other things to chains */
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

static void see_policy(struct section *section, const struct statement *statement,
		       const struct statement *before, const char *chain, struct diags *diags)
{
	enum hook hook = table_builtin(section->table, chain);
	struct policy *policy;
	struct diag *diag;

	if (hook == HOOK_NONE)
		return;
	policy = &section->policies[hook];
	policy->n_lines++;
	if (!policy->first_rule)
		return;
	diag = diag_add(diags, "policy-declared-late", statement->span,
			"the policy of '%s' is set below its first rule", chain);
	diag->table = table_name(section->table);
	diag->chain = chain;
	diag_related(diags, diag, policy->first_rule->span, "its first rule");
	diag_hint(diags, diag, "write policies at the top of the table");
	/* a comment above speaks of it, and would stay behind */
	if (before->kind == STATEMENT_COMMENT)
		return;
	policy->diag = diag;
	policy->late = statement;
}

static void see_command(struct section *section, const struct command *command,
			const struct statement *before, struct diags *diags)
{
	enum hook hook;

	if (command->kind == COMMAND_POLICY && command->chain) {
		see_policy(section, &command->base, before, command->chain, diags);
	} else if (!adds_rule(command)) {
		section->is_plain &= command->kind == COMMAND_NEW_CHAIN;
	} else if (may_be_builtin(command->chain)) {
		hook = table_builtin(section->table, command->chain);
		if (hook != HOOK_NONE && !section->policies[hook].first_rule)
			section->policies[hook].first_rule = &command->base;
	}
}

/* A line that sets the policy "-" leaves it. */
static void see_chain(struct section *section, const struct chain_statement *line,
		      const struct statement *before, struct diags *diags)
{
	if (line->name && line->policy != VERDICT_NONE)
		see_policy(section, &line->base, before, line->name, diags);
}

/* ---- the fix: the line moves below that of the table ---- */

static void move_line(const struct unit *unit, const struct section *section,
		      const struct policy *policy, struct diags *diags)
{
	const char *bytes = unit->source->bytes;
	struct span to = { section->begin->span.end + 1, section->begin->span.end + 1 };
	struct span from = policy->late->span;

	if (bytes[section->begin->span.end] != '\n' || bytes[from.end] != '\n')
		return;
	diag_edit(diags, policy->diag, to,
		  arena_printf(unit->arena, "%.*s\n", (int)(from.end - from.start),
			       bytes + from.start));
	from.end++;
	diag_edit(diags, policy->diag, from, "");
	diag_need_extra(diags->arena, policy->diag)->fix_is_safe = true;
}

/* Of several lines for one chain the last one counts: these stay in their order. */
static void end_section(const struct unit *unit, const struct section *section, struct diags *diags)
{
	for (int hook = 0; hook < HOOK_COUNT && section->is_plain; hook++) {
		if (section->policies[hook].diag && section->policies[hook].n_lines == 1)
			move_line(unit, section, &section->policies[hook], diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct section section = { .table = TABLE_NONE };
	const struct statement *before = NULL;

	/* in a script each command counts as it is run: the script rules see to it */
	if (unit->is_script)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		if (each->kind == STATEMENT_TABLE) {
			end_section(unit, &section, diags);
			section = (struct section){
				.table = ((const struct table_statement *)each)->table,
				.begin = each,
				.is_plain = true,
			};
		} else if (section.table != TABLE_NONE && each->kind == STATEMENT_CHAIN) {
			see_chain(&section, (const struct chain_statement *)each, before, diags);
		} else if (section.table != TABLE_NONE && each->kind == STATEMENT_COMMAND) {
			see_command(&section, (const struct command *)each, before, diags);
		}
		before = each;
	}
	end_section(unit, &section, diags);
}

const struct lint_rule lint_policy_declared_late = {
	.name = "policy-declared-late",
	.group = "policy",
	.summary = "a policy line that stands below rules of its chain",
	.level = LEVEL_INFO,
	.fixable = true,
	.check = check,
};
