/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the packets by each way to the cover, and looks for the rules behind it that end
 * their way.  What is found may happen, if nothing on the way asks for what is not
 * understood; if nothing else may happen, it surely does.
 */
#include "lint/callee.h"

#include "analyse/condition.h"
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
	bool only_first; /* packets of connections are looked at */
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

static bool is_against(const struct deciders *deciders, const struct rule *rule)
{
	enum verdict verdict = rule_verdict(rule);

	return verdict != VERDICT_NONE && verdict != deciders->wanted;
}

/* Packets of the dead rule may get to a rule that ends their way. */
static bool note_decider(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct deciders *deciders = seek->context;
	const struct rule *rule = flow_rule(way->frame.chain, way->position);

	(void)proof;
	deciders->n += rule != deciders->latest;
	deciders->latest = rule;
	deciders->latest_chain = way->frame.chain->chain;
	deciders->all_against &= is_against(deciders, rule);
	return deciders->n < DECIDERS_MAX;
}

/* They do, if they come to it. */
static bool find_opposite(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct deciders *deciders = seek->context;
	const struct rule *rule = flow_rule(way->frame.chain, way->position);

	(void)proof;
	/* of what is written nobody knows, either */
	if (!is_against(deciders, rule) || !way->is_sure || !way->frame.is_untouched ||
	    deciders->is_blurred)
		return true;
	deciders->decision.is_against = true;
	deciders->decision.by = rule;
	deciders->decision.chain = way->frame.chain->chain;
	return false;
}

/* That the rest of a connection is accepted, say, is not meant to be the opposite of a DROP. */
static const struct region *first_packets(struct scratch *scratch, const struct region *region)
{
	const struct set *new = set_range(scratch, CT_NEW, CT_NEW + (CT_SNAT | CT_DNAT));
	const struct region *first = region_with(scratch, region, VAR_STATE, 0, new);

	return first ? first : region;
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
	for (unsigned i = 0; i < condition.n && goes_on; i++) {
		const struct region *region = condition.regions[i];

		if (deciders->only_first)
			region = first_packets(seek->scratch, region);
		goes_on = seek_below(seek, way, region);
	}
	return goes_on;
}

/* All that may happen: is it the same rule, or the opposite verdict, whatever happens? */
static void look_for_all(struct seek *seek, const struct chain_reach *chain)
{
	struct deciders *deciders = seek->context;
	struct callee_decision *decision = &deciders->decision;

	seek->found = note_decider;
	seek_ways(seek, chain->flow, deciders->dead->cover, look_below);
	if (!deciders->n || deciders->n == DECIDERS_MAX || !seek->is_complete ||
	    deciders->n_ways == SEEK_WAYS || chain->flow->is_open)
		return;
	decision->is_against = deciders->all_against;
	if (deciders->n > 1)
		return;
	decision->is_all_by = true;
	decision->by = deciders->latest;
	decision->chain = deciders->latest_chain;
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
			     .context = &deciders,
			     .is_complete = true,
			     .steps_left = given };

	if (deciders.wanted == VERDICT_NONE || dead->kind == DEAD_IN_CONTEXT ||
	    dead->n_covers != 1 || dead_cover(dead, 0)->target_kind != TARGET_JUMP || !given)
		return deciders.decision;
	seek.scratch = scratch_new();
	deciders.is_blurred = is_blurred(&seek, dead->rule);
	look_for_all(&seek, chain);
	if (!deciders.decision.is_against && !deciders.decision.is_all_by && !deciders.is_blurred) {
		seek.found = find_opposite;
		deciders.only_first = true;
		seek_ways(&seek, chain->flow, dead->cover, look_below);
	}
	scratch_free(seek.scratch);
	*steps_left -= given - seek.steps_left;
	return deciders.decision;
}
