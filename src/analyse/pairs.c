/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the index of the chain for the earlier rules that meet packets of each rule.
 */
#include "analyse/pairs.h"

#include <stdlib.h>

#include "analyse/prover.h"

#define STEPS 100000u /* for one rule */

struct search {
	const struct chain *chain;
	struct prover *prover;
	struct frame frame;
	struct scratch *scratch;
	bool (*against)(const struct chain *chain, const struct rule *a, const struct rule *b);
	pairs_visit *visit;
	void *context;
};

/* Only rules with one region are compared: where there are more, neither may contain the
 * other although each region does. */
static bool compare(const struct search *search, uint32_t earlier, const struct region *later,
		    const struct rule *rule)
{
	const struct condition *condition =
		prover_condition(search->prover, search->scratch, &search->frame, earlier);
	struct pair pair = { .earlier = flow_rule(search->frame.chain, earlier), .later = rule };

	if (condition->n != 1 || condition->silent ||
	    !search->against(search->chain, pair.earlier, rule) ||
	    !region_overlaps(condition->regions[0], later) ||
	    region_contains(condition->regions[0], later))
		return false;
	pair.kind =
		region_contains(later, condition->regions[0]) ? PAIR_GENERALIZED : PAIR_CORRELATED;
	pair.shared = region_intersect(search->scratch, condition->regions[0], later);
	search->visit(search->context, &pair);
	return true;
}

static void find_earlier(const struct search *search, uint32_t position)
{
	const struct condition *condition =
		prover_condition(search->prover, search->scratch, &search->frame, position);
	uint64_t steps = STEPS;
	unsigned found = 0;
	uint32_t *list, n;

	if (condition->n != 1 || condition->silent)
		return;
	list = gather_positions(search->prover, condition->regions[0], &search->frame, 0, position,
				&steps, &n);
	for (uint32_t i = 0; i < n && found < PAIRS_MAX; i++)
		found += compare(search, list[i], condition->regions[0],
				 flow_rule(search->frame.chain, position));
	free(list);
}

void pairs_find(const struct reach *reach, const struct chain *chain,
		bool (*against)(const struct chain *chain, const struct rule *a,
				const struct rule *b),
		pairs_visit *visit, void *context)
{
	const struct chain_flow *flow = reach_of(reach, chain)->flow;
	struct search search = {
		.chain = chain,
		.prover = reach_prover(reach),
		.frame = prover_frame(reach_prover(reach), NULL, 0, flow),
		.scratch = scratch_new(),
		.against = against,
		.visit = visit,
		.context = context,
	};

	for (uint32_t i = 1; i < flow->n; i++) {
		struct scratch_mark mark = scratch_mark(search.scratch);

		if (prover_may_take(flow, i))
			find_earlier(&search, i);
		scratch_release(search.scratch, mark);
	}
	scratch_free(search.scratch);
}
