/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the policy of a built-in chain ever decide?
 */
#ifndef ANALYSE_POLICY_H
#define ANALYSE_POLICY_H

#include "analyse/reach.h"

/* Sets the fields of RESULT that speak of the policy.  FRAME is that of the chain, REGION what
 * the kernel sends into it; samples live in ARENA. */
void policy_reach(struct chain_reach *result, struct arena *arena, struct prover *prover,
		  struct scratch *scratch, const struct frame *frame, const struct region *region);

#endif
