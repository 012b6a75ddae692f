/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf: the format is used again until no word is left.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/calls.h"

#define MAX_WIDTH 10000

struct format {
	struct machine *sh;
	struct call *call;
	struct buf *buf;
	size_t next; /* word */
	int status;
	bool stopped; /* by \c */
};

static struct shell_value take(struct format *f)
{
	if (f->next < f->call->n)
		return f->call->words[f->next++];
	return value_of("");
}

static long long take_number(struct format *f)
{
	struct shell_value word = take(f);
	char *end;
	long long number;

	if (*word.bytes == '\'' || *word.bytes == '"')
		return (unsigned char)word.bytes[1];
	number = strtoll(word.bytes, &end, 0);
	if (*end || (!word.len && f->next < f->call->n))
		f->status = 1;
	return number;
}

/* A number of the format itself: "*" takes a word. */
static int read_count(struct format *f, const char **p)
{
	long count = 0;

	if (**p == '*') {
		(*p)++;
		count = (long)take_number(f);
	} else {
		while (isdigit((unsigned char)**p) && count < MAX_WIDTH)
			count = count * 10 + (*(*p)++ - '0');
	}
	if (count > MAX_WIDTH)
		count = MAX_WIDTH;
	return count < -MAX_WIDTH ? -MAX_WIDTH : (int)count;
}

struct directive {
	char flags[8];
	int width, precision; /* precision -1: none */
};

static void add_text(struct format *f, const struct directive *d, const char *bytes, size_t len)
{
	bool left = strchr(d->flags, '-') || d->width < 0;
	size_t width = (size_t)abs(d->width), pad;

	if (d->precision >= 0 && len > (size_t)d->precision)
		len = (size_t)d->precision;
	pad = width > len ? width - len : 0;
	for (; !left && pad; pad--)
		buf_add_char(f->buf, ' ');
	buf_add(f->buf, bytes, len);
	for (; pad; pad--)
		buf_add_char(f->buf, ' ');
}

static void add_number(struct format *f, const struct directive *d, char letter)
{
	char format[32];
	int width = d->width < 0 ? -d->width : d->width;

	snprintf(format, sizeof(format), "%%%s%s*.*ll%c", d->flags, d->width < 0 ? "-" : "",
		 letter == 'i' ? 'd' : letter);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(f->buf, format, width, d->precision, take_number(f));
#pragma GCC diagnostic pop
}

static void add_float(struct format *f, const struct directive *d, char letter)
{
	char format[32];
	struct shell_value word = take(f);
	char *end;
	double number = strtod(word.bytes, &end);

	if (*end)
		f->status = 1;
	snprintf(format, sizeof(format), "%%%s%s*.*%c", d->flags, d->width < 0 ? "-" : "", letter);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(f->buf, format, abs(d->width), d->precision, number);
#pragma GCC diagnostic pop
}

/* %q: so that the shell reads it as one word again */
static void add_quoted(struct format *f, const struct directive *d)
{
	struct shell_value word = take(f);
	struct buf quoted = BUF_INIT;
	size_t i;

	if (!word.len)
		buf_add_string(&quoted, "''");
	for (i = 0; i < word.len; i++) {
		unsigned char c = (unsigned char)word.bytes[i];

		if (!isalnum(c) && !strchr("_-./:=@%+,", c))
			buf_add_char(&quoted, '\\');
		buf_add_char(&quoted, (char)c);
	}
	add_text(f, d, buf_string(&quoted), quoted.len);
	buf_free(&quoted);
}

static void add_directive(struct format *f, const struct directive *d, char letter)
{
	struct shell_value word;
	struct buf escaped = BUF_INIT;

	switch (letter) {
	case 's':
		word = take(f);
		add_text(f, d, word.bytes, word.len);
		break;
	case 'c':
		word = take(f);
		add_text(f, d, word.bytes, word.len ? 1 : 0);
		break;
	case 'b':
		word = take(f);
		f->stopped = add_escaped(&escaped, word.bytes, word.len, false, f->sh->bash);
		add_text(f, d, buf_string(&escaped), escaped.len);
		buf_free(&escaped);
		break;
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		add_number(f, d, letter);
		break;
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		add_float(f, d, letter);
		break;
	case 'q':
		if (f->sh->bash) {
			add_quoted(f, d);
			break;
		}
		/* fall through */
	default:
		f->status = 1;
		f->stopped = true;
		break;
	}
}

static const char *read_directive(struct format *f, const char *p)
{
	struct directive d = { "", 0, -1 };
	size_t n = 0;

	for (; *p && strchr("-+ #0", *p); p++) {
		if (n < sizeof(d.flags) - 1 && !strchr(d.flags, *p))
			d.flags[n++] = *p;
		d.flags[n] = '\0';
	}
	d.width = read_count(f, &p);
	if (*p == '.') {
		p++;
		d.precision = read_count(f, &p);
	}
	while (*p && strchr("hlLjzt", *p))
		p++;
	if (*p == '(') {
		/* %(...)T: the time */
		stream_write_unknown(f->sh->fds[1],
				     origin_at(f->sh, f->call->span, NULL, "the time"));
		p = strchr(p, ')') ? strchr(p, ')') + 1 : p + strlen(p);
		take(f);
		return *p ? p + 1 : p;
	}
	add_directive(f, &d, *p);
	return *p ? p + 1 : p;
}

/* The format once. */
static void add_once(struct format *f, const char *format, size_t len)
{
	const char *p = format, *end = format + len, *next;

	while (p < end && !f->stopped) {
		if (*p == '%' && p[1] == '%') {
			buf_add_char(f->buf, '%');
			p += 2;
		} else if (*p == '%') {
			p = read_directive(f, p + 1);
		} else if (*p == '\\' && p + 1 < end) {
			next = p + 2;
			if (p[1] >= '0' && p[1] <= '7')
				while (next < end && next < p + 4 && *next >= '0' && *next <= '7')
					next++;
			else if (p[1] == 'x')
				while (next < end && next < p + 4 && isxdigit((unsigned char)*next))
					next++;
			/* here "\0" has up to three digits, the 0 among them */
			if (p[1] == '0') {
				buf_add_char(f->buf,
					     (char)strtol(scratch_copy(f->sh, p + 1,
								       (size_t)(next - p) - 1),
							  NULL, 8));
			} else if (p[1] == '"' || p[1] == '\'') {
				buf_add_char(f->buf, p[1]);
			} else {
				f->stopped = add_escaped(f->buf, p, (size_t)(next - p), false,
							 f->sh->bash);
			}
			p = next;
		} else {
			buf_add_char(f->buf, *p++);
		}
	}
}

int format_words(struct machine *sh, struct call *call, size_t first, struct buf *buf)
{
	struct shell_value format = call->words[first];
	struct format f = { sh, call, buf, first + 1, 0, false };
	size_t before;

	do {
		before = f.next;
		add_once(&f, format.bytes, format.len);
	} while (f.next < call->n && f.next > before && !f.stopped && machine_step(sh) &&
		 buf->len < sh->max_bytes);
	return f.status;
}
