/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few programs that are evaluated, and the way to the host for all others.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/word.h"
#include "evaluate/calls.h"

/* A call of the host takes as long as these, and is kept in memory: loops without end. */
#define CALL_STEPS 100

static void write_line(struct machine *sh, const char *text, size_t len)
{
	stream_write(sh->fds[1], text, len);
	stream_write(sh->fds[1], "\n", 1);
}

/* Something about the call is not known: so is all that it does. */
static void give_up(struct machine *sh, struct call *call, const struct shell_origin *origin)
{
	if (!origin)
		origin =
			origin_at(sh, call->span, NULL, "the output of '%s'", call->words[0].bytes);
	stream_write_unknown(sh->fds[1], origin);
	set_unknown_status(sh, origin);
}

static bool has_unknown(struct machine *sh, struct call *call)
{
	const struct shell_origin *unknown = call_unknown(call, 1);

	if (unknown)
		give_up(sh, call, unknown);
	return unknown != NULL;
}

/* ---- cat ---- */

static void cat_input(struct machine *sh, struct call *call)
{
	struct stream *stream = sh->fds[0];
	struct shell_value text;

	if (stream && stream->kind == STREAM_SCRIPT) {
		stream_write_unknown(sh->fds[1],
				     origin_at(sh, call->span, NULL, "what 'cat' reads"));
	} else if (stream && stream->kind == STREAM_TEXT) {
		text = stream_rest(stream);
		stream_write_value(sh->fds[1], &text);
		stream->position = stream->text.len;
	}
}

static void cat_file(struct machine *sh, struct call *call, struct shell_value name)
{
	const char *path = path_of(sh, name.bytes, name.len);
	struct shell_value text;
	const struct shell_origin *origin;
	enum shell_file_answer answer = path ? file_read(sh, path, &text) : SHELL_FILE_UNKNOWN;

	if (answer == SHELL_FILE_YES) {
		stream_write_value(sh->fds[1], &text);
	} else if (answer == SHELL_FILE_NO) {
		stream_write_unknown(sh->fds[2],
				     origin_at(sh, call->span, NULL, "the text of an error"));
		set_status(sh, 1);
	} else {
		origin = origin_at(sh, call->span, "--root DIR", "what '%s' holds", name.bytes);
		give_up(sh, call, origin);
	}
}

static void run_cat(struct machine *sh, struct call *call)
{
	size_t i;

	if (has_unknown(sh, call))
		return;
	for (i = 1; i < call->n; i++) {
		if (*call->words[i].bytes == '-' && call->words[i].len > 1) {
			give_up(sh, call, NULL);
			return;
		}
	}
	set_status(sh, 0);
	if (call->n == 1)
		cat_input(sh, call);
	for (i = 1; i < call->n && machine_step(sh); i++) {
		if (call_is(call, i, "-"))
			cat_input(sh, call);
		else
			cat_file(sh, call, call->words[i]);
	}
}

/* ---- seq ---- */

static bool whole_number(struct shell_value value, long *number)
{
	char *end;

	*number = strtol(value.bytes, &end, 10);
	return value.len && value.len < 18 && !*end && !isspace((unsigned char)*value.bytes);
}

/* "10.0.0.%g": one directive, of those that seq takes. */
static bool is_format(const char *format)
{
	const char *p = strchr(format, '%');

	if (!p)
		return false;
	p++;
	p += strspn(p, "0-+ #");
	if (strspn(p, "0123456789") > 2)
		return false;
	p += strspn(p, "0123456789");
	if (*p == '.' && strspn(p + 1, "0123456789") < 3)
		p += 1 + strspn(p + 1, "0123456789");
	return *p && strchr("gfeGFE", *p) && !strchr(p, '%');
}

static void write_number(struct machine *sh, const char *format, int width, long number)
{
	struct buf buf = BUF_INIT;

	if (format) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(&buf, format, (double)number);
#pragma GCC diagnostic pop
	} else {
		buf_printf(&buf, "%0*ld", width, number);
	}
	stream_write(sh->fds[1], buf_string(&buf), buf.len);
	buf_free(&buf);
}

static void run_seq(struct machine *sh, struct call *call)
{
	long first = 1, step = 1, last, n;
	const char *separator = "\n";
	const char *format = NULL;
	size_t i = 1;
	int width = 0;
	bool good, any = false, padded = false;

	if (has_unknown(sh, call))
		return;
	for (; i + 1 < call->n && *call->words[i].bytes == '-' &&
	       isalpha((unsigned char)call->words[i].bytes[1]);
	     i++) {
		if (call_is(call, i, "-s"))
			separator = call->words[++i].bytes;
		else if (call_is(call, i, "-f"))
			format = call->words[++i].bytes;
		else if (call_is(call, i, "-w"))
			padded = true;
		else
			format = "";
	}
	n = (long)(call->n - i);
	good = n >= 1 && n <= 3 && whole_number(call->words[call->n - 1], &last) &&
	       (n < 2 || whole_number(call->words[i], &first)) &&
	       (n < 3 || whole_number(call->words[i + 1], &step)) && step &&
	       (!format || is_format(format));
	if (good && padded)
		width = (int)(call->words[i].len > call->words[call->n - 1].len
				      ? call->words[i].len
				      : call->words[call->n - 1].len);
	if (!good) {
		give_up(sh, call, NULL);
		return;
	}
	for (; step > 0 ? first <= last : first >= last; first += step) {
		if (!machine_step(sh))
			return;
		if (any)
			stream_write(sh->fds[1], separator, strlen(separator));
		any = true;
		write_number(sh, format, width, first);
	}
	if (any)
		stream_write(sh->fds[1], "\n", 1);
	set_status(sh, 0);
}

/* ---- names of files ---- */

static void run_basename(struct machine *sh, struct call *call)
{
	const char *text, *start;
	size_t len, suffix;

	if (has_unknown(sh, call))
		return;
	if (call_is(call, 1, "--"))
		call_shift(call, 1);
	if (call->n < 2 || call->n > 3 ||
	    (*call->words[1].bytes == '-' && call->words[1].len > 1)) {
		give_up(sh, call, NULL);
		return;
	}
	text = call->words[1].bytes;
	len = call->words[1].len;
	while (len > 1 && text[len - 1] == '/')
		len--;
	for (start = text + len; start > text && start[-1] != '/'; start--)
		;
	if (start == text + len && len)
		start--;
	len -= (size_t)(start - text);
	if (call->n == 3) {
		suffix = call->words[2].len;
		if (suffix < len && !memcmp(start + len - suffix, call->words[2].bytes, suffix))
			len -= suffix;
	}
	write_line(sh, start, len);
	set_status(sh, 0);
}

static void run_dirname(struct machine *sh, struct call *call)
{
	const char *text;
	size_t len, i = 1;

	if (has_unknown(sh, call))
		return;
	if (call_is(call, 1, "--"))
		i = 2;
	for (; i < call->n; i++) {
		text = call->words[i].bytes;
		len = call->words[i].len;
		while (len > 1 && text[len - 1] == '/')
			len--;
		while (len && text[len - 1] != '/')
			len--;
		while (len > 1 && text[len - 1] == '/')
			len--;
		if (len)
			write_line(sh, text, len);
		else
			write_line(sh, ".", 1);
	}
	set_status(sh, 0);
}

/* ---- who ---- */

static void run_id(struct machine *sh, struct call *call)
{
	static const struct {
		const char *option, *text;
	} answers[] = { { "-u", "0" },	   { "-g", "0" },  { "-un", "root" }, { "-nu", "root" },
			{ "-gn", "root" }, { "-ur", "0" }, { "-ru", "0" },    { "--user", "0" } };
	size_t i;

	if (has_unknown(sh, call))
		return;
	set_status(sh, 0);
	if (call->n == 1) {
		write_line(sh, "uid=0(root) gid=0(root) groups=0(root)", 38);
		return;
	}
	for (i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		if ((call->n == 2 || (call->n == 3 && call_is(call, 2, "root"))) &&
		    call_is(call, 1, answers[i].option)) {
			write_line(sh, answers[i].text, strlen(answers[i].text));
			return;
		}
	}
	if (call->n == 3 && call_is(call, 1, "-u") && call_is(call, 2, "-n")) {
		write_line(sh, "root", 4);
		return;
	}
	give_up(sh, call, NULL);
}

static void run_whoami(struct machine *sh, struct call *call)
{
	(void)call;
	write_line(sh, "root", 4);
	set_status(sh, 0);
}

/* ---- which ---- */

const char *program_path(struct machine *sh, struct arena *arena, const char *name, bool *unknown)
{
	*unknown = false;
	if (!sh->host->find_program) {
		*unknown = true;
		return NULL;
	}
	return sh->host->find_program(sh->host->context, arena, name, unknown);
}

static void run_which(struct machine *sh, struct call *call)
{
	struct arena *arena;
	const char *path;
	size_t i;
	bool unknown, found = true;

	if (has_unknown(sh, call))
		return;
	arena = arena_new();
	for (i = 1; i < call->n; i++) {
		if (*call->words[i].bytes == '-')
			continue;
		path = program_path(sh, arena, call->words[i].bytes, &unknown);
		if (unknown) {
			give_up(sh, call,
				origin_at(sh, call->span, NULL, "whether there is a '%s'",
					  call->words[i].bytes));
			arena_free(arena);
			return;
		}
		if (path)
			write_line(sh, path, strlen(path));
		else
			found = false;
	}
	arena_free(arena);
	set_status(sh, found && call->n > 1 ? 0 : 1);
}

/* The program, which is not the builtin of dash. */
static void run_echo_program(struct machine *sh, struct call *call)
{
	bool bash = sh->bash;

	sh->bash = true;
	run_echo(sh, call);
	sh->bash = bash;
}

static void run_yes(struct machine *sh, struct call *call)
{
	(void)call;
	set_status(sh, 0);
}

static void run_no(struct machine *sh, struct call *call)
{
	(void)call;
	set_status(sh, 1);
}

call_run *program_find(const char *name)
{
	static const struct {
		const char *name;
		call_run *run;
	} programs[] = { { "cat", run_cat },
			 { "seq", run_seq },
			 { "basename", run_basename },
			 { "dirname", run_dirname },
			 { "id", run_id },
			 { "whoami", run_whoami },
			 { "which", run_which },
			 { "echo", run_echo_program },
			 { "printf", run_printf },
			 { "test", run_test },
			 { "[", run_test },
			 { "true", run_yes },
			 { "false", run_no } };
	static const char *const folders[] = { "/bin/", "/usr/bin/" };
	size_t i;

	for (i = 0; i < 2 && *name == '/'; i++) {
		if (!strncmp(name, folders[i], strlen(folders[i]))) {
			name += strlen(folders[i]);
			break;
		}
	}
	for (i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		if (!strcmp(programs[i].name, name))
			return programs[i].run;
	}
	return NULL;
}

/* ---- what programs do to files ---- */

/* The text that FROM held is TO's from now on. */
static void copy_file(struct machine *sh, struct call *call, struct shell_value from,
		      struct shell_value to)
{
	const char *source = path_of(sh, from.bytes, from.len);
	const char *target = path_of(sh, to.bytes, to.len);
	struct shell_value text;

	if (!target || !*target || file_test(sh, 'd', target) != SHELL_FILE_NO)
		return;
	if (!source || file_read(sh, source, &text) != SHELL_FILE_YES)
		text = value_unknown(origin_at(sh, call->span, NULL, "what '%s' holds", to.bytes));
	file_keep(sh, target, text);
}

/* Of the programs that change files, those whose effect later commands of a script see. */
static void note_files(struct machine *sh, struct call *call)
{
	const char *name = call->words[0].unknown ? "" : base_name(call->words[0].bytes), *path;
	bool moves = !strcmp(name, "mv");
	size_t i;

	if (!strcmp(name, "rm") || !strcmp(name, "unlink")) {
		for (i = 1; i < call->n; i++) {
			if (call->words[i].unknown || *call->words[i].bytes == '-')
				continue;
			path = path_of(sh, call->words[i].bytes, call->words[i].len);
			if (path && *path)
				file_remove(sh, path);
		}
	} else if ((moves || !strcmp(name, "cp")) && call->n >= 3 && !call_unknown(call, 1)) {
		copy_file(sh, call, call->words[call->n - 2], call->words[call->n - 1]);
		path = path_of(sh, call->words[call->n - 2].bytes, call->words[call->n - 2].len);
		if (moves && path && *path)
			file_remove(sh, path);
	}
}

/* Programs that would eat what a loop around them reads. */
static bool eats_input(const char *name)
{
	static const char *const names[] = { "ssh",
					     "grep",
					     "egrep",
					     "fgrep",
					     "sed",
					     "awk",
					     "gawk",
					     "mawk",
					     "sort",
					     "uniq",
					     "tee",
					     "wc",
					     "head",
					     "tail",
					     "cut",
					     "tr",
					     "xargs",
					     "iptables-restore",
					     "ip6tables-restore",
					     "ipset",
					     "nft",
					     "bash",
					     "sh" };
	size_t i;

	name = base_name(name);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

/* ---- the host ---- */

static const struct shell_value *input_of(struct machine *sh, struct call *call,
					  struct shell_value *value)
{
	struct stream *stream = sh->fds[0];

	*value = value_of("");
	if (!stream || stream->kind == STREAM_NULL)
		return value;
	if (stream->kind != STREAM_TEXT)
		return NULL;
	*value = stream_rest(stream);
	if (!call->own_input && !call->words[0].unknown && eats_input(call->words[0].bytes))
		stream->position = stream->text.len;
	return value;
}

static void take_result(struct machine *sh, struct call *call, struct shell_result *result)
{
	result->output.unknown = origin_keep(sh, result->output.unknown);
	result->errors.unknown = origin_keep(sh, result->errors.unknown);
	result->status.unknown = origin_keep(sh, result->status.unknown);
	stream_write_value(sh->fds[1], &result->output);
	stream_write_value(sh->fds[2], &result->errors);
	sh->set.status = result->status;
	sh->set.status.code &= 255;
	if (!result->has_effect)
		return;
	sh->effects++;
	note_effect(sh, call->span);
	if (call_unknown(call, 0))
		sh->unclear_effects++;
}

void call_host(struct machine *sh, struct call *call)
{
	struct shell_call host_call = machine_call(sh, call->span);
	struct shell_result result;
	struct shell_value input;
	struct arena *arena = arena_new();
	struct span *spans = scratch_alloc(sh->scratch, (call->n + 1) * sizeof(*spans));
	size_t i;

	memset(&result, 0, sizeof(result));
	result.output = result.errors = value_of("");
	for (i = 0; i < call->n; i++)
		spans[i] = machine_span(sh, call->spans[i]);
	host_call.words = call->words;
	host_call.word_spans = spans;
	host_call.n_words = call->n;
	host_call.input = input_of(sh, call, &input);
	sh->steps += CALL_STEPS;
	sh->host->run(sh->host->context, arena, &host_call, &result);
	take_result(sh, call, &result);
	note_files(sh, call);
	arena_free(arena);
}
