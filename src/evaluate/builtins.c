/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of builtins, and those that are about the flow of commands, texts that are run,
 * and the folder.  What is about variables, options, input and output has files of its own.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "evaluate/arithmetic.h"
#include "evaluate/calls.h"
#include "evaluate/expand.h"

/* ---- numbers ---- */

/* The number that word I is; false: none, and the error was said. */
static bool number_word(struct machine *sh, struct call *call, size_t i, long *number)
{
	char *end;
	const char *text = call->words[i].bytes;

	*number = strtol(text, &end, 10);
	if (*text && !*end && (isdigit((unsigned char)*text) || (sh->bash && strchr("+-", *text))))
		return true;
	shell_error(sh, call->span, FATAL_SH, "'%s' is no number", text);
	return false;
}

/* ---- flow ---- */

static void run_nothing(struct machine *sh, struct call *call)
{
	(void)call;
	set_status(sh, 0);
}

static void run_false(struct machine *sh, struct call *call)
{
	(void)call;
	set_status(sh, 1);
}

static void leave_loop(struct machine *sh, struct call *call, enum flow flow)
{
	long levels = 1;

	if (!call_known(sh, call, 1, "how many loops end here"))
		return;
	if (call->n > 1 && !number_word(sh, call, 1, &levels))
		return;
	set_status(sh, 0);
	if (!sh->loops)
		return;
	if (levels < 1) {
		shell_error(sh, call->span, FATAL_SH, "the number of loops is wrong");
		return;
	}
	sh->flow = flow;
	sh->levels = levels > (long)sh->loops ? sh->loops : (unsigned)levels;
}

static void run_break(struct machine *sh, struct call *call)
{
	leave_loop(sh, call, FLOW_BREAK);
}

static void run_continue(struct machine *sh, struct call *call)
{
	leave_loop(sh, call, FLOW_CONTINUE);
}

/* The status that "exit" and "return" were given; false: a wrong one. */
static bool take_status(struct machine *sh, struct call *call)
{
	long code;
	const struct shell_origin *unknown;

	if (call->n < 2)
		return true;
	unknown = call_unknown(call, 1);
	if (unknown) {
		set_unknown_status(sh, unknown);
		return true;
	}
	if (!number_word(sh, call, 1, &code))
		return false;
	/* dash keeps all of it until the shell ends */
	set_status(sh, sh->bash ? (int)(code & 255) : (int)(code & 0x7fffffff));
	return true;
}

static void run_exit(struct machine *sh, struct call *call)
{
	if (!take_status(sh, call))
		set_status(sh, 2);
	if (sh->flow < FLOW_EXIT)
		sh->flow = FLOW_EXIT;
}

static void run_return(struct machine *sh, struct call *call)
{
	if (!sh->functions && !sh->sources) {
		if (sh->bash) {
			shell_error(sh, call->span, FATAL_NOT, "'return' outside of a function");
			set_status(sh, 2);
		} else {
			run_exit(sh, call);
		}
		return;
	}
	if (!take_status(sh, call))
		set_status(sh, 2);
	if (machine_runs(sh))
		sh->flow = FLOW_RETURN;
}

/* ---- texts ---- */

static void run_eval(struct machine *sh, struct call *call)
{
	struct buf buf = BUF_INIT;
	size_t i;

	if (!call_known(sh, call, 1, "the command that is run here"))
		return;
	for (i = 1; i < call->n; i++) {
		if (i > 1)
			buf_add_char(&buf, ' ');
		buf_add(&buf, call->words[i].bytes, call->words[i].len);
	}
	set_status(sh, 0);
	if (buf.len)
		run_text(sh, call->span, "eval", buf.data, buf.len, true);
	buf_free(&buf);
}

/* A name without a '/' is looked for in PATH; bash then takes the one in the folder. */
static enum shell_file_answer find_source(struct machine *sh, const char *name, const char **path,
					  struct shell_value *text)
{
	static const char *const folders[] = { "/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/",
					       "/usr/bin/",	   "/sbin/",	      "/bin/" };
	enum shell_file_answer answer;
	char *full;
	size_t i;

	for (i = 0; !strchr(name, '/') && i < sizeof(folders) / sizeof(*folders); i++) {
		full = scratch_alloc(sh->scratch, strlen(folders[i]) + strlen(name) + 1);
		strcat(strcpy(full, folders[i]), name);
		answer = file_read(sh, full, text);
		if (answer == SHELL_FILE_YES) {
			*path = full;
			return answer;
		}
	}
	if (!strchr(name, '/') && !sh->bash)
		return SHELL_FILE_NO;
	*path = path_of(sh, name, strlen(name));
	return *path ? file_read(sh, *path, text) : SHELL_FILE_UNKNOWN;
}

static void source_text(struct machine *sh, struct call *call, const char *path,
			struct shell_value text)
{
	struct saved_parameters before = parameters_save(sh), given;
	bool replaces = sh->bash && call->n > 2;

	if (replaces)
		parameters_set(sh, call->words + 2, call->n - 2, call->many);
	given = parameters_save(sh);
	sh->sources++;
	set_status(sh, 0);
	run_text(sh, call->span, path, text.bytes, text.len, true);
	end_return(sh);
	sh->sources--;
	/* what "set" gave the file stays, outside of functions */
	if (replaces && (sh->scope || sh->set.parameters == given.parameters))
		parameters_restore(sh, before);
	else
		parameters_drop(before.parameters);
	parameters_drop(given.parameters);
}

static void run_source(struct machine *sh, struct call *call)
{
	struct shell_value text;
	const char *path = NULL;

	if (!call_known(sh, call, 1, "which file is read here"))
		return;
	if (call->n < 2) {
		shell_error(sh, call->span, FATAL_SH, "'.' needs a file");
		set_status(sh, 2);
		return;
	}
	if (sh->sources + sh->functions >= sh->max_depth) {
		machine_limit(sh, call->span, "files read each other more than %u deep",
			      sh->max_depth);
		return;
	}
	switch (find_source(sh, call->words[1].bytes, &path, &text)) {
	case SHELL_FILE_NO:
		report_absent(sh, call->span, call->words[1].bytes);
		shell_error(sh, call->span, FATAL_NOT, "'%s' is not there", call->words[1].bytes);
		/* the finding is there already */
		if (!sh->bash)
			sh->flow = FLOW_EXIT;
		break;
	case SHELL_FILE_UNKNOWN:
		text.unknown = origin_at(sh, call->span, "--root DIR", "what '%s' holds",
					 call->words[1].bytes);
		/* fall through */
	default:
		if (text.unknown) {
			report_unsupported(sh, call->span, text.unknown,
					   "the commands of '%s' depend on %s",
					   call->words[1].bytes, text.unknown->what);
			set_unknown_status(sh, text.unknown);
		} else {
			source_text(sh, call, path, text);
		}
		break;
	}
}

/* ---- traps ---- */

static const char *signal_name(const char *word)
{
	if (!strcmp(word, "0"))
		return "EXIT";
	return strncasecmp(word, "SIG", 3) ? word : word + 3;
}

static void set_trap(struct machine *sh, const char *name, const struct shell_value *action)
{
	char upper[16];
	size_t i;
	struct content content = { 0 };

	name = signal_name(name);
	for (i = 0; name[i] && i < sizeof(upper) - 1; i++)
		upper[i] = (char)toupper((unsigned char)name[i]);
	upper[i] = '\0';
	if (action)
		content.value = text_of(&sh->vars.total, *action);
	variables_replace(&sh->vars, variables_get(&sh->vars, NAME_TRAP, upper, i), content);
}

static void run_trap(struct machine *sh, struct call *call)
{
	const struct shell_value *action;
	size_t i = 1;

	set_status(sh, 0);
	if (call_is(call, 1, "--"))
		call_shift(call, 1);
	if (call->n < 2 || call_is(call, 1, "-p") || call_is(call, 1, "-l")) {
		stream_write_unknown(sh->fds[1],
				     origin_at(sh, call->span, NULL, "what 'trap' prints"));
		return;
	}
	action = &call->words[1];
	if (call->n == 2 || (isdigit((unsigned char)*action->bytes) && !action->unknown) ||
	    call_is(call, 1, "-"))
		action = NULL;
	if (action || call_is(call, 1, "-"))
		i = 2;
	for (; i < call->n; i++) {
		sh->outcome->has_trap |= action != NULL;
		if (!call->words[i].unknown)
			set_trap(sh, call->words[i].bytes, action);
		if (sh->bash && action && (call_is(call, i, "DEBUG") || call_is(call, i, "RETURN")))
			report_unsupported(sh, call->span, NULL, "a trap for '%s' is not evaluated",
					   call->words[i].bytes);
	}
}

/* ---- the folder ---- */

static void cannot(struct machine *sh, const void *what)
{
	(void)what;
	set_status(sh, sh->bash ? 1 : 2);
}

static void can(struct machine *sh, const void *what)
{
	(void)what;
	set_status(sh, 0);
}

static void run_cd(struct machine *sh, struct call *call)
{
	const struct shell_origin *unknown;
	struct shell_value path = value_of("/root");
	size_t i = 1;
	bool set;

	for (; i < call->n && !call->words[i].unknown && call->words[i].len > 1 &&
	       *call->words[i].bytes == '-';
	     i++)
		;
	if (i < call->n)
		path = call->words[i];
	if (call->many)
		path = value_unknown(call->many);
	if (call_is(call, i, "-"))
		path = variable_value(sh, "OLDPWD", 6, &set);
	set_status(sh, 0);
	if (!folder_change(sh, call->span, path, &unknown)) {
		shell_error(sh, call->span, FATAL_NOT, "there is no such folder");
		return;
	}
	if (unknown)
		set_unknown_status(sh, unknown);
	if (unknown && sh->set.options & OPTION_ERREXIT && !sh->tested)
		both_ways(sh, unknown, call->span, can, cannot, NULL);
}

static void run_pwd(struct machine *sh, struct call *call)
{
	bool set;
	struct shell_value folder = variable_value(sh, "PWD", 3, &set);

	(void)call;
	stream_write_value(sh->fds[1], &folder);
	stream_write(sh->fds[1], "\n", 1);
	set_status(sh, 0);
}

/* ---- aliases ---- */

static void run_alias(struct machine *sh, struct call *call)
{
	struct content content = { 0 };
	const char *equal;
	size_t i, len;

	set_status(sh, 0);
	if (call->n < 2 || call_is(call, 1, "-p"))
		stream_write_unknown(sh->fds[1],
				     origin_at(sh, call->span, NULL, "what 'alias' prints"));
	for (i = 1; i < call->n; i++) {
		equal = strchr(call->words[i].bytes, '=');
		if (call->words[i].unknown || !equal)
			continue;
		len = (size_t)(equal - call->words[i].bytes);
		content.value = text_new(&sh->vars.total, equal + 1, call->words[i].len - len - 1);
		variables_replace(&sh->vars,
				  variables_get(&sh->vars, NAME_ALIAS, call->words[i].bytes, len),
				  content);
	}
}

static void run_unalias(struct machine *sh, struct call *call)
{
	struct content empty = { 0 };
	size_t i;

	set_status(sh, 0);
	for (i = 1; i < call->n; i++)
		variables_replace(&sh->vars,
				  variables_get(&sh->vars, NAME_ALIAS, call->words[i].bytes,
						strlen(call->words[i].bytes)),
				  empty);
}

/* ---- the rest ---- */

static void run_let(struct machine *sh, struct call *call)
{
	struct number number = { 0, NULL };
	const char *why;
	size_t i;

	for (i = 1; i < call->n; i++) {
		if (call->words[i].unknown) {
			number.unknown = call->words[i].unknown;
			continue;
		}
		if (!arithmetic(sh, call->spans[i], call->words[i].bytes, call->words[i].len,
				&number, &why)) {
			if (machine_runs(sh))
				shell_error(sh, call->span, FATAL_NOT, "%s", why);
			return;
		}
	}
	if (number.unknown)
		set_unknown_status(sh, number.unknown);
	else
		set_status(sh, !number.value);
}

/* Prints what nobody knows beforehand: umask, ulimit, hash, times, jobs. */
static void run_printing(struct machine *sh, struct call *call)
{
	set_status(sh, 0);
	stream_write_unknown(sh->fds[1], origin_at(sh, call->span, NULL, "what '%s' prints",
						   call->words[0].bytes));
}

static void run_unknown(struct machine *sh, struct call *call)
{
	const struct shell_origin *origin =
		origin_at(sh, call->span, NULL, "what '%s' does", call->words[0].bytes);

	stream_write_unknown(sh->fds[1], origin);
	set_unknown_status(sh, origin);
}

static const struct builtin builtins[] = {
	{ ":", run_nothing, true, false },
	{ "true", run_nothing, false, false },
	{ "false", run_false, false, false },
	{ "echo", run_echo, false, false },
	{ "printf", run_printf, false, false },
	{ "test", run_test, false, false },
	{ "[", run_test, false, false },
	{ "read", run_read, false, false },
	{ ".", run_source, true, false },
	{ "source", run_source, false, true },
	{ "eval", run_eval, true, false },
	{ "exit", run_exit, true, false },
	{ "return", run_return, true, false },
	{ "break", run_break, true, false },
	{ "continue", run_continue, true, false },
	{ "set", run_set, true, false },
	{ "shift", run_shift, true, false },
	{ "unset", run_unset, true, false },
	{ "export", run_export, true, false },
	{ "readonly", run_readonly, true, false },
	{ "local", run_local, false, false },
	{ "declare", run_declare, false, true },
	{ "typeset", run_declare, false, true },
	{ "cd", run_cd, false, false },
	{ "chdir", run_cd, false, false },
	{ "pwd", run_pwd, false, false },
	{ "trap", run_trap, true, false },
	{ "getopts", run_getopts, false, false },
	{ "let", run_let, false, true },
	{ "shopt", run_shopt, false, true },
	{ "mapfile", run_mapfile, false, true },
	{ "readarray", run_mapfile, false, true },
	{ "alias", run_alias, false, false },
	{ "unalias", run_unalias, false, false },
	{ "wait", run_nothing, false, false },
	{ "umask", run_printing, false, false },
	{ "ulimit", run_printing, false, false },
	{ "hash", run_printing, false, false },
	{ "times", run_printing, true, false },
	{ "jobs", run_printing, false, false },
	{ "enable", run_printing, false, true },
	{ "disown", run_nothing, false, true },
	{ "complete", run_nothing, false, true },
	{ "bind", run_printing, false, true },
	{ "caller", run_printing, false, true },
	{ "history", run_printing, false, true },
	{ "kill", run_unknown, false, false },
	{ "fg", run_unknown, false, false },
	{ "bg", run_unknown, false, false },
	{ "pushd", run_unknown, false, true },
	{ "popd", run_unknown, false, true },
	{ "dirs", run_unknown, false, true },
	{ "compgen", run_unknown, false, true },
	{ "command", NULL, false, false },
	{ "exec", NULL, true, false },
	{ "type", NULL, false, false },
	{ "builtin", NULL, false, true },
};

static const struct builtin *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		if (builtins[i].name[0] == name[0] && !strcmp(builtins[i].name, name))
			return &builtins[i];
	}
	return NULL;
}

const struct builtin *builtin_find(const struct machine *sh, const char *name)
{
	const struct builtin *builtin = find(name);

	if (builtin && builtin->bash && !sh->bash)
		return NULL;
	return builtin;
}

bool is_bash_word(const char *name)
{
	const struct builtin *builtin = find(name);

	return (builtin && builtin->bash) || !strcmp(name, "[[") || !strcmp(name, "function") ||
	       !strcmp(name, "select") || !strcmp(name, "time");
}

bool is_shell_word(const struct machine *sh, const char *name)
{
	static const char *const both[] = { "if",   "then", "else", "elif", "fi",    "do",
					    "done", "case", "esac", "for",  "while", "until",
					    "{",    "}",    "!",    "in" };
	size_t i;

	for (i = 0; i < sizeof(both) / sizeof(*both); i++) {
		if (!strcmp(both[i], name))
			return true;
	}
	return sh->bash && (!strcmp(name, "[[") || !strcmp(name, "function") ||
			    !strcmp(name, "select") || !strcmp(name, "time"));
}
