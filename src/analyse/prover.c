/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What proofs keep from one question to the next: indices of chains, conditions of
 * rules, and which chains end every packet.
 */
#include "analyse/prover.h"

#include <string.h>

#define STEPS_TABLE  15000000u /* for all questions about one table */
#define VISITS_TABLE 40000000u /* the same for the rules that probes look at */
#define KEPT_SLOTS   32768     /* a power of 2 */
#define KEPT_MAX     16384     /* conditions that are ever kept */
#define KEPT_NEAR    8	       /* slots that a rule may have */

/*
 * Conditions of rules that were asked about twice, or once so far.  Only of rules before
 * which nothing is written: they ask the same whoever calls the chain.
 */
struct conditions {
	struct scratch *memory;
	uint32_t n;
	struct kept {
		const struct rule *rule;
		const struct condition *condition; /* NULL: asked about once */
	} slots[KEPT_SLOTS];
};

bool prover_may_take(const struct chain_flow *chain, uint32_t position)
{
	enum role role = chain->roles[position];

	if (role == ROLE_CALLS)
		return flow_callee(chain, position) != NULL;
	return role != ROLE_GOES_ON;
}

const struct rule_index *prover_index(struct prover *prover, const struct chain_flow *chain)
{
	struct rule_index **index = &prover->indices[chain->number];

	if (!*index)
		*index = rule_index_new(prover->arena, prover->space, chain, prover_may_take);
	return *index;
}

/* The slot of the rule, or one that it may have; NULL: all near it belong to others. */
static struct kept *kept_of(struct conditions *conditions, const struct rule *rule)
{
	uint64_t hash = ((uintptr_t)rule >> 4) * 0x9e3779b97f4a7c15u >> 40;
	struct kept *room = NULL;

	for (unsigned i = 0; i < KEPT_NEAR; i++) {
		struct kept *kept = &conditions->slots[(hash + i) & (KEPT_SLOTS - 1)];

		if (kept->rule == rule)
			return kept;
		if (!kept->condition && (!room || (!kept->rule && room->rule)))
			room = kept;
	}
	return room;
}

static const struct condition *read_into(struct prover *prover, struct scratch *scratch,
					 const struct frame *frame, uint32_t position)
{
	struct condition *condition = scratch_alloc(scratch, sizeof(*condition));

	frame_read(frame, prover->space, scratch, position, condition);
	return condition;
}

const struct condition *prover_condition(struct prover *prover, struct scratch *scratch,
					 const struct frame *frame, uint32_t position)
{
	const struct rule *rule = flow_rule(frame->chain, position);
	struct conditions *conditions = prover->conditions;
	struct kept *kept;

	/* without a match it is read as fast as it is looked up, unless a negated mask has holes */
	if (!frame->is_untouched ||
	    (!rule->matches && !(rule->inverted & (RULE_NOT_SRC | RULE_NOT_DST))))
		return read_into(prover, scratch, frame, position);
	kept = kept_of(conditions, rule);
	if (!kept)
		return read_into(prover, scratch, frame, position);
	if (kept->rule != rule) {
		*kept = (struct kept){ rule, NULL };
		return read_into(prover, scratch, frame, position);
	}
	if (!kept->condition) {
		if (conditions->n == KEPT_MAX)
			return read_into(prover, scratch, frame, position);
		kept->condition = read_into(prover, conditions->memory, frame, position);
		conditions->n++;
	}
	return kept->condition;
}

bool prover_call(struct prover *prover, const struct frame *frame, uint32_t position,
		 struct frame *callee)
{
	const struct chain_flow *chain = flow_callee(frame->chain, position);

	if (!chain || frame->depth >= FRAME_DEPTH_MAX)
		return false;
	*callee = frame_make(prover->frames, frame, position, chain);
	return true;
}

void prover_expect(struct prover *prover, const struct chain_flow *chain, uint32_t position)
{
	if (prover->indices[chain->number])
		rule_index_expect(prover->indices[chain->number], position);
}

void prover_note_dead(struct prover *prover, const struct chain_flow *chain, uint32_t position,
		      bool by_one)
{
	bool **dead = &prover->dead[chain->number];

	if (!*dead)
		*dead = arena_alloc(prover->arena, chain->n * sizeof(bool));
	(*dead)[position] = true;
	if (by_one && prover->indices[chain->number])
		rule_index_drop(prover->indices[chain->number], position);
}

/* The plain case: a rule that takes every packet, before which none is sent back. */
static bool has_final_end(const struct chain_flow *chain)
{
	uint32_t limit = chain->n_returns ? chain->returns[0] : chain->n;

	for (uint32_t i = 0; i < limit; i++) {
		if (chain->roles[i] == ROLE_ENDS && rule_matches_all(flow_rule(chain, i)))
			return true;
	}
	return false;
}

struct prover *prover_new(struct arena *arena, struct space *space, const struct flow *flow,
			  bool looks_ahead)
{
	struct prover *prover = arena_new_object(arena, struct prover);
	struct scratch *scratch = scratch_new();

	prover->arena = arena;
	prover->space = space;
	prover->flow = flow;
	prover->looks_ahead = looks_ahead;
	prover->frames = frames_new(arena, flow);
	prover->indices = arena_alloc(arena, (flow->n + 1) * sizeof(struct rule_index *));
	prover->ends_all = arena_alloc(arena, (flow->n + 1) * sizeof(bool));
	prover->dead = arena_alloc(arena, (flow->n + 1) * sizeof(bool *));
	prover->conditions = arena_new_object(arena, struct conditions);
	prover->conditions->memory = scratch_new_in(arena);
	prover->budget = STEPS_TABLE;
	prover->visits_of_all = VISITS_TABLE;
	/* those that are called first */
	for (uint32_t i = flow->n; i-- > 0;) {
		const struct chain_flow *chain = flow->order[i];
		struct scratch_mark mark = scratch_mark(scratch);
		struct frame frame;

		if (chain->is_opaque || !chain->n_sites)
			continue;
		frame = frame_make(prover->frames, NULL, 0, chain);
		prover->ends_all[chain->number] =
			has_final_end(chain) || prove_ends(prover, scratch, &region_all, &frame);
		scratch_release(scratch, mark);
	}
	scratch_free(scratch);
	return prover;
}

struct frame prover_frame(struct prover *prover, const struct frame *caller, uint32_t position,
			  const struct chain_flow *chain)
{
	return frame_make(prover->frames, caller, position, chain);
}

void prover_read(struct prover *prover, struct scratch *scratch, const struct frame *frame,
		 uint32_t position, struct condition *condition)
{
	frame_read(frame, prover->space, scratch, position, condition);
}

bool prover_ends_all(const struct prover *prover, const struct chain_flow *chain)
{
	return prover->ends_all[chain->number];
}

const struct prover_stats *prover_stats(const struct prover *prover)
{
	return &prover->stats;
}
