/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chains of two rulesets in one table, and which rules of the one are the same as
 * rules of the other, in the same order.
 *
 * One table has one packet space, so that an opaque match is the same question in both.  Which
 * rules are aligned decides nothing: the walk is right with any alignment, and quick with
 * a good one.
 */
#ifndef COMPARE_ALIGN_H
#define COMPARE_ALIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/flow.h"
#include "analyse/space.h"
#include "pipeline/unit.h"

enum side {
	SIDE_OLD,
	SIDE_NEW,
	N_SIDES,
};

/* The ruleset of a file that one of the two is. */
struct compared {
	const struct unit *unit;
	const struct table *table;
};

/* A chain of the old ruleset and one of the new. */
struct pair {
	const struct chain_flow *chains[N_SIDES];
	/* By position: 2 * N + 1 of the rule that is number N of the aligned ones, 2 * N of one
	 * that stands before that and is not aligned. */
	const uint32_t *ranks[N_SIDES];
	const uint32_t *aligned[N_SIDES]; /* positions of the aligned rules */
	uint32_t n_aligned;
	/* The highest rank at which they are not the same, the chains called there included;
	 * RANK_NONE: they are the same everywhere. */
	int64_t last_change;
};

#define RANK_NONE   (-1)
#define RANK_POLICY INT64_MAX /* the policies of a built-in chain differ */

struct alignment {
	struct arena *arena;
	enum family family;
	const struct unit *units[N_SIDES];
	struct space *space;
	struct flow *flow;   /* of all chains, the old ones first */
	uint32_t n_old;	     /* chains */
	struct pair **pairs; /* by number of the chain; NULL: it has none */
	unsigned reads;	     /* enum field: what rules ask about ... */
	unsigned writes;     /* ... and what they may write */
	bool is_opaque;	     /* a match of it may write something */
};

/* Of two rulesets of one family, as BACKENDS (enum backend) make them; lives in ARENA. */
struct alignment *alignment_new(struct arena *arena, unsigned backends,
				const struct compared compared[N_SIDES]);

static inline enum side side_of(const struct alignment *alignment, const struct chain_flow *chain)
{
	return chain->number < alignment->n_old ? SIDE_OLD : SIDE_NEW;
}

/* Do two targets that are extensions do the same? */
bool targets_alike(const struct target *a, const struct target *b);

#endif
