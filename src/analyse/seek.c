/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes down through the chains with the packets that take each way.  The rules that come
 * into question are found by the index of their chain.
 */
#include "analyse/seek.h"

#include <stdlib.h>

#include "analyse/prover.h"

#define PASSED_MAX (2 * FRAME_DEPTH_MAX + 2)

/* Where is looked: behind a rule, or everywhere. */
struct looking {
	struct seek *seek;
	/* The rules before these were passed too, down to UNTIL: the way to the rule behind which
	 * is looked. */
	const struct way *behind, *until;
};

/* Do packets of the region get past all rules before the one that WAY leads to? */
static enum proved get_there(const struct looking *looking, const struct way *way,
			     const struct region *region, struct proof *proof)
{
	struct seek *seek = looking->seek;
	struct passed passed[PASSED_MAX];
	unsigned n = 0;

	for (const struct way *each = way; each && n < PASSED_MAX; each = each->caller)
		passed[n++] = (struct passed){ &each->frame, each->position };
	for (const struct way *each = looking->behind; each != looking->until && n < PASSED_MAX;
	     each = each->caller)
		passed[n++] = (struct passed){ &each->frame, each->position };
	prove(reach_prover(seek->reach), seek->scratch, region, passed, n, false, proof);
	if (proof->answer == PROVED_UNKNOWN)
		seek->is_complete = false;
	return proof->answer;
}

static bool look_in(const struct looking *looking, const struct way *chain, uint32_t from);

/* The packets of WAY meet its rule; what becomes of them? */
static bool look_at(const struct looking *looking, const struct way *way)
{
	struct seek *seek = looking->seek;
	const struct chain_flow *chain = way->frame.chain;
	enum role role = chain->roles[way->position];
	bool is_wanted = seek->wants(seek, chain, way->position);
	struct way callee = { .caller = way, .region = way->region, .is_sure = way->is_sure };
	struct proof proof;

	if (role == ROLE_UNKNOWN)
		seek->is_complete = false;
	if (!is_wanted && role != ROLE_CALLS && role != ROLE_LEAVES)
		return true;
	if (get_there(looking, way, way->region, &proof) != PROVED_ALIVE)
		return true;
	if (is_wanted)
		return seek->found(seek, way, &proof);
	if (!prover_call(reach_prover(seek->reach), &way->frame, way->position, &callee.frame)) {
		seek->is_complete = false;
		return true;
	}
	return look_in(looking, &callee, 0);
}

static bool look_at_rule(const struct looking *looking, const struct way *chain, uint32_t position)
{
	struct seek *seek = looking->seek;
	struct scratch_mark mark = scratch_mark(seek->scratch);
	const struct condition *condition =
		prover_condition(reach_prover(seek->reach), seek->scratch, &chain->frame, position);
	bool goes_on = true;

	for (unsigned i = 0; i < condition->n && goes_on; i++) {
		struct way way = *chain;

		way.position = position;
		way.is_sure = chain->is_sure && condition->sure;
		way.region = region_intersect(seek->scratch, condition->regions[i], chain->region);
		if (way.region)
			goes_on = look_at(looking, &way);
	}
	scratch_release(seek->scratch, mark);
	return goes_on;
}

/* The index has no rules that call chains of other programs, which may do anything. */
static void look_for_strangers(const struct looking *looking, const struct way *chain,
			       uint32_t from)
{
	struct seek *seek = looking->seek;
	const struct chain_flow *flow = chain->frame.chain;

	for (uint32_t i = from; flow->callees && i < flow->n && seek->is_complete; i++) {
		struct scratch_mark mark = scratch_mark(seek->scratch);
		const struct condition *condition;

		if (!flow->callees[i] || flow_callee(flow, i))
			continue;
		condition = prover_condition(reach_prover(seek->reach), seek->scratch,
					     &chain->frame, i);
		for (unsigned j = 0; j < condition->n; j++) {
			if (region_overlaps(condition->regions[j], chain->region))
				seek->is_complete = false;
		}
		scratch_release(seek->scratch, mark);
	}
}

/* The packets of CHAIN come to its rules from the one at FROM on. */
static bool look_in(const struct looking *looking, const struct way *chain, uint32_t from)
{
	struct seek *seek = looking->seek;
	struct prover *prover = reach_prover(seek->reach);
	bool goes_on = true;
	uint32_t *at, n;

	at = gather_positions(prover, chain->region, &chain->frame, from, chain->frame.chain->n,
			      &seek->steps_left, &n);
	for (uint32_t i = 0; i < n && goes_on; i++)
		goes_on = look_at_rule(looking, chain, at[i]);
	free(at);
	if (!seek->steps_left)
		seek->is_complete = false;
	if (goes_on)
		look_for_strangers(looking, chain, from);
	return goes_on;
}

static struct way root_way(const struct seek *seek, const struct chain_flow *chain,
			   const struct region *region)
{
	return (struct way){
		.frame = prover_frame(reach_prover(seek->reach), NULL, 0, chain),
		.region = region,
		.is_sure = true,
	};
}

bool seek_from(struct seek *seek, const struct chain *chain, const struct region *region)
{
	const struct looking looking = { seek, NULL, NULL };
	struct way root = root_way(seek, reach_of(seek->reach, chain)->flow, region);

	if (chain->host_rules != HOST_RULES_NONE)
		seek->is_complete = false;
	return look_in(&looking, &root, 0);
}

enum proved seek_reaches(struct seek *seek, const struct way *way, const struct region *region,
			 struct proof *proof)
{
	const struct looking looking = { seek, NULL, NULL };

	return get_there(&looking, way, region, proof);
}

bool seek_behind(struct seek *seek, const struct way *way, const struct region *region)
{
	bool is_left = false; /* by a goto, which does not come back to this one */

	for (const struct way *each = way; each; each = each->caller) {
		const struct looking looking = { seek, way, each };
		struct way rest = *each;

		rest.region = region;
		rest.is_sure = true;
		if (!is_left && !look_in(&looking, &rest, each->position + 1))
			return false;
		is_left = each->caller &&
			  each->caller->frame.chain->roles[each->caller->position] == ROLE_LEAVES;
	}
	return true;
}

bool seek_below(struct seek *seek, const struct way *way, const struct region *region)
{
	const struct looking looking = { seek, NULL, NULL };
	struct way here = *way, callee = { .caller = &here, .is_sure = way->is_sure };

	here.region = callee.region = region_intersect(seek->scratch, way->region, region);
	if (!here.region)
		return true;
	if (prover_call(reach_prover(seek->reach), &here.frame, here.position, &callee.frame))
		return look_in(&looking, &callee, 0);
	seek->is_complete = false;
	return true;
}

enum proved seek_policy(struct seek *seek, const struct chain *chain, const struct way *behind,
			const struct region *region, struct proof *proof)
{
	struct way root = root_way(seek, reach_of(seek->reach, chain)->flow, region);
	const struct looking looking = { seek, behind, NULL };

	root.position = root.frame.chain->n;
	return get_there(&looking, &root, region, proof);
}

/* ---- ways ---- */

struct path {
	struct site sites[FRAME_DEPTH_MAX]; /* the rule first, then those that call */
	unsigned n;
	unsigned n_ways;
	seek_visit *visit;
};

/* The packets of CALLER go into the chain of the site number LEFT - 1. */
static bool go_down(struct seek *seek, struct path *path, unsigned left, const struct way *chain)
{
	const struct site *site = &path->sites[left - 1];
	struct condition condition;
	bool goes_on = true;

	prover_read(reach_prover(seek->reach), seek->scratch, &chain->frame, site->position,
		    &condition);
	for (unsigned i = 0; i < condition.n && goes_on; i++) {
		struct way way = *chain;
		struct way callee = { .caller = &way };

		way.position = site->position;
		way.is_sure = chain->is_sure && condition.sure;
		way.region = region_intersect(seek->scratch, condition.regions[i], chain->region);
		if (!way.region)
			continue;
		if (left == 1) {
			goes_on = ++path->n_ways <= SEEK_WAYS && path->visit(seek, &way);
			continue;
		}
		callee.region = way.region;
		callee.is_sure = way.is_sure;
		if (prover_call(reach_prover(seek->reach), &way.frame, way.position, &callee.frame))
			goes_on = go_down(seek, path, left - 1, &callee);
	}
	return goes_on;
}

static bool go_up(struct seek *seek, struct path *path, const struct chain_flow *chain,
		  uint32_t position)
{
	bool goes_on = true;

	if (path->n == FRAME_DEPTH_MAX || chain->is_opaque)
		return true;
	path->sites[path->n++] = (struct site){ chain, position };
	if (chain->chain->hook != HOOK_NONE) {
		struct way root =
			root_way(seek, chain, reach_hook_region(seek->reach, chain->chain->hook));

		goes_on = go_down(seek, path, path->n, &root);
	}
	for (uint32_t i = 0; i < chain->n_sites && goes_on; i++)
		goes_on = go_up(seek, path, chain->sites[i].caller, chain->sites[i].position);
	path->n--;
	return goes_on;
}

void seek_ways(struct seek *seek, const struct chain_flow *chain, uint32_t position,
	       seek_visit *visit)
{
	struct path path = { .visit = visit };

	go_up(seek, &path, chain, position);
}
