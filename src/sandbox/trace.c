/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each command that bash is about to run writes
 *
 *	++ ENQ mark pid line call ... outermost SO path SO path ... SI  command
 *
 * where the calls and paths are those of the functions and sourced files that the command
 * stands in, the innermost first: the shape that PS4 gives them.  What the script itself
 * turns off is noticed, since that is traced as well.
 */
#include "sandbox/trace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sandbox/wire.h"

#define START	 '\005'
#define PATH	 '\016'
#define END	 '\017'
#define SLOTS	 8192 /* by number of the process; a later one takes the place */
#define MAX_HEAD 16384
#define MAX_TEXT 256 /* of a command, for what turns the trace off */

/* A head holds so many of the innermost frames. */
#define FRAMES 6

struct slot {
	long pid;
	unsigned line;
	char *other_file;
	unsigned other_line;
};

enum state {
	OUTSIDE, /* between the heads */
	HEAD,
	TEXT, /* of the command */
};

struct trace {
	char *script;
	char mark[20];
	struct buf start_file;
	struct buf held; /* a head, or the text of a command */
	enum state state;
	long pid;     /* of the text */
	bool is_off;  /* for good */
	bool was_off; /* at least for a while */
	struct slot slots[SLOTS];
};

/*
 * Not all frames, of which a script may have very many: the innermost ones, and where the
 * outermost, which is the script for sure, was left.
 */
static void write_start_file(struct trace *trace, enum trace_kind kind)
{
	struct buf *text = &trace->start_file;

	buf_printf(text, "unset BASH_ENV\nPS4='+%c%s ${BASHPID-} ${LINENO-}", START, trace->mark);
	for (int i = 0; i < FRAMES; i++)
		buf_printf(text, " ${BASH_LINENO[%d]-0}", i);
	buf_add_string(text, " ${BASH_LINENO[${#BASH_LINENO[@]}>1?${#BASH_LINENO[@]}-2:0]-0}");
	for (int i = 0; i < FRAMES; i++)
		buf_printf(text, "%c${BASH_SOURCE[%d]-}", PATH, i);
	buf_printf(text, "%c '\nBASH_XTRACEFD=%d\n", END, INSIDE_TRACE_FD);
	if (kind == TRACE_FOR_SH)
		buf_add_string(text, "set -o posix\n");
	if (kind != TRACE_BASH)
		buf_add_string(text, "set -T\ntrap 'set -x' DEBUG\n");
	buf_add_string(text, "set -x\n");
}

struct trace *trace_new(const char *script, enum trace_kind kind)
{
	struct trace *trace = alloc_zeroed(sizeof(*trace));
	unsigned char random[8] = { 0 };

	trace->script = strdup(script);
	if (!trace->script)
		die_out_of_memory();
	/* No secret: a script that wants to lie about its lines can. */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
		memset(random, 7, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		trace->mark[2 * i] = (char)('a' + (random[i] & 15));
		trace->mark[2 * i + 1] = (char)('a' + (random[i] >> 4));
	}
	write_start_file(trace, kind);
	return trace;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(trace->slots[i].other_file);
	buf_free(&trace->start_file);
	buf_free(&trace->held);
	free(trace->script);
	free(trace);
}

const char *trace_start_file(const struct trace *trace)
{
	return buf_string(&trace->start_file);
}

bool trace_was_off(const struct trace *trace)
{
	return trace->was_off;
}

/* ---- a head ---- */

/*
 * The innermost frame that stands in the script: frame 0 stands at the first number, each other
 * where the one before it was called; the last number is where the script's own text was left.
 */
static void take_frames(const struct trace *trace, struct slot *slot, const unsigned *numbers,
			const char *paths)
{
	size_t script_len = strlen(trace->script);
	const char *path = paths;

	free(slot->other_file);
	slot->other_file = NULL;
	slot->line = numbers[FRAMES + 1];
	for (size_t i = 0; path && i < FRAMES; i++) {
		size_t len = strcspn(path + 1, (char[]){ PATH, '\0' });

		if (len == script_len && memcmp(path + 1, trace->script, len) == 0) {
			slot->line = numbers[i];
			return;
		}
		if (i == 0) {
			slot->other_file = strndup(path + 1, len);
			slot->other_line = numbers[0];
		}
		path = strchr(path + 1, PATH);
	}
}

static void take_head(struct trace *trace)
{
	unsigned numbers[FRAMES + 2];
	const char *at = trace->held.data;
	size_t mark_len = strlen(trace->mark);
	struct slot *slot;
	char *end;
	long pid;

	if (strncmp(at, trace->mark, mark_len) != 0)
		return;
	pid = strtol(at + mark_len, &end, 10);
	if (pid <= 0)
		return;
	for (size_t i = 0; i < FRAMES + 2; i++) {
		if (*end != ' ')
			return;
		numbers[i] = (unsigned)strtoul(end + 1, &end, 10);
	}
	slot = &trace->slots[(size_t)pid % SLOTS];
	slot->pid = pid;
	trace->pid = pid;
	take_frames(trace, slot, numbers, strchr(end, PATH));
}

/* ---- the text of a command ---- */

/* A word of "set" that begins with "+". */
static bool is_off_word(const char *word, size_t len)
{
	return len > 1 && word[0] == '+' && memchr(word, 'x', len);
}

static bool turns_off(const char *text)
{
	if (strncmp(text, "shopt ", 6) == 0)
		return strstr(text, "xtrace") && strstr(text, " -u");
	if (strncmp(text, "set ", 4) != 0)
		return false;
	if (strstr(text, "+o xtrace"))
		return true;
	for (const char *word = strchr(text, ' '); word; word = strchr(word, ' ')) {
		word++;
		if (strncmp(word, "--", 2) == 0)
			return false;
		if (is_off_word(word, strcspn(word, " ")))
			return true;
	}
	return false;
}

static void take_text(struct trace *trace)
{
	const char *text = buf_string(&trace->held);
	struct slot *slot = &trace->slots[(size_t)trace->pid % SLOTS];

	if (strstr(text, "PS4=") || strstr(text, "BASH_XTRACEFD"))
		trace->is_off = trace->was_off = true;
	if (turns_off(text)) {
		slot->line = 0;
		trace->was_off = true;
	}
}

static void take_byte(struct trace *trace, char c)
{
	if (c == START) {
		if (trace->state == TEXT)
			take_text(trace);
		buf_clear(&trace->held);
		trace->state = HEAD;
	} else if (trace->state == HEAD && c == END) {
		buf_add_char(&trace->held, '\0');
		take_head(trace);
		buf_clear(&trace->held);
		trace->state = TEXT;
	} else if (trace->state == HEAD) {
		if (trace->held.len < MAX_HEAD && c)
			buf_add_char(&trace->held, c);
		else
			trace->state = OUTSIDE;
	} else if (trace->state == TEXT) {
		if (c == '\n' || trace->held.len >= MAX_TEXT) {
			take_text(trace);
			trace->state = OUTSIDE;
		} else if (trace->held.len || c != ' ') {
			buf_add_char(&trace->held, c);
		}
	}
}

void trace_add(struct trace *trace, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		take_byte(trace, bytes[i]);
}

struct sandbox_place trace_place(const struct trace *trace, const long *pids, size_t n_pids)
{
	struct sandbox_place place = { 0 };

	for (size_t i = 0; i < n_pids && !trace->is_off; i++) {
		const struct slot *slot = &trace->slots[(size_t)pids[i] % SLOTS];

		if (slot->pid != pids[i])
			continue;
		place.line = slot->line;
		place.other_file = slot->other_file;
		place.other_line = slot->other_file ? slot->other_line : 0;
		break;
	}
	return place;
}
