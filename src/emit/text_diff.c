/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs the lines of two texts that are the same, and prints what has no pair.
 *
 * Pairs are found by number, or by Myers's greedy search for the shortest edit script.
 * What both texts begin and end with is paired at once.  Where the rest differs too much
 * for the search, line N is held against line N if there are as many.
 */
#include "emit/text_diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define CONTEXT	 3
#define MAX_COST 1000 /* lines taken and put in; the search remembers its square */
#define NO_PAIR	 SIZE_MAX

struct text_lines {
	const char *bytes;
	size_t *start; /* and as one more the end of the last */
	size_t count;
};

struct pairing {
	struct text_lines a, b;
	size_t *pair;	     /* of each line of A, the line of B, or NO_PAIR */
	size_t first;	     /* lines that both begin with */
	size_t a_end, b_end; /* and those that both end with */
};

static struct text_lines split_lines(struct line_text text)
{
	struct text_lines lines = { .bytes = text.bytes };
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

static bool same_line(const struct pairing *p, size_t i, size_t k)
{
	size_t len = p->a.start[i + 1] - p->a.start[i];

	return len == p->b.start[k + 1] - p->b.start[k] &&
	       memcmp(p->a.bytes + p->a.start[i], p->b.bytes + p->b.start[k], len) == 0;
}

static void pair_ends(struct pairing *p)
{
	p->a_end = p->a.count;
	p->b_end = p->b.count;
	while (p->first < p->a_end && p->first < p->b_end && same_line(p, p->first, p->first)) {
		p->pair[p->first] = p->first;
		p->first++;
	}
	while (p->a_end > p->first && p->b_end > p->first &&
	       same_line(p, p->a_end - 1, p->b_end - 1)) {
		p->a_end--;
		p->b_end--;
		p->pair[p->a_end] = p->b_end;
	}
}

/* How far the search has come on diagonal K (lines of A less lines of B) with cost D; row D
 * of the table has 2D + 1 places. */
static long *reached(long *table, long d, long k)
{
	return &table[d * d + k + d];
}

/* Does the last step to diagonal K put a line of B in, or take one of A away? */
static bool puts_in(long *table, long d, long k)
{
	return k == -d || (k != d && *reached(table, d - 1, k - 1) < *reached(table, d - 1, k + 1));
}

/* The line of A from which diagonal K goes on at cost D. */
static long begin_diagonal(long *table, long d, long k)
{
	if (d == 0)
		return 0;
	return puts_in(table, d, k) ? *reached(table, d - 1, k + 1)
				    : *reached(table, d - 1, k - 1) + 1;
}

/* The cost of the shortest script, or -1. */
static long search(const struct pairing *p, long *table)
{
	long n = (long)(p->a_end - p->first), m = (long)(p->b_end - p->first);

	for (long d = 0; d <= MAX_COST; d++) {
		for (long k = -d; k <= d; k += 2) {
			long x = begin_diagonal(table, d, k);

			while (x < n && x - k < m && x - k >= 0 &&
			       same_line(p, p->first + (size_t)x, p->first + (size_t)(x - k)))
				x++;
			*reached(table, d, k) = x;
			if (x >= n && x - k >= m)
				return d;
		}
	}
	return -1;
}

/* Back along the way that the search has found. */
static void pair_found(struct pairing *p, long *table, long d)
{
	long x = (long)(p->a_end - p->first), y = (long)(p->b_end - p->first);

	for (; d >= 0; d--) {
		long k = x - y;
		long begin = begin_diagonal(table, d, k);

		for (; x > begin; x--, y--)
			p->pair[p->first + (size_t)x - 1] = p->first + (size_t)y - 1;
		if (d > 0 && puts_in(table, d, k))
			y--;
		else
			x--;
	}
}

static void pair_by_number(struct pairing *p)
{
	if (p->a_end != p->b_end)
		return;
	for (size_t i = p->first; i < p->a_end; i++)
		if (same_line(p, i, i))
			p->pair[i] = i;
}

static void pair_by_search(struct pairing *p)
{
	long *table = alloc_zeroed((MAX_COST + 1L) * (MAX_COST + 1L) * sizeof(*table));
	long cost = search(p, table);

	if (cost >= 0)
		pair_found(p, table, cost);
	else
		pair_by_number(p);
	free(table);
}

/* ---- printing ---- */

static void print_line(struct buf *out, char mark, const struct text_lines *lines, size_t i)
{
	size_t len = lines->start[i + 1] - lines->start[i];
	const char *line = lines->bytes + lines->start[i];

	buf_add_char(out, mark);
	buf_add(out, line, len);
	if (line[len - 1] != '\n')
		buf_add_string(out, "\n\\ No newline at end of file\n");
}

/* A piece of both texts. */
struct piece {
	size_t a, a_end;
	size_t b, b_end;
};

/* An empty piece is said to stand at the line before it. */
static void print_range(struct buf *out, char mark, size_t start, size_t end)
{
	buf_printf(out, " %c%zu,%zu", mark, end > start ? start + 1 : start, end - start);
}

static void print_hunk(struct buf *out, const struct pairing *p, struct piece hunk)
{
	buf_add_string(out, "@@");
	print_range(out, '-', hunk.a, hunk.a_end);
	print_range(out, '+', hunk.b, hunk.b_end);
	buf_add_string(out, " @@\n");
	while (hunk.a < hunk.a_end || hunk.b < hunk.b_end) {
		if (hunk.a < hunk.a_end && p->pair[hunk.a] == NO_PAIR)
			print_line(out, '-', &p->a, hunk.a++);
		else if (hunk.b < hunk.b_end && (hunk.a == hunk.a_end || p->pair[hunk.a] != hunk.b))
			print_line(out, '+', &p->b, hunk.b++);
		else
			print_line(out, ' ', &p->a, hunk.a++), hunk.b++;
	}
}

/* The next lines without a pair from *AT on; *AT goes behind them. */
static bool next_change(const struct pairing *p, struct piece *at, struct piece *change)
{
	while (at->a < p->a.count && p->pair[at->a] == at->b) {
		at->a++;
		at->b++;
	}
	*change = *at;
	while (at->a < p->a.count && p->pair[at->a] == NO_PAIR)
		at->a++;
	at->b = at->a < p->a.count ? p->pair[at->a] : p->b.count;
	change->a_end = at->a;
	change->b_end = at->b;
	return change->a_end > change->a || change->b_end > change->b;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Lines with a pair around it. */
static struct piece widen(const struct pairing *p, struct piece piece)
{
	size_t before = least(CONTEXT, piece.a);
	size_t behind = least(CONTEXT, p->a.count - piece.a_end);

	return (struct piece){ piece.a - before, piece.a_end + behind, piece.b - before,
			       piece.b_end + behind };
}

static void print_hunks(struct buf *out, const char *name, const struct pairing *p)
{
	struct piece at = { 0 }, change, hunk;
	bool is_open = false;

	while (next_change(p, &at, &change)) {
		if (!is_open)
			buf_printf(out, "--- %s\n+++ %s\n", name, name);
		if (is_open && change.a - hunk.a_end > 2 * CONTEXT) {
			print_hunk(out, p, widen(p, hunk));
			hunk = change;
		} else if (!is_open) {
			hunk = change;
		}
		hunk.a_end = change.a_end;
		hunk.b_end = change.b_end;
		is_open = true;
	}
	if (is_open)
		print_hunk(out, p, widen(p, hunk));
}

static void print_diff(struct buf *out, const char *name, struct line_text from,
		       struct line_text to, void (*pair)(struct pairing *p))
{
	struct pairing p = { .a = split_lines(from), .b = split_lines(to) };

	p.pair = alloc_zeroed((p.a.count + 1) * sizeof(*p.pair));
	for (size_t i = 0; i < p.a.count; i++)
		p.pair[i] = NO_PAIR;
	pair_ends(&p);
	pair(&p);
	print_hunks(out, name, &p);
	free(p.pair);
	free(p.a.start);
	free(p.b.start);
}

void text_diff(struct buf *out, const char *name, struct line_text from, struct line_text to)
{
	print_diff(out, name, from, to, pair_by_search);
}

void line_diff(struct buf *out, const char *name, struct line_text from, struct line_text to)
{
	print_diff(out, name, from, to, pair_by_number);
}
