/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules decide about packets of a region, on their way from a built-in chain, or
 * behind a certain rule?
 *
 * What is found is proved: there are packets that get to the rule.  Whether that is all there
 * is, is known too: see seek.is_complete.
 */
#ifndef ANALYSE_SEEK_H
#define ANALYSE_SEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/reach.h"

/* The way from a built-in chain to a rule, the rule's own chain first. */
struct way {
	struct frame frame;
	const struct way *caller;    /* NULL: this is the built-in chain */
	uint32_t position;	     /* of the rule; in callers, of the one that calls */
	const struct region *region; /* of the packets that take the way, if they get so far */
	bool is_sure; /* each rule of it takes all of these; else some match may answer by chance */
};

struct seek;

/* Is the rule one of those that are looked for? */
typedef bool seek_wants(const struct seek *seek, const struct chain_flow *chain, uint32_t position);

/* Told of each that is found, and of the proof that packets get there.  False: look no
 * further. */
typedef bool seek_found(struct seek *seek, const struct way *way, const struct proof *proof);

/* To be filled in but for the last two. */
struct seek {
	const struct reach *reach;
	struct scratch *scratch;
	seek_wants *wants;
	seek_found *found;
	void *context;
	/* Set to true before: nothing was left out, or could be in chains of other programs and
	 * in lines that are not understood. */
	bool is_complete;
	uint64_t steps_left; /* SEEK_STEPS */
};

#define SEEK_STEPS 200000u

/* Looks from the built-in chain on; false if found() has ended it. */
bool seek_from(struct seek *seek, const struct chain *chain, const struct region *region);

/* Do packets of REGION get to the rule of WAY, which seek_from() has found? */
enum proved seek_reaches(struct seek *seek, const struct way *way, const struct region *region,
			 struct proof *proof);

/*
 * Looks behind the rule of WAY, as if that one had not taken the packets of REGION: in the
 * rest of its chain, and of those that have called it.
 */
bool seek_behind(struct seek *seek, const struct way *way, const struct region *region);

/* Looks in the chain that the rule of WAY calls, for those packets of REGION that take the way. */
bool seek_below(struct seek *seek, const struct way *way, const struct region *region);

/*
 * Do packets of REGION come to the policy of the built-in chain, BEHIND that rule, or (NULL)
 * altogether?
 */
enum proved seek_policy(struct seek *seek, const struct chain *chain, const struct way *behind,
			const struct region *region, struct proof *proof);

/* Calls VISIT with the ways to the rule at POSITION of CHAIN, SEEK_WAYS of them at most, until it
 * returns false. */
#define SEEK_WAYS 8
typedef bool seek_visit(struct seek *seek, const struct way *way);

void seek_ways(struct seek *seek, const struct chain_flow *chain, uint32_t position,
	       seek_visit *visit);

#endif
