/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk down the chains with a region that is never cut at rules which take a part of it:
 * what such a rule does may happen, and the whole region goes on.
 */
#include "lint/fate.h"

#include "analyse/condition.h"

struct walk {
	struct fate *fate;
	const struct reach *reach;
	struct scratch *scratch;
	fate_judge *judge;
};

/* Do packets come back from the chain? */
enum way_back {
	BACK_NONE, /* surely none */
	BACK_SOME,
};

enum fate_end fate_of_verdict(const struct rule *rule)
{
	switch (rule_verdict(rule)) {
	case VERDICT_ACCEPT:
		return FATE_YES;
	case VERDICT_DROP:
		return FATE_NO;
	default:
		return FATE_EITHER;
	}
}

static void add_end(struct walk *walk, enum fate_end end)
{
	walk->fate->may_yes |= end != FATE_NO;
	walk->fate->may_no |= end != FATE_YES;
}

static enum way_back go_through(struct walk *walk, const struct chain_flow *chain,
				const struct region *region);

/* What a rule does with those of the packets that it may take; TAKES_ALL: with all of them.
 * True: none of them comes to the next rule, and *BACK says whether any goes back. */
static bool meet(struct walk *walk, const struct chain_flow *chain, uint32_t position,
		 const struct region *region, bool takes_all, enum way_back *back)
{
	const struct chain_flow *callee;
	enum way_back inner;

	switch ((enum role)chain->roles[position]) {
	case ROLE_GOES_ON:
		return false;
	case ROLE_ENDS:
		add_end(walk, walk->judge(flow_rule(chain, position)));
		return takes_all;
	case ROLE_RETURNS:
		*back = BACK_SOME;
		return takes_all;
	case ROLE_CALLS:
	case ROLE_LEAVES:
		callee = flow_callee(chain, position);
		if (!callee)
			add_end(walk, FATE_EITHER);
		inner = callee ? go_through(walk, callee, region) : BACK_SOME;
		if (chain->roles[position] == ROLE_LEAVES) {
			if (inner == BACK_SOME)
				*back = BACK_SOME;
			return takes_all;
		}
		return takes_all && inner == BACK_NONE;
	case ROLE_UNKNOWN:
		break;
	}
	add_end(walk, FATE_EITHER);
	*back = BACK_SOME;
	return false;
}

static enum way_back go_through(struct walk *walk, const struct chain_flow *chain,
				const struct region *region)
{
	enum way_back back = BACK_NONE;

	if (chain->is_opaque)
		add_end(walk, FATE_EITHER);
	for (uint32_t i = 0; i < chain->n; i++) {
		struct scratch_mark mark = scratch_mark(walk->scratch);
		const struct region *only = NULL;
		struct condition condition;
		unsigned n_met = 0;
		bool takes_all = false, is_over = false;

		if (walk->fate->may_yes && walk->fate->may_no)
			return BACK_SOME; /* there is nothing more to learn */
		if (walk->fate->budget == 0) {
			add_end(walk, FATE_EITHER);
			return BACK_SOME;
		}
		walk->fate->budget--;
		condition_read(&condition, walk->scratch, reach_space(walk->reach),
			       &moment_untouched, flow_rule(chain, i));
		for (unsigned j = 0; j < condition.n && !takes_all; j++) {
			const struct region *both =
				region_intersect(walk->scratch, region, condition.regions[j]);

			if (!both)
				continue;
			n_met++;
			only = both;
			takes_all = condition.sure && region_contains(condition.regions[j], region);
		}
		if (condition.silent)
			add_end(walk, FATE_EITHER);
		if (n_met)
			is_over =
				meet(walk, chain, i, n_met == 1 ? only : region, takes_all, &back);
		scratch_release(walk->scratch, mark);
		if (is_over)
			return back;
	}
	return BACK_SOME;
}

void fate_follow(struct fate *fate, const struct reach *reach, struct scratch *scratch,
		 enum hook hook, const struct region *region, fate_judge *judge,
		 enum fate_end at_end)
{
	struct walk walk = { fate, reach, scratch, judge };
	const struct chain *chain = table_hook_chain(reach_flow(reach)->table, hook);

	region = region_intersect(scratch, region, reach_hook_region(reach, hook));
	if (!region)
		return;
	if (!chain || go_through(&walk, reach_of(reach, chain)->flow, region) == BACK_SOME)
		add_end(&walk, at_end);
}

void fate_of_packets(struct fate *fate, const struct reach *reach, struct scratch *scratch,
		     enum hook hook, const struct region *region)
{
	const struct chain *chain = table_hook_chain(reach_flow(reach)->table, hook);

	fate_follow(fate, reach, scratch, hook, region, fate_of_verdict,
		    !chain || chain->policy == VERDICT_ACCEPT ? FATE_YES : FATE_NO);
}
