/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script from its first to its last line: what is there at the beginning, and what
 * is given back at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "shell/eval.h"
#include "shell/machine.h"

#define DEFAULT_STEPS ((size_t)20 * 1000 * 1000)
#define DEFAULT_DEPTH 1000
#define DEFAULT_BYTES ((size_t)256 * 1024 * 1024)

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
	sh->stack = __builtin_frame_address(0);
	sh->scratch = scratch_new();
	sh->texts = intern_new(sh->arena);
	sh->place.source = sh->script->source;
	variables_init(&sh->vars);
	variables_begin(sh);
	if (options->flags)
		options_begin(sh, options->flags);
	for (fd = 0; fd < 3; fd++)
		sh->fds[fd] = stream_open(&sh->streams, STREAM_SCRIPT);
	arguments = scratch_alloc(sh->scratch, (options->n_arguments + 1) * sizeof(*arguments));
	for (i = 0; i < options->n_arguments; i++)
		arguments[i] = value_of(options->arguments[i]);
	parameters_set(sh, arguments, options->n_arguments, NULL);
	sh->set.parameters->missing = !options->n_arguments;
}

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
	parameters_drop(sh->set.parameters);
	text_drop(sh->set.folder);
	variables_free(&sh->vars);
	map_free(&sh->origins);
	map_free(&sh->reported);
	map_free(&sh->trees);
	intern_free(sh->texts);
	scratch_free(sh->scratch);
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
	machine_begin(&sh, options);
	run_top(&sh, script->body);
	if (script->broken && sh.flow == FLOW_NONE) {
		outcome->complete = false;
		set_status(&sh, 2);
	}
	run_traps(&sh);
	if (sh.n_pendings)
		set_unknown_status(&sh, sh.pendings[0].origin);
	outcome->status = sh.set.status;
	outcome->status.code &= 255;
	missed_finish(&sh);
	machine_end(&sh);
}
