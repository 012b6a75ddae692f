/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean": the nearest of many words to one that is wrong.
 */
#ifndef BASE_SIMILAR_H
#define BASE_SIMILAR_H

#include <stddef.h>

struct similar {
	const char *word;
	char best[64]; /* a copy: candidates may be gone later */
	size_t distance;
};

/* WORD has to stay as long as the search. */
void similar_init(struct similar *similar, const char *word);

void similar_offer(struct similar *similar, const char *candidate);

/*
 * The nearest candidate so far, in SIMILAR itself; NULL if none is near enough: at
 * most two letters inserted, left out, changed or swapped with their neighbour (case
 * does not count), and fewer than half of the word's.
 */
const char *similar_result(const struct similar *similar);

#endif
