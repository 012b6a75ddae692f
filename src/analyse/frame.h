/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames: one walk of a packet through a chain, called by a rule of another walk.
 *
 * The frame decides which version a variable has when a rule is reached: that of the
 * last write in the chain before it, else the one that it had where the chain was
 * called.
 */
#ifndef ANALYSE_FRAME_H
#define ANALYSE_FRAME_H

#include <stdint.h>

#include "analyse/condition.h"
#include "analyse/flow.h"
#include "analyse/space.h"
#include "base/scratch.h"

struct frame {
	const struct frame *caller; /* NULL: the walk begins here */
	uint32_t position;	    /* of the rule that calls, in the caller's chain, or 0 */
	uint32_t depth;		    /* calls above this one */
	const struct chain_flow *chain;
	struct frames *frames; /* where its number is */
	bool is_untouched;     /* nothing is written in it, nor was before it */
};

/* Deeper walks are not followed. */
#define FRAME_DEPTH_MAX 64

/* The numbers of the frames of one table, as far as they were asked for. */
struct frames;

struct frames *frames_new(struct arena *arena, const struct flow *flow);

/* The walk through CHAIN that the rule at POSITION of CALLER begins.  The same arguments give
 * an equal frame each time. */
struct frame frame_make(struct frames *frames, const struct frame *caller, uint32_t position,
			const struct chain_flow *chain);

/* The version of a variable that is made by the write WRITTEN in the chain (writes.h), or,
 * with 0, was there before. */
uint64_t frame_version(const struct frame *frame, unsigned fields, uint32_t written);

/* What the rule at POSITION asks for when the walk comes to it.  The regions live in SCRATCH. */
void frame_read(const struct frame *frame, struct space *space, struct scratch *scratch,
		uint32_t position, struct condition *condition);

#endif
