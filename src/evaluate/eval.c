/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through the tree: lists, conditions, functions.  Loops are in loops.c, simple
 * commands in simple.c, what is not known in ways.c.  Knows nothing of words.
 */
#include "evaluate/eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "evaluate/calls.h"
#include "evaluate/expand.h"
#include "evaluate/simple.h"
#include "shell/parse.h"

/* ---- lists ---- */

void run_tested(struct machine *sh, const struct shell_command *command)
{
	sh->tested++;
	run_command(sh, command);
	sh->tested--;
}

static void go_on(struct machine *sh, const void *what)
{
	(void)what;
	set_status(sh, 0);
}

static void end_script(struct machine *sh, const void *what)
{
	(void)what;
	sh->flow = FLOW_EXIT;
}

/* bash: trap ... ERR, which functions and subshells do not have */
static void run_error_trap(struct machine *sh, struct span span)
{
	struct variable *trap = variables_find(&sh->vars, NAME_TRAP, "ERR", 3);
	struct shell_status status = sh->set.status;
	struct text *text;

	if (!trap || !trap->now.value || trap->now.value->unknown || status.unknown ||
	    !status.code || sh->tested || sh->functions || sh->subshells || sh->in_trap)
		return;
	text = text_keep(trap->now.value);
	sh->in_trap = true;
	run_text(sh, span, "trap", text->bytes, text->len, false);
	sh->in_trap = false;
	text_drop(text);
	if (machine_runs(sh))
		sh->set.status = status;
}

static void check_errexit(struct machine *sh, struct span span)
{
	if (sh->bash && machine_runs(sh))
		run_error_trap(sh, span);
	if (!(sh->set.options & OPTION_ERREXIT) || sh->tested || !machine_runs(sh))
		return;
	if (sh->set.status.unknown)
		both_ways(sh, sh->set.status.unknown, span, go_on, end_script, NULL);
	else if (sh->set.status.code)
		sh->flow = FLOW_EXIT;
}

static void run_sequence(struct machine *sh, const struct shell_command *command)
{
	for (; command && machine_runs(sh); command = command->next) {
		if (sh->set.options & OPTION_NOEXEC)
			return;
		run_command(sh, command);
	}
}

struct pair {
	const struct shell_command *right;
	bool is_or;
};

static void run_right(struct machine *sh, const void *what)
{
	const struct shell_command *command = what;

	run_command(sh, command);
}

static void first_true(struct machine *sh, const void *what)
{
	const struct pair *pair = what;

	set_status(sh, 0);
	if (!pair->is_or)
		run_right(sh, pair->right);
}

static void first_false(struct machine *sh, const void *what)
{
	const struct pair *pair = what;

	if (pair->is_or)
		run_right(sh, pair->right);
}

/* What the operator of NODE says, with the status of what is left of it. */
static void run_node(struct machine *sh, const struct shell_command *node)
{
	struct pair pair = { node->of.pair.right, node->kind == SHELL_OR };
	const struct shell_command *left = node->of.pair.left;

	if (sh->set.status.unknown) {
		if (takes_as_absent(sh, left, pair.right, !pair.is_or))
			set_status(sh, pair.is_or ? 0 : 1);
		else
			both_ways(sh, sh->set.status.unknown, left->span, first_true, first_false,
				  &pair);
	} else if (is_true(sh) != pair.is_or) {
		missed_branch(sh, left, NULL);
		run_command(sh, pair.right);
	} else {
		note_absent(sh, left, pair.right, !pair.is_or);
		missed_branch(sh, left, pair.right);
	}
}

/* a && b || c ...: as long as it likes, so without recursion. */
static void run_chain(struct machine *sh, const struct shell_command *command)
{
	const struct shell_command **nodes, *left;
	size_t n = 0, i;

	for (left = command; left->kind == SHELL_AND || left->kind == SHELL_OR;
	     left = left->of.pair.left)
		n++;
	nodes = scratch_alloc(sh->scratch, n * sizeof(*nodes));
	for (left = command, i = 0; i < n; left = left->of.pair.left)
		nodes[i++] = left;
	run_tested(sh, left);
	for (i = n; i-- > 0 && machine_runs(sh);) {
		/* only the last one counts for -e */
		sh->tested += i > 0;
		run_node(sh, nodes[i]);
		sh->tested -= i > 0;
	}
}

/* ---- if and case ---- */

static void run_then(struct machine *sh, const void *what)
{
	const struct shell_command *command = what;

	set_status(sh, 0);
	if (command->of.branch.then)
		run_command(sh, command->of.branch.then);
}

static void run_otherwise(struct machine *sh, const void *what)
{
	const struct shell_command *command = what;

	if (command->of.branch.otherwise)
		run_command(sh, command->of.branch.otherwise);
	else
		set_status(sh, 0);
}

/* The branch that is taken, where an elif is looked at by the caller; NULL: none is left. */
static const struct shell_command *run_branch(struct machine *sh,
					      const struct shell_command *command)
{
	const struct shell_command *condition = command->of.branch.condition;
	const struct shell_command *otherwise = command->of.branch.otherwise;

	run_tested(sh, condition);
	if (!machine_runs(sh))
		return NULL;
	if (sh->set.status.unknown) {
		if (!takes_as_absent(sh, condition, command->of.branch.then, true)) {
			both_ways(sh, sh->set.status.unknown, condition->span, run_then,
				  run_otherwise, command);
			return NULL;
		}
	} else if (is_true(sh)) {
		missed_branch(sh, condition, otherwise);
		run_then(sh, command);
		return NULL;
	} else {
		note_absent(sh, condition, command->of.branch.then, true);
		missed_branch(sh, condition, command->of.branch.then);
	}
	if (otherwise && otherwise->kind == SHELL_IF && !otherwise->redirections)
		return otherwise;
	run_otherwise(sh, command);
	return NULL;
}

static void run_if(struct machine *sh, const struct shell_command *command)
{
	while (command && machine_step(sh))
		command = run_branch(sh, command);
}

struct choice {
	struct shell_value word;
	const struct shell_case_item *item;
};

static void run_items(struct machine *sh, const struct choice *choice);

/* The body of an item, and of those that it falls into. */
static void run_item(struct machine *sh, const void *what)
{
	struct choice choice = *(const struct choice *)what;
	const struct shell_case_item *item = choice.item;

	set_status(sh, 0);
	for (; item && machine_runs(sh); item = item->next) {
		if (item->body)
			run_command(sh, item->body);
		if (item->end == ';')
			return;
		if (item->end == '+') {
			choice.item = item->next;
			run_items(sh, &choice);
			return;
		}
	}
}

static void skip_item(struct machine *sh, const void *what)
{
	struct choice choice = *(const struct choice *)what;

	choice.item = choice.item->next;
	run_items(sh, &choice);
}

/* 1: matches, 0: does not, -1: nobody knows (*UNKNOWN says why). */
static int item_matches(struct machine *sh, const struct choice *choice,
			const struct shell_origin **unknown)
{
	const struct shell_word *word;
	struct shell_value text;
	struct pattern pattern;
	int result = 0;

	for (word = choice->item->patterns; word; word = word->next) {
		if (!expand_pattern(sh, word, &text))
			return 0;
		pattern = (struct pattern){ text.bytes, text.len, pattern_flags(sh) };
		if (text.unknown) {
			*unknown = text.unknown;
			result = -1;
		} else if (text.len == 1 && *text.bytes == '*') {
			return 1;
		} else if (choice->word.unknown) {
			*unknown = choice->word.unknown;
			result = -1;
		} else if (pattern_match(&pattern, choice->word.bytes, choice->word.len)) {
			return 1;
		}
	}
	return result;
}

static void run_items(struct machine *sh, const struct choice *from)
{
	struct choice choice = *from;
	const struct shell_origin *unknown = NULL;
	int matches;

	for (; choice.item && machine_step(sh); choice.item = choice.item->next) {
		matches = item_matches(sh, &choice, &unknown);
		if (!machine_runs(sh))
			return;
		if (matches < 0) {
			both_ways(sh, unknown, choice.item->patterns->span, run_item, skip_item,
				  &choice);
			return;
		}
		if (matches) {
			run_item(sh, &choice);
			return;
		}
	}
}

static void run_case(struct machine *sh, const struct shell_command *command)
{
	struct choice choice;

	if (!expand_one(sh, command->of.choice.word, &choice.word))
		return;
	choice.item = command->of.choice.items;
	missed_items(sh, command);
	set_status(sh, 0);
	run_items(sh, &choice);
}

/* ---- functions and texts ---- */

static void define_function(struct machine *sh, const struct shell_command *command)
{
	struct content content = { 0 };
	struct place *place = arena_new_object(sh->arena, struct place);
	const char *name = command->of.function.name;

	*place = sh->place;
	content.function = command;
	content.place = place;
	variables_replace(&sh->vars, variables_get(&sh->vars, NAME_FUNCTION, name, strlen(name)),
			  content);
	set_status(sh, 0);
}

void end_return(struct machine *sh)
{
	if (sh->flow == FLOW_RETURN)
		sh->flow = FLOW_NONE;
	pending_end(sh, FLOW_RETURN, sh->functions + sh->sources);
}

void call_function(struct machine *sh, const struct variable *function,
		   const struct shell_value *words, size_t n, const struct shell_origin *many,
		   struct span span)
{
	const struct shell_command *definition = function->now.function;
	bool missing = sh->set.parameters->missing;
	struct place place = *function->now.place, outer = sh->place;
	struct saved_parameters parameters;
	unsigned loops = sh->loops;
	struct scope scope;

	if (sh->functions >= sh->max_depth) {
		machine_limit(sh, span, "functions call each other more than %u deep",
			      sh->max_depth);
		return;
	}
	if (!machine_enter(sh, span))
		return;
	parameters = parameters_save(sh);
	/* a function of another text is run for the call that led there */
	if (place.foreign)
		place.span = machine_span(sh, span);
	parameters_set(sh, words, n, many);
	sh->set.parameters->missing = missing && sh->passes_arguments;
	scope_push(sh, &scope, definition->of.function.name);
	sh->place = place;
	sh->loops = 0;
	sh->functions++;
	run_command(sh, definition->of.function.body);
	end_return(sh);
	sh->functions--;
	scope_pop(sh);
	parameters_restore(sh, parameters);
	sh->place = outer;
	sh->loops = loops;
	machine_leave(sh);
}

/* One tree for each text, however often it is run. */
static const struct shell_script *tree_of(struct machine *sh, const char *name, const char *bytes,
					  size_t len, struct diags *diags)
{
	const char *text = intern_add(sh->texts, bytes, len);
	struct shell_script *script = map_get(&sh->trees, text);
	struct source *source;

	diags_init(diags, sh->arena);
	if (script)
		return script;
	/* a tree takes much more than its text */
	sh->vars.total += len * 64;
	source = source_new(sh->arena, arena_strdup(sh->arena, name), text, len);
	script = shell_parse(sh->arena, source, sh->script->dialect, diags);
	map_set(&sh->trees, text, script);
	return script;
}

void run_text(struct machine *sh, struct span span, const char *name, const char *bytes, size_t len,
	      bool syntax_is_fatal)
{
	const struct shell_script *script;
	struct place place = sh->place;
	struct diags diags;

	if (sh->nested_texts >= sh->max_depth) {
		machine_limit(sh, span, "texts are run inside of each other more than %u deep",
			      sh->max_depth);
		return;
	}
	if (!machine_enter(sh, span))
		return;
	sh->nested_texts++;
	script = tree_of(sh, name, bytes, len, &diags);
	sh->place = (struct place){ script->source, machine_span(sh, span), true };
	if (script->body)
		run_command(sh, script->body);
	sh->place = place;
	if (script->broken && machine_runs(sh)) {
		shell_error(sh, span, syntax_is_fatal ? FATAL_SH : FATAL_NOT, "in %s: %s", name,
			    diags.first ? diags.first->message : "the syntax is wrong");
		if (sh->bash)
			set_status(sh, 2);
	}
	sh->nested_texts--;
	machine_leave(sh);
}

void run_traps(struct machine *sh)
{
	struct variable *trap = variables_find(&sh->vars, NAME_TRAP, "EXIT", 4);
	struct shell_status status = sh->set.status;
	struct content empty = { 0 };
	struct text *text;
	struct span start = { 0, 0 };

	if (!trap || !trap->now.value || sh->flow == FLOW_ABORT)
		return;
	text = text_keep(trap->now.value);
	variables_replace(&sh->vars, trap, empty);
	sh->flow = FLOW_NONE;
	if (text->unknown)
		report_unsupported(sh, start, text->unknown, "the trap for EXIT depends on %s",
				   text->unknown->what);
	else
		run_text(sh, sh->here, "trap", text->bytes, text->len, false);
	if (sh->flow == FLOW_NONE)
		sh->set.status = status;
	text_drop(text);
}

/* ---- all kinds ---- */

static void run_calculation(struct machine *sh, const struct shell_command *command)
{
	struct shell_value value;

	if (!expand_arithmetic(sh, command->of.arithmetic, command->span, FATAL_NOT, &value)) {
		if (machine_runs(sh))
			set_status(sh, 1);
		return;
	}
	if (value.unknown)
		set_unknown_status(sh, value.unknown);
	else
		set_status(sh, value.len == 1 && *value.bytes == '0');
}

static void run_not(struct machine *sh, const struct shell_command *command)
{
	run_tested(sh, command->of.body);
	if (machine_runs(sh) && !sh->set.status.unknown)
		set_status(sh, !sh->set.status.code);
}

static void run_background(struct machine *sh, const struct shell_command *command)
{
	sh->background = true;
	sh->tested++;
	run_subshell(sh, command->of.body);
	sh->tested--;
	if (machine_runs(sh))
		set_status(sh, 0);
}

static void run_kind(struct machine *sh, const struct shell_command *command)
{
	switch (command->kind) {
	case SHELL_PIPELINE:
		run_pipeline(sh, command);
		break;
	case SHELL_NOT:
		run_not(sh, command);
		break;
	case SHELL_AND:
	case SHELL_OR:
		run_chain(sh, command);
		break;
	case SHELL_SEQUENCE:
		run_sequence(sh, command->of.list);
		break;
	case SHELL_BACKGROUND:
		run_background(sh, command);
		break;
	case SHELL_GROUP:
		if (command->of.body)
			run_command(sh, command->of.body);
		break;
	case SHELL_SUBSHELL:
		run_subshell(sh, command->of.body);
		break;
	case SHELL_IF:
		run_if(sh, command);
		break;
	case SHELL_CASE:
		run_case(sh, command);
		break;
	case SHELL_FUNCTION:
		define_function(sh, command);
		break;
	case SHELL_CALCULATE:
		run_calculation(sh, command);
		break;
	case SHELL_CONDITION:
		run_condition(sh, command->of.test);
		break;
	default:
		run_loop(sh, command);
		break;
	}
}

static bool is_checked(const struct shell_command *command)
{
	return command->kind == SHELL_PIPELINE || command->kind == SHELL_SUBSHELL ||
	       command->kind == SHELL_CALCULATE || command->kind == SHELL_CONDITION;
}

void run_command(struct machine *sh, const struct shell_command *command)
{
	struct scratch_mark mark;
	struct redirected old;

	if (!command || !machine_runs(sh) || !machine_step(sh) || !machine_enter(sh, command->span))
		return;
	mark = scratch_mark(sh->scratch);
	sh->here = command->span;
	if (command->kind == SHELL_SIMPLE) {
		run_simple(sh, command);
	} else if (!command->redirections) {
		run_kind(sh, command);
	} else if (redirect(sh, command->redirections, &old, false)) {
		run_kind(sh, command);
		redirect_end(sh, &old);
	}
	if (machine_runs(sh) && (is_checked(command) || command->kind == SHELL_SIMPLE))
		check_errexit(sh, command->span);
	scratch_release(sh->scratch, mark);
	machine_leave(sh);
}
