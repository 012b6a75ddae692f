/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets come to the policy at the end of the chain, by RETURN, and by a goto whose chain
 * comes back.
 */
#include "analyse/policy.h"

#include "analyse/prover.h"
#include "analyse/sample.h"

/* The rules take every packet; do some of them send packets to the policy? */
static void try_returns(struct chain_reach *result, struct arena *arena, struct prover *prover,
			struct scratch *scratch, const struct frame *frame,
			const struct region *region)
{
	struct rest rest = { .max = 1 };

	if (!frame->chain->n_returns)
		return;
	result->policy = find_rest(prover, scratch, region, frame, &rest);
	if (result->policy == PROVED_ALIVE)
		result->policy_sample = sample_of_region(arena, prover->space, rest.list[0]);
}

void policy_reach(struct chain_reach *result, struct arena *arena, struct prover *prover,
		  struct scratch *scratch, const struct frame *frame, const struct region *region)
{
	const struct passed passed = { frame, frame->chain->n };
	struct proof proof;

	prove(prover, scratch, region, &passed, 1, false, &proof);
	result->policy = proof.answer;
	if (proof.answer == PROVED_ALIVE)
		result->policy_sample = sample_of_proof(arena, prover->space, prover, &proof);
	for (unsigned i = 0; i < proof.n_covers && i < COVERS_MAX; i++) {
		if (proof.answer == PROVED_COVERED &&
		    (!result->last_cover || i + 1 == proof.n_covers))
			result->last_cover = flow_rule(frame->chain, proof.covers[i].position);
	}
	if (proof.answer == PROVED_COVERED)
		try_returns(result, arena, prover, scratch, frame, region);
}
