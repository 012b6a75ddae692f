/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the packets of a rule down the rest of its chain, as if the rule were not
 * there.  From the end of the chain up, so that what is redundant is left out for those
 * before it.
 */
#include "analyse/redundant.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/prover.h"

#define PROBES	   8
#define PIECES_MAX 64
#define STEPS	   20000u    /* later rules looked at for one rule */
#define STEPS_ALL  20000000u /* ... and for all of a chain */

struct search {
	const struct reach *reach;
	struct prover *prover;
	const struct chain_flow *chain;
	struct frame frame;
	struct scratch *scratch;
	bool *ignored; /* by position: dead or redundant */
	/* Rules after which packets go on, but that may do something. */
	uint32_t *passing;
	uint32_t n_passing;
	/* Rules that do not simply accept, and such as do not simply drop. */
	uint32_t *others[2];
	uint32_t n_others[2];
	uint64_t steps_left; /* for the whole chain */
	struct redundant found;
	/* While one rule is looked at: what no later rule has taken yet. */
	const struct region *pieces[PIECES_MAX];
	unsigned n_pieces;
	bool is_too_much;
};

static bool decide_alike(const struct rule *a, const struct rule *b)
{
	if (a->target_kind != b->target_kind)
		return false;
	if (a->target_kind == TARGET_VERDICT)
		return a->verdict == b->verdict;
	return a->target_kind == TARGET_EXTENSION &&
	       !strcmp(a->to.extension->text, b->to.extension->text);
}

static const struct condition *read_rule(struct search *search, uint32_t position)
{
	return prover_condition(search->prover, search->scratch, &search->frame, position);
}

/* A LOG and the verdict on what it has logged belong together. */
static bool follows_its_log(struct search *search, uint32_t position,
			    const struct condition *condition)
{
	const struct condition *before;
	const struct rule *rule;

	if (!position || search->chain->roles[position - 1] != ROLE_GOES_ON)
		return false;
	rule = flow_rule(search->chain, position - 1);
	if (rule->target_kind != TARGET_EXTENSION)
		return false;
	before = read_rule(search, position - 1);
	return before->n == 1 && condition->n == 1 &&
	       region_contains(condition->regions[0], before->regions[0]);
}

static void keep_piece(void *context, const struct region *piece)
{
	struct search *search = context;

	if (search->n_pieces == PIECES_MAX)
		search->is_too_much = true;
	else
		search->pieces[search->n_pieces++] = piece;
}

static bool touches(const struct search *search, const struct condition *condition)
{
	for (unsigned i = 0; i < search->n_pieces; i++) {
		for (unsigned j = 0; j < condition->n; j++) {
			if (region_overlaps(search->pieces[i], condition->regions[j]))
				return true;
		}
	}
	return false;
}

/* Takes what meets the rule away from the pieces. */
static void take(struct search *search, const struct condition *condition)
{
	for (unsigned j = 0; j < condition->n; j++) {
		const struct region *before[PIECES_MAX];
		unsigned n = search->n_pieces;

		memcpy(before, search->pieces, n * sizeof(before[0]));
		search->n_pieces = 0;
		for (unsigned i = 0; i < n; i++)
			region_subtract(search->scratch, search->prover->space, before[i],
					condition->regions[j], keep_piece, search);
	}
}

/* The next rule; false if the packets get another fate there, or it is not known. */
static bool pass(struct search *search, const struct rule *rule, uint32_t position)
{
	const struct rule *later = flow_rule(search->chain, position);
	const struct condition *condition = read_rule(search, position);
	struct redundant *found = &search->found;

	if (!touches(search, condition))
		return true;
	if (!condition->sure || !decide_alike(rule, later))
		return false;
	take(search, condition);
	if (found->n_listed < COVERS_MAX)
		found->covers[found->n_listed++] = later;
	found->n_covers++;
	return !search->is_too_much;
}

/* Goes on with the rules of two rising lists, until nothing is left. */
static bool pass_all(struct search *search, const struct rule *rule, const uint32_t *taking,
		     uint32_t n_taking, uint32_t after)
{
	uint32_t i = 0, j = 0;

	while (j < search->n_passing && search->passing[j] <= after)
		j++;
	while (search->n_pieces && (i < n_taking || j < search->n_passing)) {
		bool first =
			i < n_taking && (j == search->n_passing || taking[i] < search->passing[j]);
		uint32_t position = first ? taking[i++] : search->passing[j++];

		if (!search->steps_left)
			return false;
		search->steps_left--;
		if (!search->ignored[position] && !pass(search, rule, position))
			return false;
	}
	return true;
}

/* Does the policy decide as the rule does on what is left at the end? */
static bool policy_is_alike(const struct search *search, const struct rule *rule)
{
	const struct chain *chain = search->chain->chain;

	return chain->hook != HOOK_NONE && chain->policy_declared &&
	       chain->host_rules == HOST_RULES_NONE && rule->target_kind == TARGET_VERDICT &&
	       rule->verdict == chain->policy;
}

/* Is there no rule between the two that does something else with packets of the region? */
static bool nothing_between(struct search *search, const struct rule *rule, uint32_t position,
			    uint32_t limit, const struct region *region)
{
	bool drops = rule->target_kind == TARGET_VERDICT && rule->verdict == VERDICT_DROP;
	const uint32_t *list = search->others[drops];
	uint32_t low = 0, high = search->n_others[drops];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list[middle] <= position)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < search->n_others[drops] && list[low] < limit; low++) {
		const struct condition *condition;

		if (!search->steps_left)
			return false;
		search->steps_left--;
		if (search->ignored[list[low]])
			continue;
		condition = read_rule(search, list[low]);
		for (unsigned i = 0; i < condition->n; i++) {
			if (region_overlaps(condition->regions[i], region))
				return false;
		}
	}
	return true;
}

static bool takes_whole(struct search *search, uint32_t position, const struct region *region)
{
	const struct condition *condition = read_rule(search, position);

	return condition->sure && condition->n == 1 &&
	       region_contains(condition->regions[0], region);
}

enum need {
	NEEDED,
	NOT_NEEDED,
	NEED_UNKNOWN,
};

/* What single packets of the rule show: that it is needed, or that one later rule takes all. */
static enum need probe_need(struct search *search, const struct rule *rule, uint32_t position,
			    const struct region *region)
{
	for (unsigned choice = 0; choice < PROBES; choice++) {
		struct probe probe;
		uint32_t next;

		probe_make(&probe, search->prover, search->scratch, region, choice);
		next = probe_next(&probe, &search->frame, position + 1, search->ignored);
		if (next == NO_COVER) {
			if (policy_is_alike(search, rule))
				continue;
			return NEEDED;
		}
		if (!decide_alike(rule, flow_rule(search->chain, next)))
			return NEEDED;
		if (takes_whole(search, next, region)) {
			if (!nothing_between(search, rule, position, next, region))
				return NEEDED;
			search->found.covers[0] = flow_rule(search->chain, next);
			search->found.n_covers = search->found.n_listed = 1;
			return NOT_NEEDED;
		}
	}
	return NEED_UNKNOWN;
}

static bool is_redundant(struct search *search, uint32_t position)
{
	const struct rule *rule = flow_rule(search->chain, position);
	const struct condition *condition = read_rule(search, position);
	const struct region *region;
	uint64_t steps = STEPS;
	uint32_t *taking, n;
	enum need need;
	bool result;

	/* a last rule for all that is left says openly what the policy says too */
	if (!condition->sure || condition->n != 1 || condition_is_everything(condition))
		return false;
	region = condition->regions[0];
	if (search->chain->chain->hook != HOOK_NONE)
		region = region_intersect(
			search->scratch, region,
			reach_hook_region(search->reach, (enum hook)search->chain->chain->hook));
	if (!region)
		return false;
	prover_allow_visits(search->prover);
	search->found.rule = rule;
	search->found.n_covers = search->found.n_listed = 0;
	need = probe_need(search, rule, position, region);
	if (need == NEEDED || follows_its_log(search, position, condition))
		return false;
	if (need == NOT_NEEDED)
		return true;
	search->pieces[0] = region;
	search->n_pieces = 1;
	search->is_too_much = false;
	taking = gather_positions(search->prover, region, &search->frame, position + 1,
				  search->chain->n, &steps, &n);
	result = steps && pass_all(search, rule, taking, n, position) &&
		 (!search->n_pieces || policy_is_alike(search, rule));
	free(taking);
	return result;
}

/* Does it only give this verdict, without a match that keeps count? */
static bool simply(struct search *search, const struct rule *rule, enum verdict verdict)
{
	if (rule->unbound || rule->target_kind != TARGET_VERDICT || rule->verdict != verdict)
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (space_know(search->prover->space, match)->facts->answer == ANSWER_FREE)
			return false;
	}
	return true;
}

/*
 * What is known from the proof that the rule is alive: where its packet comes to next.  A
 * rule that takes every packet is not only a candidate.
 */
static bool may_be_redundant(const struct search *search, const struct chain_reach *reach,
			     uint32_t position)
{
	const struct rule *rule = flow_rule(search->chain, position), *later;
	uint32_t next = reach->next ? reach->next[position] : NO_COVER;

	if (next == NO_COVER || next >= search->chain->n)
		return policy_is_alike(search, rule);
	later = flow_rule(search->chain, next);
	return !rule_matches_all(later) || decide_alike(rule, later);
}

static void note_others(struct search *search, const struct chain_reach *reach)
{
	for (uint32_t i = 0; i < search->chain->n; i++) {
		const struct rule *rule = flow_rule(search->chain, i);

		if (!prover_may_take(search->chain, i))
			search->passing[search->n_passing++] = i;
		if (!simply(search, rule, VERDICT_ACCEPT))
			search->others[0][search->n_others[0]++] = i;
		if (!simply(search, rule, VERDICT_DROP))
			search->others[1][search->n_others[1]++] = i;
	}
	for (const struct dead_rule *dead = reach->dead; dead; dead = dead->next)
		search->ignored[dead->position] = true;
}

void redundant_find(const struct reach *reach, const struct chain *chain, redundant_visit *visit,
		    void *context)
{
	const struct chain_reach *of = reach_of(reach, chain);
	struct arena *arena = arena_new();
	struct search search = {
		.reach = reach,
		.prover = reach_prover(reach),
		.chain = of->flow,
		.scratch = scratch_new(),
		.ignored = arena_alloc(arena, of->flow->n + 1),
		.passing = arena_alloc(arena, (of->flow->n + 1) * sizeof(uint32_t)),
		.others = { arena_alloc(arena, (of->flow->n + 1) * sizeof(uint32_t)),
			    arena_alloc(arena, (of->flow->n + 1) * sizeof(uint32_t)) },
		.steps_left = STEPS_ALL,
	};

	search.frame = prover_frame(search.prover, NULL, 0, of->flow);
	note_others(&search, of);
	for (uint32_t i = of->flow->n; i-- > 0;) {
		struct scratch_mark mark = scratch_mark(search.scratch);

		if (of->flow->roles[i] == ROLE_ENDS && !search.ignored[i] &&
		    rule_verdict(flow_rule(of->flow, i)) != VERDICT_NONE &&
		    may_be_redundant(&search, of, i) && is_redundant(&search, i)) {
			search.ignored[i] = true;
			visit(context, &search.found);
		}
		scratch_release(search.scratch, mark);
	}
	scratch_free(search.scratch);
	arena_free(arena);
}
