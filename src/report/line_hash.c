/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Characters go through a window; a line's hash is that of the window when the line's
 * first character is about to leave it.  Nothing is kept of the lines but how often each
 * hash was seen.  Source: the description in GitHub's documentation of SARIF support, and
 * the behaviour of its upload action.
 */
#include "report/line_hash.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define WINDOW	    100 /* UTF-16 units */
#define BASE	    37
#define END_OF_FILE 0xffff /* goes through the window behind the last character */
#define NOT_UTF8    0xfffd
#define FIRST_SLOTS 64

struct slot {
	uint64_t hash;
	uint32_t count; /* 0: free */
};

struct line_hasher {
	const char *at, *end;
	uint32_t low_surrogate; /* the second half of the last code point; 0: none */
	bool ended;		/* the end of the file has gone through */
	bool after_cr;
	bool at_line_start;
	uint32_t line; /* begun last */
	/* The window, as a ring. */
	uint16_t units[WINDOW];
	uint32_t begins[WINDOW]; /* the line that begins with the unit; 0: none does */
	size_t oldest;
	uint64_t hash;
	uint64_t leaving; /* BASE to the power of WINDOW */
	/* The line whose hash came last. */
	uint32_t hashed;
	uint64_t its_hash;
	uint32_t its_count;
	/* How often each hash was seen: a hash table, at most half full. */
	struct slot *slots;
	size_t n_slots, used;
};

/* ---- characters ---- */

/* Length of what stands for one character that is not UTF-8: the longest beginning of a
 * sequence, as decoders do it (Unicode, section 3.9). */
static size_t bad_length(const char *at, size_t left)
{
	for (size_t n = left < 3 ? left : 3; n > 1; n--) {
		char completed[4] = { '\x80', '\x80', '\x80', '\x80' };

		memcpy(completed, at, n);
		if (utf8_sequence(completed, sizeof(completed)) > n)
			return n;
	}
	return 1;
}

/* The next UTF-16 unit. */
static uint32_t next_unit(struct line_hasher *hasher)
{
	size_t left = (size_t)(hasher->end - hasher->at), len;
	uint32_t point;

	if (hasher->low_surrogate) {
		point = hasher->low_surrogate;
		hasher->low_surrogate = 0;
		return point;
	}
	len = utf8_sequence(hasher->at, left);
	if (len == 0) {
		hasher->at += bad_length(hasher->at, left);
		return NOT_UTF8;
	}
	point = utf8_code_point(hasher->at, len);
	hasher->at += len;
	if (point < 0x10000)
		return point;
	hasher->low_surrogate = 0xdc00 + (point & 0x3ff);
	return 0xd800 + ((point - 0x10000) >> 10);
}

/* ---- counts ---- */

static struct slot *find_slot(const struct line_hasher *hasher, uint64_t hash)
{
	size_t i = (size_t)((hash * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (hasher->n_slots - 1);

	while (hasher->slots[i].count && hasher->slots[i].hash != hash)
		i = (i + 1) & (hasher->n_slots - 1);
	return &hasher->slots[i];
}

static void grow(struct line_hasher *hasher)
{
	struct slot *old = hasher->slots;
	size_t n_old = hasher->n_slots;

	hasher->n_slots = n_old ? 2 * n_old : FIRST_SLOTS;
	hasher->slots = alloc_zeroed(hasher->n_slots * sizeof(*hasher->slots));
	for (size_t i = 0; i < n_old; i++)
		if (old[i].count)
			*find_slot(hasher, old[i].hash) = old[i];
	free(old);
}

static uint32_t count_hash(struct line_hasher *hasher, uint64_t hash)
{
	struct slot *slot;

	if (2 * (hasher->used + 1) > hasher->n_slots)
		grow(hasher);
	slot = find_slot(hasher, hash);
	if (slot->count == 0)
		hasher->used++;
	slot->hash = hash;
	return ++slot->count;
}

/* ---- the window ---- */

/* UNIT takes the place of the oldest one; 0 as BEGINS: it begins no line. */
static void push(struct line_hasher *hasher, uint16_t unit, uint32_t begins)
{
	size_t at = hasher->oldest;

	if (hasher->begins[at]) {
		hasher->hashed = hasher->begins[at];
		hasher->its_hash = hasher->hash;
		hasher->its_count = count_hash(hasher, hasher->hash);
	}
	hasher->hash = BASE * hasher->hash + unit - hasher->leaving * hasher->units[at];
	hasher->units[at] = unit;
	hasher->begins[at] = begins;
	hasher->oldest = (at + 1) % WINDOW;
}

static void push_character(struct line_hasher *hasher, uint32_t unit)
{
	bool is_second = unit == '\n' && hasher->after_cr;
	uint32_t begins = 0;

	if (unit == ' ' || unit == '\t' || is_second) {
		hasher->after_cr = false;
		return;
	}
	hasher->after_cr = unit == '\r';
	if (hasher->at_line_start)
		begins = ++hasher->line;
	hasher->at_line_start = unit == '\n' || unit == '\r';
	push(hasher, unit == '\r' ? '\n' : (uint16_t)unit, begins);
}

static void step(struct line_hasher *hasher)
{
	if (hasher->at < hasher->end || hasher->low_surrogate) {
		push_character(hasher, next_unit(hasher));
	} else if (!hasher->ended) {
		push_character(hasher, END_OF_FILE);
		hasher->ended = true;
	} else {
		push(hasher, 0, 0);
	}
}

/* ---- */

struct line_hasher *line_hasher_new(const char *bytes, size_t len)
{
	struct line_hasher *hasher = alloc_zeroed(sizeof(*hasher));

	hasher->at = bytes;
	hasher->end = bytes + len;
	hasher->at_line_start = true;
	hasher->leaving = 1;
	for (int i = 0; i < WINDOW; i++)
		hasher->leaving *= BASE;
	return hasher;
}

void line_hash(struct line_hasher *hasher, uint32_t line, char text[LINE_HASH_TEXT])
{
	while (hasher->hashed < line)
		step(hasher);
	snprintf(text, LINE_HASH_TEXT, "%" PRIx64 ":%" PRIu32, hasher->its_hash, hasher->its_count);
}

void line_hasher_free(struct line_hasher *hasher)
{
	free(hasher->slots);
	free(hasher);
}
