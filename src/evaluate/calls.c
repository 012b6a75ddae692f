/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command's first word stands for: a function, a builtin, a word that only stands
 * before another program (sudo, env, nice ...), a program.  Knows nothing of what they do.
 */
#include "evaluate/calls.h"

#include <string.h>

#include "base/word.h"
#include "evaluate/expand.h"

void call_shift(struct call *call, size_t n)
{
	if (n > call->n)
		n = call->n;
	call->words += n;
	call->spans += n;
	if (call->arrays)
		call->arrays += n;
	call->n -= n;
}

bool call_is(const struct call *call, size_t i, const char *text)
{
	return i < call->n && !call->words[i].unknown && !strcmp(call->words[i].bytes, text);
}

const struct shell_origin *call_unknown(const struct call *call, size_t n)
{
	size_t i;

	for (i = n; i < call->n; i++) {
		if (call->words[i].unknown)
			return call->words[i].unknown;
	}
	return call->many;
}

bool call_known(struct machine *sh, struct call *call, size_t n, const char *what)
{
	const struct shell_origin *unknown = call_unknown(call, n);

	if (!unknown)
		return true;
	report_unsupported(sh, call->span, unknown, "%s depends on %s", what, unknown->what);
	set_unknown_status(sh, unknown);
	return false;
}

/* ---- words that stand before a program ---- */

/* Options that take a value, of those that stand before a program. */
static const struct prefix {
	const char *name;
	const char *valued; /* letters */
	unsigned operands;  /* words of its own behind the options */
	bool assigns;	    /* NAME=VALUE may follow */
} prefixes[] = {
	{ "sudo", "ugCDhprtTRU", 0, true }, { "doas", "uC", 0, false },
	{ "env", "uCS", 0, true },	    { "nice", "n", 0, false },
	{ "ionice", "cnp", 0, false },	    { "nohup", "", 0, false },
	{ "time", "fo", 0, false },	    { "timeout", "ks", 1, false },
	{ "setsid", "", 0, false },	    { "stdbuf", "ioe", 0, false },
	{ "busybox", "", 0, false },	    { "flock", "wE", 1, false },
};

static const struct prefix *prefix_of(const char *name)
{
	size_t i;

	name = base_name(name);
	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (!strcmp(prefixes[i].name, name))
			return &prefixes[i];
	}
	return NULL;
}

/* How many words an option takes; 0: it is none. */
static size_t option_words(const struct prefix *prefix, const char *word)
{
	size_t len = strlen(word);

	if (len < 2 || *word != '-')
		return 0;
	if (word[1] == '-')
		return 1;
	return *prefix->valued && strchr(prefix->valued, word[len - 1]) ? 2 : 1;
}

/* The number of words before the program; 0: there is none. */
static size_t prefix_length(const struct call *call, const struct prefix *prefix)
{
	size_t i = 1, n;
	const char *equal;

	for (; i < call->n && !call->words[i].unknown; i += n) {
		n = option_words(prefix, call->words[i].bytes);
		if (call_is(call, i, "--")) {
			i++;
			break;
		}
		if (!n)
			break;
	}
	for (n = 0; n < prefix->operands; n++)
		i++;
	for (; prefix->assigns && i < call->n && !call->words[i].unknown; i++) {
		equal = strchr(call->words[i].bytes, '=');
		if (!equal ||
		    !is_name(call->words[i].bytes, (size_t)(equal - call->words[i].bytes)))
			break;
	}
	return i < call->n ? i : 0;
}

/* "$0 stop", "sh $0 stop": the number of words before the arguments; 0: it does not. */
static size_t calls_itself(const struct machine *sh, const struct call *call)
{
	const char *path = sh->options->path;
	const char *name = call->words[0].unknown ? "" : base_name(call->words[0].bytes);

	if (!path || call->words[0].unknown)
		return 0;
	if (call_is(call, 0, path))
		return 1;
	return !strcmp(name, sh->bash ? "bash" : "sh") && call_is(call, 1, path) ? 2 : 0;
}

static void run_program(struct machine *sh, struct call *call)
{
	const struct prefix *prefix;
	call_run *run;
	size_t n;

	while (!call->words[0].unknown && (prefix = prefix_of(call->words[0].bytes))) {
		n = prefix_length(call, prefix);
		if (!n)
			break;
		call_shift(call, n);
	}
	n = calls_itself(sh, call);
	if (n) {
		run_self(sh, call->span, call->words + n, call->n - n, call->many);
		return;
	}
	run = call->words[0].unknown ? NULL : program_find(call->words[0].bytes);
	if (run)
		run(sh, call);
	else
		call_host(sh, call);
}

/* ---- command, builtin, exec ---- */

static void look_up(struct machine *sh, struct call *call, size_t from, bool wordy)
{
	struct arena *arena = arena_new();
	size_t i;
	bool found = true, unknown = false;
	const struct shell_origin *origin = NULL;

	for (i = from; i < call->n; i++) {
		struct shell_value name = call->words[i];
		const char *path = NULL;
		bool here = false;

		if (name.unknown) {
			origin = name.unknown;
			continue;
		}
		if (variables_find(&sh->vars, NAME_FUNCTION, name.bytes, name.len) &&
		    variables_find(&sh->vars, NAME_FUNCTION, name.bytes, name.len)->now.function)
			here = true;
		else if (builtin_find(sh, name.bytes) || is_shell_word(sh, name.bytes))
			here = true;
		path = here ? name.bytes : program_path(sh, arena, name.bytes, &unknown);
		if (!path && unknown)
			origin = origin_at(sh, call->spans[i], NULL, "whether there is a '%s'",
					   name.bytes);
		else if (!path)
			found = false;
		if (path && !wordy) {
			stream_write(sh->fds[1], path, strlen(path));
			stream_write(sh->fds[1], "\n", 1);
		}
	}
	if (origin || wordy)
		stream_write_unknown(
			sh->fds[1],
			origin ? origin : origin_at(sh, call->span, NULL, "what 'type' prints"));
	if (origin)
		set_unknown_status(sh, origin);
	else
		set_status(sh, found ? 0 : sh->bash ? 1 : 127);
	arena_free(arena);
}

static void run_type(struct machine *sh, struct call *call)
{
	size_t from = 1;
	bool path = false;

	for (; from < call->n && !call->words[from].unknown && *call->words[from].bytes == '-' &&
	       sh->bash;
	     from++)
		path |= strchr(call->words[from].bytes, 'p') ||
			strchr(call->words[from].bytes, 'P');
	look_up(sh, call, from, !path);
}

static void run_command_word(struct machine *sh, struct call *call)
{
	size_t i = 1;
	bool look = false, wordy = false;

	for (; i < call->n && !call->words[i].unknown && *call->words[i].bytes == '-'; i++) {
		if (call_is(call, i, "--")) {
			i++;
			break;
		}
		look |= strchr(call->words[i].bytes, 'v') || strchr(call->words[i].bytes, 'V');
		wordy |= strchr(call->words[i].bytes, 'V') != NULL;
	}
	if (look) {
		look_up(sh, call, i, wordy);
	} else if (i < call->n) {
		call_shift(call, i);
		call_words(sh, call, false);
	} else {
		set_status(sh, 0);
	}
}

static void run_exec(struct machine *sh, struct call *call)
{
	size_t i = 1;

	for (; i < call->n && !call->words[i].unknown && *call->words[i].bytes == '-'; i++) {
		if (call_is(call, i, "-a"))
			i++;
	}
	if (i >= call->n) {
		call->keeps = true;
		set_status(sh, 0);
		return;
	}
	call_shift(call, i);
	run_program(sh, call);
	if (machine_runs(sh)) {
		/* the shell is gone, and its traps with it */
		variables_replace(&sh->vars, variables_get(&sh->vars, NAME_TRAP, "EXIT", 4),
				  (struct content){ 0 });
		sh->flow = FLOW_EXIT;
	}
}

/* ---- all of them ---- */

static bool run_function(struct machine *sh, struct call *call)
{
	struct variable *function =
		variables_find(&sh->vars, NAME_FUNCTION, call->words[0].bytes, call->words[0].len);

	if (!function)
		return false;
	if (function->now.value && function->now.value->unknown) {
		report_unsupported(sh, call->span, function->now.value->unknown,
				   "which function '%s' is depends on %s", function->name,
				   function->now.value->unknown->what);
		set_unknown_status(sh, function->now.value->unknown);
		return true;
	}
	if (!function->now.function)
		return false;
	call_function(sh, function, call->words + 1, call->n - 1, call->many, call->span);
	return true;
}

void call_words(struct machine *sh, struct call *call, bool functions)
{
	const struct builtin *builtin;
	const char *name = call->words[0].bytes;

	if (!machine_step(sh))
		return;
	if (call->words[0].unknown) {
		call_host(sh, call);
		return;
	}
	if (functions && run_function(sh, call))
		return;
	if (!strcmp(name, "command")) {
		run_command_word(sh, call);
	} else if (!strcmp(name, "exec")) {
		run_exec(sh, call);
	} else if (!strcmp(name, "type")) {
		run_type(sh, call);
	} else if (sh->bash && !strcmp(name, "builtin")) {
		set_status(sh, 0);
		call_shift(call, 1);
		if (call->n)
			call_words(sh, call, false);
	} else if ((builtin = builtin_find(sh, name))) {
		builtin->run(sh, call);
	} else if (!sh->bash && is_bash_word(name)) {
		shell_error(sh, call->span, FATAL_NOT, "'%s' is no command of sh", name);
		set_status(sh, 127);
	} else if (!*name || *name == '[') {
		/* "[1 -eq 1 ]" */
		set_status(sh, 127);
	} else {
		run_program(sh, call);
	}
}
