/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the packets by each way to the cover, and looks for the rules behind it that end
 * their way.  What is found may happen, if nothing on the way asks for what is not
 * understood; if nothing else may happen, it surely does.
 */
#include "lint/callee.h"

#include "analyse/seek.h"
#include "lint/words.h"

#define STEPS	     1000 /* for one rule */
#define DECIDERS_MAX 8

struct deciders {
	const struct dead_rule *dead;
	enum verdict wanted; /* by the dead rule */
	struct callee_decision decision;
	const struct rule *latest; /* that was found, and its chain */
	const struct chain *latest_chain;
	unsigned n, n_ways;
	bool all_against;
	/* A rule on the way asks for something that is not understood (a mark, a set), so that
	 * nobody knows whether a packet gets behind it: all that is found may happen only. */
	bool is_blurred;
};

static bool is_blurred(const struct seek *seek, const struct rule *rule)
{
	struct scratch_mark mark = scratch_mark(seek->scratch);
	struct condition condition;
	bool result;

	condition_read(&condition, seek->scratch, reach_space(seek->reach), &moment_untouched,
		       rule);
	result = condition.silent || condition.cut;
	for (unsigned i = 0; i < condition.n; i++) {
		const struct region *region = condition.regions[i];

		/* in the order of the variables */
		result |= region->n && region->constraints[region->n - 1].variable >= VAR_LITERAL;
	}
	scratch_release(seek->scratch, mark);
	return result;
}

/* The cover, those that call its chain, and what stands before them. */
static bool is_blurred_before(struct seek *seek, const struct way *way)
{
	for (; way; way = way->caller) {
		for (uint32_t i = 0; i <= way->position; i++) {
			if (!seek->steps_left || is_blurred(seek, flow_rule(way->frame.chain, i)))
				return true;
			seek->steps_left--;
		}
	}
	return false;
}

/* Is asked of each rule that some of the packets may meet. */
static bool ends(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	struct deciders *deciders = seek->context;

	deciders->is_blurred |= is_blurred(seek, flow_rule(chain, position));
	return chain->roles[position] == ROLE_ENDS;
}

/* Packets of the dead rule get to a rule that ends their way. */
static bool note_decider(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct deciders *deciders = seek->context;
	struct callee_decision *decision = &deciders->decision;
	const struct rule *rule = flow_rule(way->frame.chain, way->position);
	enum verdict verdict = rule_verdict(rule);
	bool is_against = verdict != VERDICT_NONE && verdict != deciders->wanted;

	(void)proof;
	deciders->n += rule != deciders->latest;
	deciders->latest = rule;
	deciders->latest_chain = way->frame.chain->chain;
	deciders->all_against &= is_against;
	/* of what is written nobody knows, either */
	if (!decision->is_against && is_against && way->is_sure && way->frame.is_untouched &&
	    !deciders->is_blurred) {
		decision->is_against = true;
		decision->by = rule;
		decision->chain = way->frame.chain->chain;
	}
	return deciders->n < DECIDERS_MAX && !(decision->is_against && deciders->n > 1);
}

/* WAY leads to the cover, which calls a chain. */
static bool look_below(struct seek *seek, const struct way *way)
{
	struct deciders *deciders = seek->context;
	struct condition condition;
	bool goes_on = true;

	deciders->n_ways++;
	deciders->is_blurred |= is_blurred_before(seek, way);
	prover_read(reach_prover(seek->reach), seek->scratch, &way->frame, deciders->dead->position,
		    &condition);
	for (unsigned i = 0; i < condition.n && goes_on; i++)
		goes_on = seek_below(seek, way, condition.regions[i]);
	return goes_on;
}

struct callee_decision callee_decides(const struct reach *reach, const struct chain_reach *chain,
				      const struct dead_rule *dead, uint64_t *steps_left)
{
	struct deciders deciders = { .dead = dead,
				     .wanted = rule_decision(chain->chain, dead->rule),
				     .all_against = true };
	uint64_t given = *steps_left < STEPS ? *steps_left : STEPS;
	struct seek seek = { .reach = reach,
			     .wants = ends,
			     .found = note_decider,
			     .context = &deciders,
			     .is_complete = true,
			     .steps_left = given };
	bool knows_all;

	if (deciders.wanted == VERDICT_NONE || dead->kind == DEAD_IN_CONTEXT ||
	    dead->n_covers != 1 || dead_cover(dead, 0)->target_kind != TARGET_JUMP || !given)
		return deciders.decision;
	seek.scratch = scratch_new();
	deciders.is_blurred = is_blurred(&seek, dead->rule);
	seek_ways(&seek, chain->flow, dead->cover, look_below);
	scratch_free(seek.scratch);
	*steps_left -= given - seek.steps_left;
	knows_all = deciders.n && deciders.n < DECIDERS_MAX && seek.is_complete &&
		    deciders.n_ways < SEEK_WAYS && !chain->flow->is_open;
	deciders.decision.is_against |= knows_all && deciders.all_against;
	deciders.decision.is_all_by = knows_all && deciders.n == 1;
	if (deciders.decision.is_all_by) {
		deciders.decision.by = deciders.latest;
		deciders.decision.chain = deciders.latest_chain;
	}
	return deciders.decision;
}
