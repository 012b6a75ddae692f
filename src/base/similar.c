/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distance of words with swaps of neighbours ("optimal string alignment"; Damerau
 * 1964, Levenshtein 1966), with three rows of the table at a time.
 */
#include "base/similar.h"

#include <ctype.h>
#include <string.h>

#define MAX_WORD     63
#define MAX_DISTANCE 2

void similar_init(struct similar *similar, const char *word)
{
	similar->word = word;
	similar->best[0] = '\0';
	similar->distance = MAX_DISTANCE + 1;
}

static int fold(char c)
{
	return tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][MAX_WORD + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = fold(a[i - 1]) != fold(b[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + change);
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
			    fold(a[i - 2]) == fold(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

void similar_offer(struct similar *similar, const char *candidate)
{
	size_t word_len = strlen(similar->word);
	size_t len = strlen(candidate);
	size_t far;

	if (word_len > MAX_WORD || len > MAX_WORD || strcmp(similar->word, candidate) == 0 ||
	    len > word_len + MAX_DISTANCE || word_len > len + MAX_DISTANCE)
		return;
	far = distance(similar->word, word_len, candidate, len);
	if (far > similar->distance || far > MAX_DISTANCE || 2 * far >= word_len)
		return;
	/* The order of the candidates must not matter. */
	if (far == similar->distance && strcmp(candidate, similar->best) > 0)
		return;
	similar->distance = far;
	memcpy(similar->best, candidate, len + 1);
}

const char *similar_result(const struct similar *similar)
{
	return similar->best[0] ? similar->best : NULL;
}
