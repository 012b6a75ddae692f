/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of one input, and the way from a byte offset to a line and column.
 *
 * Positions are byte offsets everywhere below the reports; lines and columns
 * are computed when something is printed.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The bytes [start, end) of a source. */
struct span {
	uint32_t start;
	uint32_t end;
};

/* 1-based; the column counts code points (a byte that is not UTF-8 is one). */
struct position {
	uint32_t line;
	uint32_t column;
};

/* Places whose columns were counted last, so that a very long line is not counted
 * from its start for each finding in it. */
struct column_memo {
	uint32_t line[2];
	uint32_t offset[2];
	uint32_t column[2];
	int latest;
};

struct source {
	const char *name;	    /* as the user named it, "-" for standard input */
	const char *bytes;	    /* len bytes and then a NUL; may hold NULs */
	size_t len;		    /* at most SOURCE_MAX */
	const uint32_t *line_start; /* offset of each line's first byte */
	uint32_t n_lines;	    /* at least 1, also for an empty source */
	struct column_memo *memo;
};

#define SOURCE_MAX ((size_t)UINT32_MAX - 1)

/*
 * A source over BYTES, which the caller keeps alive as long as the source;
 * BYTES[LEN] must be a NUL.  Everything else is taken from ARENA.
 */
struct source *source_new(struct arena *arena, const char *name, const char *bytes, size_t len);

/*
 * Reads a whole file; "-" is standard input.  On failure returns NULL and sets
 * *WHY to the reason in words ("is a directory", strerror text ...), which
 * lives in ARENA or is static.
 */
struct source *source_read(struct arena *arena, const char *path, const char **why);

struct position source_position(const struct source *source, uint32_t offset);

/* 1-based line of a byte. */
uint32_t source_line(const struct source *source, uint32_t offset);

/* The bytes of a 1-based line without its end ("\n" or "\r\n"). */
struct span source_line_span(const struct source *source, uint32_t line);

/* Does a command of a script go on behind that line?  It ends with a backslash. */
bool source_line_is_continued(const struct source *source, uint32_t line);

static inline struct span span_join(struct span a, struct span b)
{
	return (struct span){ a.start, b.end };
}

#endif
