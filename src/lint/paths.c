/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes from the rule up to the callers, and keeps what is left of the packets.
 */
#include "lint/paths.h"

#include "analyse/condition.h"

#define PATHS_MAX  512 /* regions at built-in chains; with more, nothing is said */
#define LENGTH_MAX 32

struct walk {
	const struct reach *reach;
	struct scratch *scratch;
	path_visit *visit;
	void *context;
	unsigned n;
	struct site sites[LENGTH_MAX]; /* filled from the end */
};

static bool go_up(struct walk *walk, const struct chain_flow *chain, uint32_t position,
		  const struct region *region, unsigned first);

static bool arrive(struct walk *walk, const struct chain_flow *chain, const struct region *region,
		   unsigned first)
{
	enum hook hook = (enum hook)chain->chain->hook;
	struct path path = { hook, NULL, &walk->sites[first], LENGTH_MAX - first };

	path.region = region_intersect(walk->scratch, region, reach_hook_region(walk->reach, hook));
	if (!path.region)
		return true;
	return ++walk->n <= PATHS_MAX && walk->visit(walk->context, &path);
}

static bool go_on(struct walk *walk, const struct chain_flow *chain, const struct region *region,
		  unsigned first)
{
	if (chain->chain->hook != HOOK_NONE)
		return arrive(walk, chain, region, first);
	if (chain->is_open || chain->is_loop)
		return false;
	for (uint32_t i = 0; i < chain->n_sites; i++) {
		if (!go_up(walk, chain->sites[i].caller, chain->sites[i].position, region, first))
			return false;
	}
	return true;
}

/* Packets of REGION that meet the rule at POSITION of CHAIN. */
static bool go_up(struct walk *walk, const struct chain_flow *chain, uint32_t position,
		  const struct region *region, unsigned first)
{
	struct scratch_mark mark = scratch_mark(walk->scratch);
	struct condition condition;
	bool result = true;

	if (first == 0)
		return false;
	walk->sites[--first] = (struct site){ chain, position };
	condition_read(&condition, walk->scratch, reach_space(walk->reach), &moment_untouched,
		       flow_rule(chain, position));
	for (unsigned i = 0; i < condition.n && result; i++) {
		const struct region *both =
			region_intersect(walk->scratch, condition.regions[i], region);

		if (both)
			result = go_on(walk, chain, both, first);
	}
	scratch_release(walk->scratch, mark);
	return result && !condition.silent;
}

bool paths_each(const struct reach *reach, struct scratch *scratch, const struct chain_flow *chain,
		uint32_t position, path_visit *visit, void *context)
{
	struct walk walk = {
		.reach = reach, .scratch = scratch, .visit = visit, .context = context
	};

	return go_up(&walk, chain, position, &region_all, LENGTH_MAX);
}

bool region_is_within(const struct region *region, uint32_t variable, const struct set *set)
{
	const struct set *has = region_get(region, variable, 0);

	return has && set_contains(set, has);
}

bool region_may_be(const struct region *region, uint32_t variable, const struct set *set)
{
	const struct set *has = region_get(region, variable, 0);

	return !has || set_overlaps(has, set);
}
