/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * echo, read, mapfile.  What is read that nobody can know makes the variables and the
 * status unknown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "evaluate/calls.h"

/* ---- echo ---- */

static int octal(const char **p, const char *end, int most)
{
	int value = 0;

	for (; most-- && *p < end && **p >= '0' && **p <= '7'; (*p)++)
		value = value * 8 + (**p - '0');
	return value;
}

static bool add_escape(struct buf *buf, const char **p, const char *end, bool octal_zero, bool hex)
{
	static const char letters[] = "abefnrtv\\", bytes[] = "\a\b\033\f\n\r\t\v\\";
	char c = *(*p)++;
	const char *found = c ? strchr(letters, c) : NULL;
	char digits[3] = "";
	size_t n;

	if (c == 'c')
		return true;
	if (found) {
		buf_add_char(buf, bytes[found - letters]);
	} else if (c == '0') {
		buf_add_char(buf, (char)octal(p, end, 3));
	} else if (c >= '1' && c <= '7' && !octal_zero) {
		(*p)--;
		buf_add_char(buf, (char)octal(p, end, 3));
	} else if (hex && c == 'x' && *p < end && strspn(*p, "0123456789abcdefABCDEF")) {
		n = strspn(*p, "0123456789abcdefABCDEF");
		n = n > 2 ? 2 : n;
		memcpy(digits, *p, n);
		*p += n;
		buf_add_char(buf, (char)strtol(digits, NULL, 16));
	} else {
		buf_add_char(buf, '\\');
		buf_add_char(buf, c);
	}
	return false;
}

bool add_escaped(struct buf *buf, const char *bytes, size_t len, bool octal_zero, bool hex)
{
	const char *p = bytes, *end = bytes + len;

	while (p < end) {
		if (*p != '\\' || p + 1 == end) {
			buf_add_char(buf, *p++);
			continue;
		}
		p++;
		if (add_escape(buf, &p, end, octal_zero, hex))
			return true;
	}
	return false;
}

/* bash: "-neE" in any order; dash: "-n" alone. */
static bool echo_option(const struct machine *sh, const char *word, bool *newline, bool *escapes)
{
	const char *p;

	if (!sh->bash) {
		if (strcmp(word, "-n") != 0)
			return false;
		*newline = false;
		return true;
	}
	if (*word != '-' || !word[1] || word[1 + strspn(word + 1, "neE")])
		return false;
	for (p = word + 1; *p; p++) {
		if (*p == 'n')
			*newline = false;
		else
			*escapes = *p == 'e';
	}
	return true;
}

void run_echo(struct machine *sh, struct call *call)
{
	bool newline = true, escapes = !sh->bash, ends = false;
	const struct shell_origin *unknown = call_unknown(call, 1);
	struct buf buf = BUF_INIT;
	size_t i = 1;

	set_status(sh, sh->fds[1] ? 0 : 1);
	if (!stream_is_read(sh->fds[1]))
		return;
	if (unknown) {
		stream_write_unknown(sh->fds[1], unknown);
		return;
	}
	while (i < call->n && echo_option(sh, call->words[i].bytes, &newline, &escapes)) {
		i++;
		if (!sh->bash)
			break;
	}
	for (; i < call->n && !ends; i++) {
		if (escapes)
			ends = add_escaped(&buf, call->words[i].bytes, call->words[i].len, true,
					   sh->bash);
		else
			buf_add(&buf, call->words[i].bytes, call->words[i].len);
		if (i + 1 < call->n && !ends)
			buf_add_char(&buf, ' ');
	}
	if (newline && !ends)
		buf_add_char(&buf, '\n');
	stream_write(sh->fds[1], buf_string(&buf), buf.len);
	buf_free(&buf);
}

void run_printf(struct machine *sh, struct call *call)
{
	struct buf buf = BUF_INIT;
	size_t first = 1;
	const char *name = NULL;
	const struct shell_origin *unknown;
	int status;

	if (sh->bash && call_is(call, 1, "-v") && call->n > 2) {
		name = call->words[2].bytes;
		first = 3;
	}
	if (call_is(call, first, "--"))
		first++;
	unknown = call_unknown(call, first);
	set_status(sh, 0);
	if (unknown && name)
		variable_assign(sh, call->span, name, value_unknown(unknown));
	else if (unknown)
		stream_write_unknown(sh->fds[1], unknown);
	if (unknown)
		return;
	if (first >= call->n) {
		set_status(sh, 2);
		return;
	}
	status = format_words(sh, call, first, &buf);
	if (name)
		variable_assign(sh, call->span, name,
				(struct shell_value){ buf_string(&buf), buf.len, NULL });
	else
		stream_write(sh->fds[1], buf_string(&buf), buf.len);
	if (machine_runs(sh))
		set_status(sh, status);
	buf_free(&buf);
}

/* ---- read ---- */

struct reading {
	bool raw, array;
	long most; /* characters; -1: no limit */
	bool exactly;
	char delimiter;
	int fd;
	size_t first; /* of the names */
};

/* A letter's value: the rest of the word, or the next one. */
static const char *option_value(struct call *call, size_t *i, const char *rest)
{
	if (*rest)
		return rest;
	if (*i + 1 < call->n)
		return call->words[++*i].bytes;
	return "";
}

static void read_options(const struct machine *sh, struct call *call, struct reading *r)
{
	const char *p, *value;
	size_t i = 1;

	memset(r, 0, sizeof(*r));
	r->most = -1;
	r->delimiter = '\n';
	for (; i < call->n && *call->words[i].bytes == '-' && call->words[i].len > 1; i++) {
		if (call_is(call, i, "--")) {
			i++;
			break;
		}
		for (p = call->words[i].bytes + 1; *p; p++) {
			if (*p == 'r')
				r->raw = true;
			else if (*p == 'a' && sh->bash)
				r->array = true;
			if (!strchr(sh->bash ? "dinNptu" : "p", *p))
				continue;
			char letter = *p;

			value = option_value(call, &i, p + 1);
			if (letter == 'd')
				r->delimiter = *value;
			else if (letter == 'n' || letter == 'N')
				r->most = strtol(value, NULL, 10);
			else if (letter == 'u')
				r->fd = atoi(value);
			r->exactly |= letter == 'N';
			break;
		}
	}
	r->first = i;
}

/* One line; a byte behind a backslash gets the mark 1.  True: the delimiter was there. */
static bool take_line(struct stream *stream, const struct reading *r, struct buf *line,
		      struct buf *marks)
{
	const char *text = stream->text.data;
	size_t len = stream->text.len;
	long count = 0;

	while (stream->position < len) {
		char c = text[stream->position++];

		if (c == '\\' && !r->raw) {
			if (stream->position == len)
				return false;
			c = text[stream->position++];
			if (c == '\n')
				continue;
			buf_add_char(line, c);
			buf_add_char(marks, 1);
		} else if (c == r->delimiter && !r->exactly) {
			return true;
		} else if (c) {
			buf_add_char(line, c);
			buf_add_char(marks, 0);
		}
		if (r->most >= 0 && ++count >= r->most)
			return true;
	}
	return false;
}

struct splitting {
	const struct buf *line, *marks;
	struct shell_value ifs;
	size_t at;
};

static bool is_separator(const struct splitting *s, size_t i, bool *white)
{
	char c = s->line->data[i];

	*white = c == ' ' || c == '\t' || c == '\n';
	return !s->marks->data[i] && s->ifs.len && memchr(s->ifs.bytes, c, s->ifs.len);
}

static void skip_white(struct splitting *s)
{
	bool white;

	while (s->at < s->line->len && is_separator(s, s->at, &white) && white)
		s->at++;
}

/* The next field; the separator behind it is passed. */
static struct shell_value next_field(struct splitting *s)
{
	struct shell_value value = { "", 0, NULL };
	bool white;
	size_t start;

	skip_white(s);
	start = s->at;
	while (s->at < s->line->len && !is_separator(s, s->at, &white))
		s->at++;
	value.bytes = s->line->data ? s->line->data + start : "";
	value.len = s->at - start;
	skip_white(s);
	if (s->at < s->line->len && value.len + start <= s->at && is_separator(s, s->at, &white) &&
	    !white)
		s->at++;
	skip_white(s);
	return value;
}

/* All that is left, without white space at its end; a single separator there goes too. */
static struct shell_value last_field(struct splitting *s)
{
	struct splitting probe;
	struct shell_value value = { "", 0, NULL };
	bool white;
	size_t end = s->line->len;

	skip_white(s);
	while (end > s->at && is_separator(s, end - 1, &white) && white)
		end--;
	value.bytes = s->line->data ? s->line->data + s->at : "";
	value.len = end - s->at;
	/* "a:" for one name is "a", "a:b:" is not cut */
	probe = *s;
	next_field(&probe);
	if (probe.at >= end && value.len) {
		probe = *s;
		value = next_field(&probe);
	}
	return value;
}

static bool assign_line(struct machine *sh, struct call *call, const struct reading *r,
			const struct buf *line, const struct buf *marks)
{
	bool set;
	struct splitting s = { line, marks, variable_value(sh, "IFS", 3, &set), 0 };
	size_t i = r->first;
	struct shell_value value;

	if (!set)
		s.ifs = value_of(" \t\n");
	if (r->exactly)
		s.ifs = value_of("");
	if (i >= call->n)
		return variable_assign(sh, call->span, "REPLY",
				       (struct shell_value){ buf_string(line), line->len, NULL });
	for (; i < call->n; i++) {
		value = i + 1 < call->n ? next_field(&s) : last_field(&s);
		if (!variable_assign(sh, call->spans[i], call->words[i].bytes,
				     scratch_value(sh, value)))
			return false;
	}
	return true;
}

/* The array NAME, without an element; NULL: it may not be changed. */
static struct variable *empty_array(struct machine *sh, struct call *call, const char *name)
{
	struct variable *variable;

	if (!variable_unset(sh, call->span, name, false))
		return NULL;
	variable = variable_look_up_new(sh, name);
	variables_touch(&sh->vars, variable);
	variables_array(variable);
	return variable;
}

static bool assign_array(struct machine *sh, struct call *call, const struct reading *r,
			 const struct buf *line, const struct buf *marks)
{
	bool set;
	struct splitting s = { line, marks, variable_value(sh, "IFS", 3, &set), 0 };
	struct variable *variable;
	struct shell_value value;
	long index = 0;

	if (r->first >= call->n)
		return true;
	if (!set)
		s.ifs = value_of(" \t\n");
	variable = empty_array(sh, call, call->words[r->first].bytes);
	if (!variable)
		return false;
	skip_white(&s);
	while (s.at < line->len) {
		value = next_field(&s);
		array_set(variables_array(variable), index++, NULL,
			  text_of(&sh->vars.total, scratch_value(sh, value)));
	}
	return true;
}

static void assign_unknown(struct machine *sh, struct call *call, const struct reading *r,
			   const struct shell_origin *origin)
{
	struct variable *array = NULL;
	size_t i = r->first;

	if (i >= call->n)
		variable_assign(sh, call->span, "REPLY", value_unknown(origin));
	else if (r->array)
		array = empty_array(sh, call, call->words[i].bytes);
	if (array)
		variables_array(array)->unknown = origin;
	for (; i < call->n && !r->array && machine_runs(sh); i++)
		variable_assign(sh, call->spans[i], call->words[i].bytes, value_unknown(origin));
	set_unknown_status(sh, origin);
}

static void tell_of_wait(struct machine *sh, const struct call *call)
{
	struct shell_call waits = machine_call(sh, call->span);

	waits.words = call->words;
	waits.word_spans = call->spans;
	waits.n_words = 1;
	if (sh->host->wait)
		sh->host->wait(sh->host->context, &waits);
}

/* The stream to read; NULL: nothing comes from there, or *UNKNOWN does. */
static struct stream *input_of(struct machine *sh, struct call *call, int fd,
			       const struct shell_origin **unknown)
{
	struct stream *stream = fd >= 0 && fd < N_DESCRIPTORS ? sh->fds[fd] : NULL;

	*unknown = NULL;
	if (stream && stream->kind == STREAM_SCRIPT) {
		*unknown = origin_at(sh, call->span, NULL, "what '%s' reads", call->words[0].bytes);
		tell_of_wait(sh, call);
	} else if (stream && stream->unknown) {
		*unknown = stream->unknown;
	}
	return stream && stream->kind == STREAM_TEXT && !*unknown ? stream : NULL;
}

void run_read(struct machine *sh, struct call *call)
{
	struct reading r;
	struct buf line = BUF_INIT, marks = BUF_INIT;
	const struct shell_origin *unknown;
	struct stream *stream;
	size_t i;
	bool ended = false, good;

	if (!call_known(sh, call, 1, "which variable is read"))
		return;
	read_options(sh, call, &r);
	for (i = r.first; i < call->n; i++) {
		if (is_name(call->words[i].bytes, call->words[i].len) ||
		    (sh->bash && strchr(call->words[i].bytes, '[')))
			continue;
		shell_error(sh, call->span, FATAL_SH, "'%s' is no name of a variable",
			    call->words[i].bytes);
		return;
	}
	stream = input_of(sh, call, r.fd, &unknown);
	if (unknown) {
		assign_unknown(sh, call, &r, unknown);
		return;
	}
	if (stream)
		ended = take_line(stream, &r, &line, &marks);
	good = r.array ? assign_array(sh, call, &r, &line, &marks)
		       : assign_line(sh, call, &r, &line, &marks);
	if (sh->flow == FLOW_DISCARD) {
		sh->flow = FLOW_NONE;
		set_status(sh, 1);
	} else if (good) {
		set_status(sh, !ended);
	}
	buf_free(&line);
	buf_free(&marks);
}

/* ---- mapfile ---- */

void run_mapfile(struct machine *sh, struct call *call)
{
	struct reading r;
	const struct shell_origin *unknown;
	const char *name = "MAPFILE";
	struct variable *variable;
	struct stream *stream;
	bool trims = false, ended = true;
	long index = 0;
	size_t i = 1;

	if (!call_known(sh, call, 1, "which array is read"))
		return;
	memset(&r, 0, sizeof(r));
	r.most = -1;
	r.raw = true;
	r.delimiter = '\n';
	for (; i < call->n && *call->words[i].bytes == '-'; i++) {
		trims |= strchr(call->words[i].bytes, 't') != NULL;
		if (call_is(call, i, "-d") && i + 1 < call->n)
			r.delimiter = *call->words[++i].bytes;
		else if (call->words[i].len == 2 && strchr("nOsucC", call->words[i].bytes[1]))
			i++;
	}
	if (i < call->n)
		name = call->words[i].bytes;
	stream = input_of(sh, call, 0, &unknown);
	variable = empty_array(sh, call, name);
	if (!variable)
		return;
	/* whatever comes, and if nothing does */
	set_status(sh, 0);
	variables_array(variable)->unknown = unknown;
	while (stream && ended && machine_step(sh)) {
		struct buf line = BUF_INIT, marks = BUF_INIT;

		ended = take_line(stream, &r, &line, &marks);
		if (ended && !trims)
			buf_add_char(&line, r.delimiter);
		if (ended || line.len)
			array_set(variables_array(variable), index++, NULL,
				  text_new(&sh->vars.total, buf_string(&line), line.len));
		buf_free(&line);
		buf_free(&marks);
	}
}
