/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs of rules of a chain that decide against each other about some packets, so that
 * their order matters.
 *
 * Source: the anomalies of E. Al-Shaer and H. Hamed (2003).
 */
#ifndef ANALYSE_PAIRS_H
#define ANALYSE_PAIRS_H

#include "analyse/reach.h"

enum pair_kind {
	PAIR_CORRELATED,  /* each also takes packets that the other one does not */
	PAIR_GENERALIZED, /* the later one takes all packets of the earlier one, and more */
};

struct pair {
	enum pair_kind kind;
	const struct rule *earlier, *later;
	const struct region *shared; /* packets of both; gone when VISIT returns */
};

typedef void pairs_visit(void *context, const struct pair *pair);

/* AGAINST tells whether two rules decide against each other.  Of each rule at most PAIRS_MAX
 * earlier ones are given. */
#define PAIRS_MAX 4

void pairs_find(const struct reach *reach, const struct chain *chain,
		bool (*against)(const struct chain *chain, const struct rule *a,
				const struct rule *b),
		pairs_visit *visit, void *context);

#endif
