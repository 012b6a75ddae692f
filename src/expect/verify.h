/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a promise kept by every packet of its set?
 *
 * A promise that passed is proved, and so is one that failed: its packet surely meets another
 * end, whatever the matches say that are not understood.  All else is undecided.
 */
#ifndef EXPECT_VERIFY_H
#define EXPECT_VERIFY_H

#include "expect/expectations.h"
#include "expect/walk.h"

enum verification {
	VERIFIED_PASSED,
	VERIFIED_FAILED,
	VERIFIED_UNDECIDED,
};

struct finding {
	enum verification result;
	/* A packet that meets another end, as iptlint trace reads it; NULL: none can be shown. */
	const char *packet;
	struct walk_end end; /* ... and which; of the region and the sets nothing is left */
	const char *verdict; /* "ACCEPT", "DROP", "REJECT", "unknown" */
	const char *to;	     /* where it is sent to instead, if it is; else NULL */
	const char *why;     /* in words; NULL: the end says it all */
	const char *hint;    /* the way out, or NULL */
};

/* Finding and text live in the arena of WORLD. */
void verify(struct finding *finding, const struct world *world,
	    const struct expectation *expectation);

/* The interfaces that the expectations name, for world_init(), from ARENA; how many, in *N. */
const char *const *verify_interfaces(struct arena *arena, const struct expectations *expectations,
				     uint32_t n_files, uint32_t *n);

#endif
