/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of the packets of a dead rule in the chain that its cover calls.
 */
#ifndef LINT_CALLEE_H
#define LINT_CALLEE_H

#include "analyse/reach.h"

struct callee_decision {
	bool is_against; /* some of them surely get the opposite verdict */
	/* The rule that decides about all of them (is_all_by), or against the dead rule about some;
	 * NULL: there is none, or it is not known. */
	const struct rule *by;
	const struct chain *chain; /* of that rule */
	bool is_all_by;
};

/*
 * DEAD stands in CHAIN.  Nothing is known if it has no verdict, or more than one cover, or one
 * that is no -j to a chain.  Steps are taken from *STEPS_LEFT; without any nothing is known.
 */
struct callee_decision callee_decides(const struct reach *reach, const struct chain_reach *chain,
				      const struct dead_rule *dead, uint64_t *steps_left);

#endif
