/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * while, until, for, select.  As soon as the number of rounds depends on something that
 * is not known, the rest is done by unknown_rounds().  Knows nothing of simple commands.
 */
#include <string.h>

#include "evaluate/arithmetic.h"
#include "evaluate/expand.h"
#include "evaluate/machine.h"

/* After a round: does the loop go on? */
static bool goes_on(struct machine *sh)
{
	if ((sh->flow == FLOW_BREAK || sh->flow == FLOW_CONTINUE) && sh->levels > 1) {
		sh->levels--;
		return false;
	}
	if (sh->flow == FLOW_BREAK) {
		sh->flow = FLOW_NONE;
		return false;
	}
	if (sh->flow == FLOW_CONTINUE)
		sh->flow = FLOW_NONE;
	if (machine_runs(sh))
		pending_end(sh, FLOW_CONTINUE, sh->serial_loops);
	return machine_runs(sh);
}

static void run_body(struct machine *sh, const struct shell_command *body)
{
	sh->round = ++sh->last_round;
	if (body)
		run_command(sh, body);
}

/* ---- while and until ---- */

/* A round whose condition was true, and the next condition. */
static void while_round(struct machine *sh, const void *what)
{
	const struct shell_command *command = what;

	run_body(sh, command->of.loop.body);
	if (goes_on(sh))
		run_tested(sh, command->of.loop.condition);
}

static void run_while(struct machine *sh, const struct shell_command *command)
{
	struct shell_status status = { 0, NULL };
	const struct pending *left;
	bool until = command->kind == SHELL_UNTIL;

	while (machine_step(sh)) {
		sh->here = command->span;
		run_tested(sh, command->of.loop.condition);
		if (!machine_runs(sh)) {
			if (!goes_on(sh))
				return;
			continue;
		}
		if (sh->set.status.unknown) {
			unknown_rounds(sh, sh->set.status.unknown, command->of.loop.condition->span,
				       while_round, command);
			return;
		}
		if (is_true(sh) == until)
			break;
		run_body(sh, command->of.loop.body);
		if (!goes_on(sh))
			return;
		status = sh->set.status;
		left = pending_of_loop(sh);
		if (left) {
			unknown_rounds(sh, left->origin, left->span, while_round, command);
			return;
		}
	}
	if (machine_runs(sh))
		sh->set.status = status;
}

/* ---- for ---- */

struct each {
	const struct shell_command *command;
	const struct shell_origin *origin; /* of the words */
};

/* Each word is a new target where the name is a reference. */
static bool assign_name(struct machine *sh, const struct shell_command *command,
			struct shell_value word)
{
	const char *name = command->of.each.name;

	if (!variable_reference(sh, name, strlen(name)))
		return variable_assign(sh, command->span, name, word);
	variable_refer(sh, name, &word);
	return true;
}

static void each_round(struct machine *sh, const void *what)
{
	const struct each *each = what;

	if (assign_name(sh, each->command, value_unknown(each->origin)))
		run_body(sh, each->command->of.each.body);
	goes_on(sh);
}

/* The words behind "in", or "$@". */
static bool list_of(struct machine *sh, const struct shell_command *command, struct fields *fields)
{
	size_t i;

	memset(fields, 0, sizeof(*fields));
	if (command->of.each.has_words)
		return expand_words(sh, command->of.each.words, fields);
	fields->many = sh->set.parameters->unknown;
	for (i = sh->set.shifted; i < sh->set.parameters->n; i++) {
		struct field field = { text_value(sh->set.parameters->values[i]), "", command->span,
				       false };

		field.value = scratch_value(sh, field.value);
		fields_add(sh, fields, field);
	}
	return true;
}

static void run_for(struct machine *sh, const struct shell_command *command)
{
	struct fields fields;
	struct each each = { command, NULL };
	const struct pending *left;
	size_t i;

	if (!list_of(sh, command, &fields))
		return;
	set_status(sh, 0);
	each.origin = fields.many;
	if (fields.many) {
		unknown_rounds(sh, fields.many,
			       command->of.each.words ? command->of.each.words->span
						      : command->span,
			       each_round, &each);
		return;
	}
	for (i = 0; i < fields.n && machine_step(sh); i++) {
		if (!assign_name(sh, command, fields.items[i].value))
			return;
		run_body(sh, command->of.each.body);
		if (!goes_on(sh))
			return;
		left = pending_of_loop(sh);
		if (left) {
			each.origin = left->origin;
			unknown_rounds(sh, left->origin, left->span, each_round, &each);
			return;
		}
	}
}

/* ---- for (( ; ; )) ---- */

/* False: an error, or it is 0.  *UNKNOWN is set where nobody can say. */
static bool calculate(struct machine *sh, const struct shell_word *word, struct span span,
		      const struct shell_origin **unknown)
{
	struct shell_value value;

	*unknown = NULL;
	if (!word || !word->first)
		return true;
	if (!expand_arithmetic(sh, word, span, FATAL_NOT, &value)) {
		if (machine_runs(sh))
			set_status(sh, 1);
		return false;
	}
	*unknown = value.unknown;
	return value.unknown || value.len != 1 || *value.bytes != '0';
}

static void count_round(struct machine *sh, const void *what)
{
	const struct shell_command *command = what;
	const struct shell_origin *unknown;

	run_body(sh, command->of.count.body);
	if (goes_on(sh)) {
		calculate(sh, command->of.count.step, command->span, &unknown);
		calculate(sh, command->of.count.test, command->span, &unknown);
	}
}

static void run_count(struct machine *sh, const struct shell_command *command)
{
	const struct shell_origin *unknown;
	const struct pending *left;

	set_status(sh, 0);
	calculate(sh, command->of.count.start, command->span, &unknown);
	while (machine_step(sh) && machine_runs(sh)) {
		sh->here = command->span;
		if (!calculate(sh, command->of.count.test, command->span, &unknown))
			return;
		if (unknown) {
			unknown_rounds(sh, unknown, command->of.count.test->span, count_round,
				       command);
			return;
		}
		run_body(sh, command->of.count.body);
		if (!goes_on(sh))
			return;
		left = pending_of_loop(sh);
		if (left) {
			unknown_rounds(sh, left->origin, left->span, count_round, command);
			return;
		}
		calculate(sh, command->of.count.step, command->span, &unknown);
	}
}

/* select asks whoever sits there. */
static void run_select(struct machine *sh, const struct shell_command *command)
{
	struct each each = { command,
			     origin_at(sh, command->span, NULL, "what is answered to 'select'") };
	struct fields fields;

	if (list_of(sh, command, &fields))
		unknown_rounds(sh, each.origin, command->span, each_round, &each);
}

void run_loop(struct machine *sh, const struct shell_command *command)
{
	unsigned round = sh->round;

	if (!sh->serial_loops)
		sh->outer_loop = machine_span(sh, command->span);
	sh->loops++;
	sh->serial_loops++;
	switch (command->kind) {
	case SHELL_WHILE:
	case SHELL_UNTIL:
		run_while(sh, command);
		break;
	case SHELL_FOR:
		run_for(sh, command);
		break;
	case SHELL_FOR_ARITHMETIC:
		run_count(sh, command);
		break;
	default:
		run_select(sh, command);
		break;
	}
	pending_end(sh, FLOW_BREAK, sh->serial_loops);
	pending_end(sh, FLOW_CONTINUE, sh->serial_loops);
	sh->serial_loops--;
	sh->loops--;
	sh->round = round;
}
