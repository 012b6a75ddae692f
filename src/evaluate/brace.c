/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brace expansion of bash: a{b,c}d and {1..10..2}.  Works on the tree, before all other
 * expansions, so it knows nothing of values.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/expand.h"

/* A word as a row of atoms: a byte that is not quoted, or a part as a whole. */
struct atom {
	const struct shell_part *part; /* of the byte, too */
	uint32_t offset;
	char byte; /* '\0': the whole part */
};

struct atoms {
	const struct atom *first;
	size_t n;
};

/* Rows that were made, to be put together. */
struct made {
	struct atoms *rows;
	size_t n, capacity;
};

static bool expand_row(struct machine *sh, struct atoms row, struct made *made);

static bool has_brace(const struct shell_word *word)
{
	const struct shell_part *part;

	for (part = word->first; part; part = part->next) {
		if (part->kind == SHELL_TEXT && !part->quoted &&
		    memchr(part->of.text.bytes, '{', part->of.text.len))
			return true;
	}
	return false;
}

static void add_row(struct machine *sh, struct made *made, struct atoms row)
{
	struct atoms *rows;

	if (made->n == made->capacity) {
		made->capacity = made->capacity ? made->capacity * 2 : 8;
		rows = scratch_alloc(sh->scratch, made->capacity * sizeof(*rows));
		if (made->n)
			memcpy(rows, made->rows, made->n * sizeof(*rows));
		made->rows = rows;
	}
	made->rows[made->n++] = row;
}

static struct atoms join(struct machine *sh, struct atoms a, struct atoms b, struct atoms c)
{
	struct atoms row;
	struct atom *atoms = scratch_alloc(sh->scratch, (a.n + b.n + c.n + 1) * sizeof(*atoms));

	if (a.n)
		memcpy(atoms, a.first, a.n * sizeof(*atoms));
	if (b.n)
		memcpy(atoms + a.n, b.first, b.n * sizeof(*atoms));
	if (c.n)
		memcpy(atoms + a.n + b.n, c.first, c.n * sizeof(*atoms));
	row.first = atoms;
	row.n = a.n + b.n + c.n;
	sh->steps += row.n / 8;
	return row;
}

/* The '}' of the '{' at START, or n; *COMMAS counts those of this level. */
static size_t find_close(struct atoms row, size_t start, size_t *commas)
{
	size_t depth = 0, i;

	*commas = 0;
	for (i = start; i < row.n; i++) {
		if (row.first[i].byte == '{') {
			depth++;
		} else if (row.first[i].byte == ',' && depth == 1) {
			(*commas)++;
		} else if (row.first[i].byte == '}' && !--depth) {
			return i;
		}
	}
	return row.n;
}

/* {x..y} or {x..y..s} */
struct sequence {
	long from, to, step;
	int width; /* of numbers with leading zeros; 0: as they are */
	bool letters;
};

static bool read_end(const char *text, long *value, bool *letter, int *width)
{
	char *end;

	*letter = isalpha((unsigned char)text[0]) && !text[1];
	if (*letter) {
		*value = (unsigned char)text[0];
		return true;
	}
	if (!*text || !(isdigit((unsigned char)*text) || *text == '-' || *text == '+'))
		return false;
	*value = strtol(text, &end, 10);
	if (text[*text == '-'] == '0' && strlen(text) > 1 + (size_t)(*text == '-') &&
	    (int)strlen(text) > *width)
		*width = (int)strlen(text);
	return !*end;
}

static bool read_sequence(const char *text, struct sequence *s)
{
	char parts[3][24], *dots;
	const char *p = text;
	bool first = false, second = false, ignored;
	int n = 0, width = 0;
	size_t len;

	memset(s, 0, sizeof(*s));
	for (; n < 3; n++) {
		dots = strstr(p, "..");
		len = dots ? (size_t)(dots - p) : strlen(p);
		if (len >= sizeof(parts[0]))
			return false;
		memcpy(parts[n], p, len);
		parts[n][len] = '\0';
		if (!dots) {
			n++;
			break;
		}
		p = dots + 2;
	}
	if (n < 2 || !read_end(parts[0], &s->from, &first, &s->width) ||
	    !read_end(parts[1], &s->to, &second, &s->width) || first != second)
		return false;
	s->letters = first;
	if (n == 3 && (!read_end(parts[2], &s->step, &ignored, &width) || ignored))
		return false;
	if (s->step < 0)
		s->step = -s->step;
	if (!s->step)
		s->step = 1;
	return true;
}

/* A row for one value of a sequence. */
static struct atoms number_row(struct machine *sh, const struct sequence *s, long value)
{
	struct shell_part *part = scratch_alloc(sh->scratch, sizeof(*part));
	struct atom *atom = scratch_alloc(sh->scratch, sizeof(*atom));
	char digits[64];
	int len;

	memset(part, 0, sizeof(*part));
	len = s->letters ? (digits[0] = (char)value, 1)
			 : snprintf(digits, sizeof(digits), "%0*ld", s->width, value);
	part->kind = SHELL_TEXT;
	part->of.text.bytes = scratch_copy(sh, digits, (size_t)len);
	part->of.text.len = (uint32_t)len;
	*atom = (struct atom){ part, 0, '\0' };
	return (struct atoms){ atom, 1 };
}

static bool add_sequence(struct machine *sh, struct atoms inner, struct made *made)
{
	char text[72];
	struct sequence s;
	size_t i;
	long value;

	if (inner.n >= sizeof(text))
		return false;
	for (i = 0; i < inner.n; i++) {
		if (!inner.first[i].byte)
			return false;
		text[i] = inner.first[i].byte;
	}
	text[inner.n] = '\0';
	if (!read_sequence(text, &s))
		return false;
	for (value = s.from;;) {
		if (!machine_step(sh))
			return true;
		add_row(sh, made, number_row(sh, &s, value));
		if (s.from <= s.to ? s.to - value < s.step : value - s.to < s.step)
			return true;
		value += s.from <= s.to ? s.step : -s.step;
	}
}

static void add_list(struct machine *sh, struct atoms inner, struct made *made)
{
	size_t depth = 0, start = 0, i;

	for (i = 0; i <= inner.n; i++) {
		char byte = i < inner.n ? inner.first[i].byte : ',';

		if (byte == '{')
			depth++;
		else if (byte == '}' && depth)
			depth--;
		if ((byte == ',' && !depth) || i == inner.n) {
			expand_row(sh, (struct atoms){ inner.first + start, i - start }, made);
			start = i + 1;
		}
	}
}

static bool expand_row(struct machine *sh, struct atoms row, struct made *made)
{
	struct made middles = { NULL, 0, 0 }, rests = { NULL, 0, 0 };
	struct span nowhere = { 0, 0 };
	size_t i, j, close = 0, commas;

	if (!machine_enter(sh, nowhere))
		return false;
	for (i = 0; i < row.n; i++) {
		struct atoms inner;

		if (row.first[i].byte != '{')
			continue;
		close = find_close(row, i, &commas);
		sh->steps += (close - i) / 8;
		if (close == row.n)
			continue;
		inner = (struct atoms){ row.first + i + 1, close - i - 1 };
		if (commas)
			add_list(sh, inner, &middles);
		else if (!add_sequence(sh, inner, &middles))
			continue;
		break;
	}
	if (!middles.n) {
		add_row(sh, made, row);
		machine_leave(sh);
		return true;
	}
	expand_row(sh, (struct atoms){ row.first + close + 1, row.n - close - 1 }, &rests);
	for (j = 0; j < middles.n; j++) {
		size_t k;

		for (k = 0; k < rests.n && machine_step(sh); k++)
			add_row(sh, made,
				join(sh, (struct atoms){ row.first, i }, middles.rows[j],
				     rests.rows[k]));
	}
	machine_leave(sh);
	return machine_runs(sh);
}

static struct atoms atoms_of(struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part;
	struct atom *atoms;
	size_t n = 0;
	uint32_t i;

	for (part = word->first; part; part = part->next)
		n += part->kind == SHELL_TEXT && !part->quoted ? part->of.text.len : 1;
	atoms = scratch_alloc(sh->scratch, (n + 1) * sizeof(*atoms));
	n = 0;
	for (part = word->first; part; part = part->next) {
		if (part->kind != SHELL_TEXT || part->quoted) {
			atoms[n++] = (struct atom){ part, 0, '\0' };
			continue;
		}
		for (i = 0; i < part->of.text.len; i++)
			atoms[n++] = (struct atom){ part, i, part->of.text.bytes[i] };
	}
	return (struct atoms){ atoms, n };
}

static struct shell_word *word_of(struct machine *sh, const struct shell_word *from,
				  struct atoms row)
{
	struct shell_word *word = scratch_alloc(sh->scratch, sizeof(*word));
	struct shell_part **last = &word->first, *part;
	const struct atom *previous = NULL;
	size_t i;

	memset(word, 0, sizeof(*word));
	word->span = from->span;
	for (i = 0; i < row.n; i++) {
		const struct atom *atom = &row.first[i];

		if (previous && atom->byte && previous->byte && previous->part == atom->part &&
		    previous->offset + 1 == atom->offset) {
			part->of.text.len++;
			previous = atom;
			continue;
		}
		part = scratch_alloc(sh->scratch, sizeof(*part));
		*part = *atom->part;
		part->next = NULL;
		if (atom->byte) {
			part->of.text.bytes = atom->part->of.text.bytes + atom->offset;
			part->of.text.len = 1;
		}
		*last = part;
		last = &part->next;
		previous = atom;
	}
	return word;
}

const struct shell_word *expand_braces(struct machine *sh, const struct shell_word *word)
{
	struct made made = { NULL, 0, 0 };
	struct shell_word *first = NULL, **last = &first;
	size_t i;

	if (!has_brace(word))
		return word;
	expand_row(sh, atoms_of(sh, word), &made);
	for (i = 0; i < made.n; i++) {
		*last = word_of(sh, word, made.rows[i]);
		last = &(*last)->next;
	}
	return first;
}
