/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branches on an argument that the script was not given: which argument would have led
 * to calls of programs.  Looks at words as they are written; evaluates nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evaluate/machine.h"

#define MAX_DEPTH 60

/* ---- words ---- */

static bool part_wants(struct machine *sh, const struct shell_part *part, bool counts)
{
	const struct shell_parameter *p;
	const struct variable *variable;

	if (part->kind != SHELL_PARAMETER)
		return false;
	p = part->of.parameter;
	if (!*p->name) /* ${} */
		return false;
	if (!p->name[1] && strchr("1@*", p->name[0]))
		return sh->set.parameters->missing;
	if (counts && !strcmp(p->name, "#"))
		return sh->set.parameters->missing;
	variable = variables_find(&sh->vars, NAME_VARIABLE, p->name, strlen(p->name));
	return variable && variable->now.flags & VARIABLE_ARGUMENT;
}

bool word_wants_argument(struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part;

	for (part = word ? word->first : NULL; part; part = part->next) {
		if (part_wants(sh, part, false))
			return true;
	}
	return false;
}

static bool counts_arguments(struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part;

	for (part = word ? word->first : NULL; part; part = part->next) {
		if (part_wants(sh, part, true))
			return true;
	}
	return false;
}

static bool test_wants(struct machine *sh, const struct shell_test *test)
{
	unsigned depth;

	for (depth = 0; test && depth < MAX_DEPTH; depth++, test = test->first) {
		if (counts_arguments(sh, test->left) || counts_arguments(sh, test->right))
			return true;
	}
	return false;
}

static bool command_wants_argument(struct machine *sh, const struct shell_command *command)
{
	const struct shell_word *word;
	unsigned depth;

	if (sh->options->n_arguments || !sh->set.parameters->missing || !command)
		return false;
	for (depth = 0; command && depth < MAX_DEPTH; depth++) {
		switch (command->kind) {
		case SHELL_SIMPLE:
			for (word = command->of.simple.words; word; word = word->next) {
				if (counts_arguments(sh, word))
					return true;
			}
			return false;
		case SHELL_NOT:
			command = command->of.body;
			break;
		case SHELL_AND:
		case SHELL_OR:
			if (command_wants_argument(sh, command->of.pair.right))
				return true;
			command = command->of.pair.left;
			break;
		case SHELL_CONDITION:
			return test_wants(sh, command->of.test);
		default:
			return false;
		}
	}
	return false;
}

/* ---- do they hold calls? ---- */

static bool list_holds(struct machine *sh, const struct shell_command *command, unsigned depth);

static bool ends_with(const struct shell_part *part, const char *end)
{
	size_t len = strlen(end);

	return part->of.text.len >= len &&
	       !memcmp(part->of.text.bytes + part->of.text.len - len, end, len);
}

static bool simple_holds(struct machine *sh, const struct shell_command *command, unsigned depth)
{
	const struct shell_word *word = command->of.simple.words;
	const struct shell_part *part = word ? word->first : NULL;
	const struct variable *function;

	if (!part)
		return false;
	if (part->kind == SHELL_PARAMETER)
		return true;
	if (part->kind != SHELL_TEXT)
		return false;
	if (ends_with(part, "tables") || ends_with(part, "tables-restore") ||
	    ends_with(part, "ipset"))
		return true;
	function = variables_find(&sh->vars, NAME_FUNCTION, part->of.text.bytes, part->of.text.len);
	return function && function->now.function &&
	       list_holds(sh, function->now.function->of.function.body, depth + 1);
}

static bool kind_holds(struct machine *sh, const struct shell_command *command, unsigned depth)
{
	const struct shell_case_item *item;

	switch (command->kind) {
	case SHELL_SIMPLE:
		return simple_holds(sh, command, depth);
	case SHELL_PIPELINE:
	case SHELL_SEQUENCE:
		return list_holds(sh, command->of.list, depth + 1);
	case SHELL_NOT:
	case SHELL_BACKGROUND:
	case SHELL_GROUP:
	case SHELL_SUBSHELL:
		return list_holds(sh, command->of.body, depth + 1);
	case SHELL_AND:
	case SHELL_OR:
		return list_holds(sh, command->of.pair.right, depth + 1) ||
		       list_holds(sh, command->of.pair.left, depth + 1);
	case SHELL_IF:
		return list_holds(sh, command->of.branch.condition, depth + 1) ||
		       list_holds(sh, command->of.branch.then, depth + 1) ||
		       list_holds(sh, command->of.branch.otherwise, depth + 1);
	case SHELL_WHILE:
	case SHELL_UNTIL:
		return list_holds(sh, command->of.loop.condition, depth + 1) ||
		       list_holds(sh, command->of.loop.body, depth + 1);
	case SHELL_FOR:
	case SHELL_SELECT:
		return list_holds(sh, command->of.each.body, depth + 1);
	case SHELL_FOR_ARITHMETIC:
		return list_holds(sh, command->of.count.body, depth + 1);
	case SHELL_CASE:
		for (item = command->of.choice.items; item; item = item->next) {
			if (list_holds(sh, item->body, depth + 1))
				return true;
		}
		return false;
	default:
		return false;
	}
}

static bool list_holds(struct machine *sh, const struct shell_command *command, unsigned depth)
{
	if (depth > MAX_DEPTH)
		return false;
	for (; command; command = command->next) {
		/* functions that call each other are looked at again and again: not for ever */
		if (++sh->looked > 200000)
			return true;
		if (kind_holds(sh, command, depth))
			return true;
		if (depth == 0)
			break;
	}
	return false;
}

bool holds_calls(struct machine *sh, const struct shell_command *command)
{
	sh->looked = 0;
	return command && list_holds(sh, command, 0);
}

/* ---- what was missed ---- */

static void add(struct machine *sh, struct span span, const char *argument)
{
	struct span here = machine_span(sh, span);
	size_t i;

	for (i = 0; i < sh->n_missed; i++) {
		if (sh->missed[i].span.start == here.start)
			return;
	}
	if (sh->n_missed == sh->missed_capacity) {
		sh->missed_capacity = sh->missed_capacity ? sh->missed_capacity * 2 : 8;
		sh->missed = alloc_resize(sh->missed, sh->missed_capacity * sizeof(*sh->missed));
	}
	sh->missed[sh->n_missed++] = (struct shell_missed){ here, argument };
}

/* The text of a word that is an argument as it stands; NULL: none. */
static const char *argument_of(struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part = word ? word->first : NULL;
	uint32_t i;

	if (!part || part->next || part->kind != SHELL_TEXT || !part->of.text.len)
		return NULL;
	for (i = 0; i < part->of.text.len && !part->quoted; i++) {
		if (strchr("*?[", part->of.text.bytes[i]))
			return NULL;
	}
	return arena_strndup(sh->arena, part->of.text.bytes, part->of.text.len);
}

static void add_items(struct machine *sh, const struct shell_command *command)
{
	const struct shell_case_item *item;
	const struct shell_word *word;
	const char *argument;

	for (item = command->of.choice.items; item; item = item->next) {
		argument = NULL;
		for (word = item->patterns; word && !argument; word = word->next)
			argument = argument_of(sh, word);
		if (argument && holds_calls(sh, item->body))
			add(sh, item->patterns->span, argument);
	}
}

void missed_items(struct machine *sh, const struct shell_command *command)
{
	if (sh->options->n_arguments || !sh->set.parameters->missing ||
	    !word_wants_argument(sh, command->of.choice.word))
		return;
	sh->wants_argument = true;
	add_items(sh, command);
}

/* "start" of [ "$1" = start ] */
static const char *compared_with(struct machine *sh, const struct shell_command *condition)
{
	const struct shell_word *word;
	const struct shell_part *part;
	const char *argument;

	while (condition->kind == SHELL_AND || condition->kind == SHELL_OR)
		condition = condition->of.pair.left;
	if (condition->kind == SHELL_CONDITION) {
		argument = argument_of(sh, condition->of.test->right);
		return argument ? argument : argument_of(sh, condition->of.test->left);
	}
	if (condition->kind != SHELL_SIMPLE)
		return NULL;
	for (word = condition->of.simple.words; word && word->next; word = word->next) {
		part = word->first;
		if (part && part->kind == SHELL_TEXT && part->of.text.len &&
		    part->of.text.bytes[0] == '=')
			return argument_of(sh, word->next);
	}
	return NULL;
}

void missed_branch(struct machine *sh, const struct shell_command *condition,
		   const struct shell_command *branch)
{
	const char *argument;

	if (sh->options->n_arguments || !command_wants_argument(sh, condition))
		return;
	sh->wants_argument = true;
	argument = compared_with(sh, condition);
	if (holds_calls(sh, branch))
		add(sh, condition->span, argument && *argument ? argument : NULL);
}

/* ---- the end ---- */

/* The case commands on "$1" that were not even reached. */
static void find_cases(struct machine *sh, const struct shell_command *command, unsigned depth)
{
	if (depth > MAX_DEPTH)
		return;
	for (; command; command = command->next) {
		switch (command->kind) {
		case SHELL_CASE:
			if (word_wants_argument(sh, command->of.choice.word))
				add_items(sh, command);
			break;
		case SHELL_SEQUENCE:
			find_cases(sh, command->of.list, depth + 1);
			break;
		case SHELL_GROUP:
			find_cases(sh, command->of.body, depth + 1);
			break;
		case SHELL_IF:
			find_cases(sh, command->of.branch.then, depth + 1);
			find_cases(sh, command->of.branch.otherwise, depth + 1);
			break;
		default:
			break;
		}
	}
}

void missed_finish(struct machine *sh)
{
	if (sh->wants_argument && !sh->n_missed)
		find_cases(sh, sh->script->body, 0);
	sh->outcome->missed = arena_memdup(sh->arena, sh->missed ? sh->missed : (void *)"",
					   sh->n_missed * sizeof(*sh->missed));
	sh->outcome->n_missed = sh->n_missed;
	free(sh->missed);
}
