/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions: sets of packets that are given by what each variable may be, all of these
 * together.  A variable is something that a rule can ask of a packet (space.h), at
 * one moment of the packet's way: after a target has written it, it is another one,
 * with another version.
 *
 * A region never changes and is never empty; where an operation leaves no packet, it
 * gives NULL.
 */
#ifndef ANALYSE_REGION_H
#define ANALYSE_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/set.h"

struct space;

struct constraint {
	uint32_t variable;
	uint64_t version;
	const struct set *set; /* smaller than the variable's domain */
};

struct region {
	uint32_t n;
	struct constraint constraints[]; /* in rising order, each variable once */
};

/* All packets. */
extern const struct region region_all;

/* What a variable has to be in the region; NULL: anything. */
const struct set *region_get(const struct region *region, uint32_t variable, uint64_t version);

/* The results live in SCRATCH, as long as what they are made of. */
const struct region *region_with(struct scratch *scratch, const struct region *region,
				 uint32_t variable, uint64_t version, const struct set *set);
const struct region *region_intersect(struct scratch *scratch, const struct region *a,
				      const struct region *b);
/* The same with all that it is made of, in another scratch. */
const struct region *region_copy(struct scratch *scratch, const struct region *region);

bool region_contains(const struct region *outer, const struct region *inner);
bool region_overlaps(const struct region *a, const struct region *b);

/* Called with each of the regions, without packets in common, that a subtraction leaves. */
typedef void region_visit(void *context, const struct region *piece);

void region_subtract(struct scratch *scratch, const struct space *space, const struct region *a,
		     const struct region *b, region_visit *visit, void *context);

/* How many of INNER's packets are in REGION too, about: 0 to 1; and how many of the
 * variables have to be cut for that, in *CUTS. */
double region_share(struct scratch *scratch, const struct space *space, const struct region *region,
		    const struct region *inner, unsigned *cuts);

#endif
