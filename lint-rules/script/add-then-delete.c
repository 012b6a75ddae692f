/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules and chains that a script adds and takes away again before anything can
 * have needed them.
 */
#include "lint/rerun.h"
#include "lint/rules.h"

/* So far back is looked for what a command takes away. */
#define LOOK_BACK 200

/* Does nothing depend on whether the rules of it, or others, are there?  A rule that denies, or
 * calls a chain, may need those that came before. */
static bool is_indifferent(const struct happening *happening)
{
	const struct command *command = statement_command(happening->first);

	if (happening->kind != HAPPENING_COMMAND || !command)
		return false;
	if (command->kind == COMMAND_NEW_CHAIN)
		return true;
	if (command->kind != COMMAND_APPEND && command->kind != COMMAND_INSERT &&
	    command->kind != COMMAND_DELETE)
		return false;
	if (command->number > 1)
		return false;
	for (uint32_t i = 0; i < command->n_rules; i++) {
		const struct rule *rule = &command->rules[i];
		bool lets_pass =
			rule->target_kind == TARGET_NONE || rule_verdict(rule) == VERDICT_ACCEPT;

		if (rule->unbound || !lets_pass)
			return false;
	}
	return true;
}

static bool same_rules(const struct command *a, const struct command *b)
{
	if (a->n_rules != b->n_rules)
		return false;
	for (uint32_t i = 0; i < a->n_rules; i++)
		if (a->rules[i].unbound || b->rules[i].unbound ||
		    !rule_equal(&a->rules[i], &b->rules[i]))
			return false;
	return true;
}

static bool adds(const struct command *command)
{
	return command->kind == COMMAND_APPEND || command->kind == COMMAND_INSERT;
}

/* Does BACK take away what FORTH adds? */
static bool undoes(const struct command *back, const struct command *forth)
{
	if (back->chain != forth->chain)
		return false;
	if (back->kind == COMMAND_DELETE_CHAIN)
		return back->chain && forth->kind == COMMAND_NEW_CHAIN;
	return adds(forth) && same_rules(back, forth);
}

/* Was there another such rule, which is the one that goes? */
static bool had_it(const struct script_run *run, size_t at, const struct command *forth)
{
	for (size_t i = 0; i < at; i++) {
		const struct command *command = statement_command(run->list[i].first);

		if (run->list[i].kind == HAPPENING_SECTION)
			return true;
		if (run->list[i].kind == HAPPENING_COMMAND && command && adds(command) &&
		    run->list[i].table == run->list[at].table && command->chain == forth->chain &&
		    same_rules(command, forth))
			return true;
	}
	return false;
}

static void report(const struct script_run *run, size_t from, size_t to,
		   const struct command *forth, struct diags *diags)
{
	bool is_chain = forth->kind == COMMAND_NEW_CHAIN;
	struct diag *diag;

	if (!is_chain && had_it(run, from, forth))
		return;
	diag = diag_add(diags, "add-then-delete", run->list[to].span,
			is_chain ? "chain '%s' is deleted before anything has used it"
				 : "the rule is deleted from '%s' before anything has used it",
			forth->chain);
	diag_related(diags, diag, run->list[from].span, "added here");
	diag_hint(diags, diag, "drop both commands");
	diag->table = table_name(run->list[to].table);
	diag->chain = forth->chain;
}

static void look_back(const struct script_run *run, size_t at, const struct command *back,
		      struct diags *diags)
{
	for (size_t i = at; i-- > 0 && at - i <= LOOK_BACK;) {
		const struct happening *each = &run->list[i];
		const struct command *command = statement_command(each->first);

		if (each->kind == HAPPENING_COMMAND && command &&
		    each->table == run->list[at].table && undoes(back, command)) {
			report(run, i, at, command, diags);
			return;
		}
		if (!is_indifferent(each))
			return;
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct script_run *run = unit->script_run;

	if (!run || run->before)
		return;
	for (size_t i = 0; i < run->n; i++) {
		const struct command *command = statement_command(run->list[i].first);

		if (run->list[i].kind == HAPPENING_COMMAND && command &&
		    (command->kind == COMMAND_DELETE || command->kind == COMMAND_DELETE_CHAIN))
			look_back(run, i, command, diags);
	}
}

const struct lint_rule lint_add_then_delete = {
	.name = "add-then-delete",
	.group = "script",
	.summary = "a rule or chain that is added and deleted again with nothing in between",
	.level = LEVEL_WARNING,
	.check = check,
};
