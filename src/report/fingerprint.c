/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FNV-1a of 64 bits (RFC 9923): a few lines, the same on every machine, and two of a million
 * findings are alike by a chance of one in 37 million.  Nobody has to be kept from making two
 * alike: whoever can write the line can write a comment that silences it, too.
 */
#include "report/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)
#define DIGITS	  "0123456789"

struct print {
	const struct diag *diag;
	uint64_t hash;
	size_t order; /* in which it was found, for what cannot be told apart */
};

struct fingerprints {
	struct print *list;
	size_t count;
	struct map by_diag;
};

static uint64_t add_byte(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * FNV_PRIME;
}

/* A NUL ends it, so that what comes next cannot be taken for a part of it. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = add_byte(hash, (unsigned char)*text);
	return add_byte(hash, '\0');
}

/* ---- the line ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_continued(const struct source *source, uint32_t line)
{
	struct span span = source_line_span(source, line);

	return span.end > span.start && source->bytes[span.end - 1] == '\\';
}

static struct span own_line(const struct unit *unit, uint32_t offset)
{
	const struct source *source = unit->source;
	uint32_t first = source_line(source, offset), last = first;

	while (unit->is_script && first > 1 && is_continued(source, first - 1))
		first--;
	while (unit->is_script && last < source->n_lines && is_continued(source, last))
		last++;
	return span_join(source_line_span(source, first), source_line_span(source, last));
}

/* "[PACKETS:BYTES]"; what ends the source is a NUL */
static bool is_counters(const char *word, const char *end)
{
	size_t packets = strspn(word + 1, DIGITS), bytes;

	if (*word != '[' || !packets || word[1 + packets] != ':')
		return false;
	bytes = strspn(word + packets + 2, DIGITS);
	return bytes && word + packets + bytes + 3 == end && end[-1] == ']';
}

/* The words of SPAN, each with a blank behind it. */
static void add_words(struct buf *text, const struct unit *unit, struct span span)
{
	const char *at = unit->source->bytes + span.start, *end = unit->source->bytes + span.end;
	const char *word;

	for (; at < end; at++) {
		if (is_blank(*at) || (unit->is_script && *at == '\\' && at[1] == '\n'))
			continue;
		word = at;
		while (at < end && !is_blank(*at))
			at++;
		if (is_counters(word, at))
			continue;
		buf_add(text, word, (size_t)(at - word));
		buf_add_char(text, ' ');
	}
}

const char *fingerprint_line(struct arena *arena, const struct unit *unit, const struct diag *diag)
{
	struct buf text = BUF_INIT;
	const char *line;

	add_words(&text, unit, own_line(unit, diag->span.start));
	line = arena_strndup(arena, buf_string(&text), text.len ? text.len - 1 : 0);
	buf_free(&text);
	return line;
}

/* ---- all of a unit ---- */

/* A line whose words were hashed: a long one may have a finding in every few bytes. */
struct hashed_line {
	struct span span;
	uint64_t hash;
	bool is_known;
	struct buf text;
};

static uint64_t hash_line(struct hashed_line *line, const struct unit *unit, uint32_t offset)
{
	if (line->is_known && offset >= line->span.start && offset <= line->span.end)
		return line->hash;
	line->is_known = true;
	line->span = own_line(unit, offset);
	buf_clear(&line->text);
	add_words(&line->text, unit, line->span);
	line->hash = FNV_BASIS;
	for (size_t i = 0; i < line->text.len; i++)
		line->hash = add_byte(line->hash, (unsigned char)line->text.data[i]);
	return line->hash;
}

static uint64_t of_content(const struct unit *unit, const char *path, const struct diag *diag,
			   struct hashed_line *line)
{
	uint64_t hash = add_text(FNV_BASIS, diag->rule);
	uint64_t words = hash_line(line, unit, diag->span.start);

	hash = add_text(hash, path);
	hash = add_byte(hash, unit->family == FAMILY_IPV6 ? '6' : '4');
	hash = add_text(hash, diag->table);
	hash = add_text(hash, diag->chain);
	for (int shift = 56; shift >= 0; shift -= 8)
		hash = add_byte(hash, (unsigned char)(words >> shift));
	return hash;
}

static int compare_places(const struct diag *a, const struct diag *b)
{
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end < b->span.end ? -1 : 1;
	return strcmp(a->message, b->message);
}

/* Those of one content are neighbours, and stand as in the file. */
static int compare_prints(const void *left, const void *right)
{
	const struct print *a = left, *b = right;
	int places;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	places = compare_places(a->diag, b->diag);
	return places ? places : (a->order > b->order) - (a->order < b->order);
}

static void add_list(struct fingerprints *all, const struct unit *unit, const char *path,
		     const struct diags *diags)
{
	struct hashed_line line = { .text = BUF_INIT };

	for (const struct diag *diag = diags->first; diag; diag = diag->next, all->count++)
		all->list[all->count] =
			(struct print){ diag, of_content(unit, path, diag, &line), all->count };
	buf_free(&line.text);
}

/* Which one it is among those of one content, from 1 on, is the last thing to be hashed. */
static void number(struct fingerprints *all)
{
	uint64_t content = 0;
	size_t n = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct print *print = &all->list[i];
		char digits[24];

		n = i && print->hash == content ? n + 1 : 1;
		content = print->hash;
		snprintf(digits, sizeof(digits), "%zu", n);
		print->hash = add_text(content, digits);
		map_set(&all->by_diag, print->diag, print);
	}
}

static size_t count(const struct diags *diags)
{
	size_t n = 0;

	for (const struct diag *diag = diags->first; diag; diag = diag->next)
		n++;
	return n;
}

struct fingerprints *fingerprints_new(struct arena *arena, const struct unit *unit,
				      const char *path)
{
	const struct diags *lists[] = { &unit->diags, &unit->silenced, &unit->set_aside };
	struct fingerprints *all = arena_new_object(arena, struct fingerprints);
	size_t n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		n += count(lists[i]);
	all->list = arena_alloc(arena, (n + 1) * sizeof(*all->list));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		add_list(all, unit, path, lists[i]);
	qsort(all->list, all->count, sizeof(*all->list), compare_prints);
	number(all);
	return all;
}

uint64_t fingerprint_get(const struct fingerprints *fingerprints, const struct diag *diag)
{
	const struct print *print = map_get(&fingerprints->by_diag, diag);

	if (!print)
		abort(); /* a record that the unit has got later: a bug in the program */
	return print->hash;
}

void fingerprint_text(uint64_t fingerprint, char text[FINGERPRINT_TEXT])
{
	snprintf(text, FINGERPRINT_TEXT, "%016" PRIx64, fingerprint);
}

void fingerprints_free(struct fingerprints *fingerprints)
{
	map_free(&fingerprints->by_diag);
}
