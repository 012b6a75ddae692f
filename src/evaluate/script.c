/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script from its first to its last line: what is there at the beginning, and what
 * is given back at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "evaluate/eval.h"
#include "evaluate/machine.h"
#include "shell/parse.h"

#define DEFAULT_STEPS ((size_t)20 * 1000 * 1000)
#define DEFAULT_DEPTH 1000
#define DEFAULT_BYTES ((size_t)64 * 1024 * 1024)

/* After a failure in bash, the rest of its line is not run. */
static const struct shell_command *next_line(const struct machine *sh,
					     const struct shell_command *command)
{
	const struct source *source = sh->place.source;
	uint32_t line = source_line(source, command->span.end ? command->span.end - 1 : 0);

	for (command = command->next; command; command = command->next) {
		if (source_line(source, command->span.start) != line)
			return command;
	}
	return NULL;
}

/* The commands of the script itself. */
static void run_top(struct machine *sh, const struct shell_command *body)
{
	const struct shell_command *command = body, *next;
	bool is_list = body && body->kind == SHELL_SEQUENCE && !body->redirections;

	if (is_list)
		command = body->of.list;
	for (; command && machine_runs(sh); command = next) {
		next = is_list ? command->next : NULL;
		if (sh->set.options & OPTION_NOEXEC)
			return;
		run_command(sh, command);
		if (sh->flow == FLOW_DISCARD) {
			sh->flow = sh->set.options & OPTION_ERREXIT ? FLOW_EXIT : FLOW_NONE;
			next = is_list ? next_line(sh, command) : NULL;
		}
	}
}

static void machine_begin(struct machine *sh, const struct shell_options *options)
{
	struct shell_value *arguments;
	size_t i;
	int fd;

	sh->bash = sh->script->dialect == SHELL_BASH;
	sh->max_steps = options->max_steps ? options->max_steps : DEFAULT_STEPS;
	sh->max_depth = options->max_depth ? (unsigned)options->max_depth : DEFAULT_DEPTH;
	sh->max_bytes = options->max_bytes ? options->max_bytes : DEFAULT_BYTES;
	sh->scratch = scratch_new();
	sh->place.source = sh->script->source;
	variables_init(&sh->vars);
	variables_begin(sh);
	for (fd = 0; fd < 3; fd++)
		sh->fds[fd] = stream_open(&sh->streams, STREAM_SCRIPT);
	arguments = scratch_alloc(sh->scratch, (options->n_arguments + 1) * sizeof(*arguments));
	for (i = 0; i < options->n_arguments; i++)
		arguments[i] = value_of(options->arguments[i]);
	parameters_set(sh, arguments, options->n_arguments, NULL);
	sh->set.parameters->missing = !options->n_arguments;
}

/* What a script leaves when it ends; what was made for all of them stays. */
static void machine_end(struct machine *sh)
{
	int fd;

	for (fd = 0; fd < N_DESCRIPTORS; fd++) {
		stream_release(sh, sh->fds[fd]);
		sh->fds[fd] = NULL;
	}
	while (sh->n_pendings)
		pending_end(sh, FLOW_EXIT, 0);
	free(sh->pendings);
	settings_drop(&sh->set);
	variables_free(&sh->vars);
	scratch_free(sh->scratch);
}

static void run_script(struct machine *sh)
{
	const char *flags = shell_flags_of(sh->arena, sh->script->source);

	if (flags)
		options_begin(sh, flags);
	run_top(sh, sh->script->body);
	if (sh->script->broken && sh->flow == FLOW_NONE) {
		sh->outcome->complete = false;
		set_status(sh, 2);
	}
	run_traps(sh);
	if (sh->n_pendings)
		set_unknown_status(sh, sh->pendings[0].origin);
	sh->outcome->status = sh->set.status;
	sh->outcome->status.code &= 255;
}

void shell_eval(struct arena *arena, const struct shell_script *script,
		const struct shell_options *options, const struct shell_host *host,
		struct diags *diags, struct shell_outcome *outcome)
{
	struct machine sh;

	memset(outcome, 0, sizeof(*outcome));
	memset(&sh, 0, sizeof(sh));
	outcome->complete = true;
	sh.arena = arena;
	sh.script = script;
	sh.options = options;
	sh.host = host;
	sh.diags = diags;
	sh.outcome = outcome;
	sh.stack = __builtin_frame_address(0);
	sh.texts = intern_new(arena);
	machine_begin(&sh, options);
	run_script(&sh);
	missed_finish(&sh);
	machine_end(&sh);
	map_free(&sh.origins);
	map_free(&sh.reported);
	map_free(&sh.trees);
	intern_free(sh.texts);
}

/* ---- a script that calls itself ---- */

static void copy_variables(struct machine *from, struct machine *to, enum name_space space)
{
	const struct variable *variable;
	struct span span = { 0, 0 };
	size_t i;

	for (i = 0; i < from->vars.n_buckets; i++) {
		for (variable = from->vars.buckets[i]; variable; variable = variable->next) {
			if (variable->space != space || variable->changing)
				continue;
			if (space == NAME_FILE && variable->now.flags & VARIABLE_REMOVED)
				file_remove(to, variable->name);
			else if (space == NAME_FILE && variable->now.value)
				file_keep(to, variable->name, text_value(variable->now.value));
			else if (variable->now.flags & VARIABLE_EXPORTED && variable->now.value &&
				 variable_assign(to, span, variable->name,
						 text_value(variable->now.value)))
				variable_flag(to, variable->name, VARIABLE_EXPORTED, 0);
		}
	}
}

/* What all runs of the script have together goes from one to the other. */
static void hand_over(struct machine *from, struct machine *to)
{
	to->steps = from->steps;
	to->origins = from->origins;
	to->reported = from->reported;
	to->trees = from->trees;
	to->texts = from->texts;
	to->last_round = from->last_round;
	to->unclear_effects = from->unclear_effects;
	to->effects = from->effects;
}

static void open_streams(struct machine *sh, struct machine *child)
{
	struct shell_value rest;
	int fd;

	for (fd = 1; fd < 3; fd++) {
		if (!stream_is_read(sh->fds[fd]))
			continue;
		stream_release(child, child->fds[fd]);
		child->fds[fd] = stream_open(&child->streams, STREAM_SINK);
	}
	if (sh->fds[0] && sh->fds[0]->kind != STREAM_SCRIPT) {
		rest = sh->fds[0]->kind == STREAM_TEXT ? stream_rest(sh->fds[0]) : value_of("");
		stream_release(child, child->fds[0]);
		child->fds[0] = stream_text(&child->streams, rest);
	}
}

void run_self(struct machine *sh, struct span span, const struct shell_value *words, size_t n,
	      const struct shell_origin *many)
{
	struct shell_outcome outcome = { .complete = true };
	struct machine *child;
	struct shell_value text;
	size_t effects = sh->effects;
	int fd;

	if (sh->selves >= sh->max_depth) {
		machine_limit(sh, span, "the script calls itself more than %u deep", sh->max_depth);
		return;
	}
	if (!machine_enter(sh, span))
		return;
	child = alloc_zeroed(sizeof(*child));
	child->arena = sh->arena;
	child->script = sh->script;
	child->options = sh->options;
	child->host = sh->host;
	child->diags = sh->diags;
	child->outcome = &outcome;
	child->stack = sh->stack;
	child->selves = sh->selves + 1;
	child->ways = sh->ways;
	hand_over(sh, child);
	machine_begin(child, sh->options);
	parameters_set(child, words, n, many);
	copy_variables(sh, child, NAME_VARIABLE);
	copy_variables(sh, child, NAME_FILE);
	open_streams(sh, child);
	run_script(child);
	for (fd = 1; fd < 3; fd++) {
		if (!stream_is_read(sh->fds[fd]) || !child->fds[fd])
			continue;
		text = stream_rest(child->fds[fd]);
		stream_write_value(sh->fds[fd], &text);
	}
	copy_variables(child, sh, NAME_FILE);
	if (child->flow == FLOW_ABORT)
		sh->flow = FLOW_ABORT;
	sh->outcome->complete &= outcome.complete;
	sh->outcome->ends_at_failure |= outcome.ends_at_failure;
	sh->outcome->has_trap |= outcome.has_trap;
	sh->set.status = outcome.status;
	machine_end(child);
	hand_over(child, sh);
	free(child->missed);
	free(child);
	if (sh->effects != effects)
		note_effect(sh, span);
	machine_leave(sh);
}
