/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified diff where line N stands against line N: hunks of changed lines with
 * some that did not change around them.
 */
#include "emit/line_diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT 3

/* Where each line begins, and as one more the end of the last. */
struct lines {
	const char *bytes;
	size_t *start;
	size_t count;
};

static struct lines split(struct line_text text)
{
	struct lines lines = { .bytes = text.bytes };
	struct buf starts = BUF_INIT;
	size_t at = 0;

	while (at < text.len) {
		const char *end = memchr(text.bytes + at, '\n', text.len - at);

		buf_add(&starts, &at, sizeof(at));
		lines.count++;
		at = end ? (size_t)(end - text.bytes) + 1 : text.len;
	}
	buf_add(&starts, &at, sizeof(at));
	lines.start = (size_t *)(void *)starts.data;
	return lines;
}

static size_t line_len(const struct lines *lines, size_t i)
{
	return lines->start[i + 1] - lines->start[i];
}

static bool differ(const struct lines *a, const struct lines *b, size_t i)
{
	return line_len(a, i) != line_len(b, i) ||
	       memcmp(a->bytes + a->start[i], b->bytes + b->start[i], line_len(a, i)) != 0;
}

static void add_line(struct buf *out, char mark, const struct lines *lines, size_t i)
{
	size_t len = line_len(lines, i);
	const char *line = lines->bytes + lines->start[i];

	buf_add_char(out, mark);
	buf_add(out, line, len);
	if (line[len - 1] != '\n')
		buf_add_string(out, "\n\\ No newline at end of file\n");
}

/* The lines FIRST to END, of which at least one differs. */
static void add_hunk(struct buf *out, const struct lines *a, const struct lines *b, size_t first,
		     size_t end)
{
	size_t i = first;

	buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", first + 1, end - first, first + 1,
		   end - first);
	while (i < end) {
		size_t run = i;

		if (!differ(a, b, i)) {
			add_line(out, ' ', a, i++);
			continue;
		}
		for (; run < end && differ(a, b, run); run++)
			add_line(out, '-', a, run);
		for (; i < run; i++)
			add_line(out, '+', b, i);
	}
}

void line_diff(struct buf *out, const char *name, struct line_text from, struct line_text to)
{
	struct lines a = split(from);
	struct lines b = split(to);
	size_t count = a.count < b.count ? a.count : b.count;
	size_t first = SIZE_MAX; /* of the hunk that is open */
	size_t last = 0;	 /* its last line that differs */
	bool is_named = false;

	for (size_t i = 0; i <= count; i++) {
		bool is_change = i < count && differ(&a, &b, i);

		if (first != SIZE_MAX &&
		    (i == count || (is_change && i - last > 2 * CONTEXT + 1))) {
			size_t end = last + 1 + CONTEXT;

			add_hunk(out, &a, &b, first, end < count ? end : count);
			first = SIZE_MAX;
		}
		if (!is_change)
			continue;
		if (first == SIZE_MAX) {
			if (!is_named)
				buf_printf(out, "--- %s\n+++ %s\n", name, name);
			is_named = true;
			first = i > CONTEXT ? i - CONTEXT : 0;
		}
		last = i;
	}
	free(a.start);
	free(b.start);
}
