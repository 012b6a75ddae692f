/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers: addresses, ports, types, flags, interfaces, answers.  A set never
 * changes once it is made, and is never empty: where an operation leaves no number,
 * it gives NULL.
 *
 * Exact for everything that iptables can say about one value: ranges, their negation,
 * and masks that are not contiguous.
 */
#ifndef ANALYSE_SET_H
#define ANALYSE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/scratch.h"

/* Wide enough for an IPv6 address. */
__extension__ typedef unsigned __int128 wide;

struct range {
	wide low;
	wide high; /* included */
};

/* The numbers of the ranges whose bits under MASK are those of VALUE. */
struct set {
	wide mask; /* 0: the ranges are all there is to it */
	wide value;
	uint32_t n; /* at least 1; in rising order, with gaps between them */
	struct range ranges[];
};

/* A subtraction leaves at most this many sets. */
#define SET_PIECES_MAX 129

/* Results and what they are made of live in SCRATCH; a result may be A or B itself. */
const struct set *set_range(struct scratch *scratch, wide low, wide high);

/* A range that lives in ARENA. */
const struct set *set_keep(struct arena *arena, wide low, wide high);

/* The same set where it lives in ARENA. */
const struct set *set_copy(struct arena *arena, const struct set *set);

/* From N ranges in any order, which may overlap; those with low > high are left out. */
const struct set *set_of(struct scratch *scratch, const struct range *ranges, uint32_t n);

/* The numbers up to MAX, which is all ones, whose bits under MASK are those of VALUE. */
const struct set *set_masked(struct scratch *scratch, wide mask, wide value, wide max);

const struct set *set_intersect(struct scratch *scratch, const struct set *a, const struct set *b);

/* A without B, as sets that have nothing in common; how many they are. */
unsigned set_subtract(struct scratch *scratch, const struct set *a, const struct set *b,
		      const struct set *pieces[SET_PIECES_MAX]);

bool set_has(const struct set *set, wide member);
bool set_contains(const struct set *outer, const struct set *inner);
bool set_overlaps(const struct set *a, const struct set *b);

/* Some member: the first, the last, and from CHOICE 2 on any, always the same for the
 * same choice. */
wide set_pick(const struct set *set, uint64_t choice);

/* All members lie between them. */
wide set_low(const struct set *set);
wide set_high(const struct set *set);

/* About how many members there are. */
double set_size(const struct set *set);

#endif
