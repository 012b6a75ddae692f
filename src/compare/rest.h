/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of a region without those of others: kept as they were taken away, and
 * cut into pieces only when somebody asks.
 *
 * Knows regions, and nothing of rules.
 */
#ifndef COMPARE_REST_H
#define COMPARE_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/space.h"

/* What was taken away, the last one first.  A list never changes, so many share its tail. */
struct taken {
	const struct taken *before;
	const struct region *region;
};

/* BEFORE and REGION; lives in SCRATCH. */
const struct taken *taken_with(struct scratch *scratch, const struct taken *before,
			       const struct region *region);

/* False: no more pieces are wanted. */
typedef bool rest_visit(void *context, const struct region *piece);

enum rest_end {
	REST_ALL,     /* all pieces were given */
	REST_STOPPED, /* by VISIT */
	REST_UNKNOWN, /* the steps were used up */
};

/*
 * Calls VISIT with pieces that have no packets in common and together are REGION without
 * TAKEN.  They are gone when VISIT returns.  *STEPS are looked at at most.
 */
enum rest_end rest_pieces(struct scratch *scratch, const struct space *space,
			  const struct region *region, const struct taken *taken, uint64_t *steps,
			  rest_visit *visit, void *context);

/* Does one of TAKEN alone hold all of the region? */
bool rest_is_plainly_empty(const struct region *region, const struct taken *taken, uint64_t *steps);

#endif
