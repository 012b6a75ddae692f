/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects all that takes packets of a region, as regions.
 *
 * A rule that calls a chain takes the packets that meet it and that surely end inside;
 * those are the regions of the rules that end them there, without what an earlier rule
 * of that chain may send back.
 */
#include <stdlib.h>
#include <string.h>

#include "analyse/prover.h"
#include "base/alloc.h"

struct gathering {
	struct prover *prover;
	struct scratch *scratch;
	struct items *items;
	const struct region *region; /* packets that are asked for */
	struct cover cover;	     /* what is found is put down to this rule */
};

void items_free(struct items *items)
{
	free(items->list);
	*items = (struct items){ 0 };
}

static void add_item(struct gathering *to, const struct region *region,
		     const struct exclusion *exclusions)
{
	struct items *items = to->items;

	if (items->n == items->capacity) {
		items->capacity = items->capacity ? items->capacity * 2 : 64;
		items->list = alloc_resize(items->list, items->capacity * sizeof(*items->list));
	}
	items->list[items->n++] = (struct item){ region, exclusions, to->cover, false, false };
}

/* ---- positions of rules that may meet the region ---- */

struct asked {
	struct packets packets;
	const struct prover *prover;
	const struct region *region;
	const struct frame *frame;
};

static bool bounds(const struct packets *packets, uint32_t variable, uint32_t written, wide *low,
		   wide *high)
{
	const struct asked *asked = (const struct asked *)packets;
	unsigned fields = space_reads(asked->prover->space, variable);
	const struct set *set =
		region_get(asked->region, variable, frame_version(asked->frame, fields, written));

	if (!set)
		return false;
	*low = set_low(set);
	*high = set_high(set);
	return true;
}

struct positions {
	const bool *dead; /* by position; NULL: none */
	uint64_t *steps_left;
	uint32_t *list;
	uint32_t n, capacity;
};

static bool collect_position(void *context, uint32_t position)
{
	struct positions *positions = context;

	if (positions->dead && positions->dead[position])
		return true;
	if (!*positions->steps_left)
		return false;
	--*positions->steps_left;
	if (positions->n == positions->capacity) {
		positions->capacity = positions->capacity ? positions->capacity * 2 : 32;
		positions->list = alloc_resize(positions->list,
					       positions->capacity * sizeof(*positions->list));
	}
	positions->list[positions->n++] = position;
	return true;
}

static int by_position(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t *gather_positions(struct prover *prover, const struct region *region,
			   const struct frame *frame, uint32_t from, uint32_t limit,
			   uint64_t *steps_left, uint32_t *n)
{
	struct positions positions = {
		.dead = prover->dead[frame->chain->number],
		.steps_left = steps_left,
	};
	struct asked asked = {
		.packets = { .bounds = bounds },
		.prover = prover,
		.region = region,
		.frame = frame,
	};

	rule_index_find(prover_index(prover, frame->chain), &asked.packets, from, limit,
			collect_position, &positions);
	if (positions.n > 1)
		qsort(positions.list, positions.n, sizeof(*positions.list), by_position);
	*n = positions.n;
	return positions.list;
}

/* ---- a chain that is called ---- */

static void gather_called(struct gathering *gathering, const struct region *base,
			  const struct exclusion *outer, const struct frame *frame);

/* What ends in the chain that the rule calls, of the packets of REGION. */
static void gather_call(struct gathering *gathering, const struct region *region,
			const struct exclusion *exclusions, const struct frame *frame,
			uint32_t position)
{
	struct frame *callee = scratch_alloc(gathering->scratch, sizeof(*callee));

	if (!prover_call(gathering->prover, frame, position, callee))
		return;
	if (gathering->prover->ends_all[callee->chain->number])
		add_item(gathering, region, exclusions);
	else
		gather_called(gathering, region, exclusions, callee);
}

/* The packets of BASE that meet one of the condition's regions, if any is asked for. */
static const struct region *part(const struct gathering *gathering, const struct region *base,
				 const struct region *region)
{
	const struct region *both;

	if (!region_overlaps(region, gathering->region))
		return NULL;
	both = region_intersect(gathering->scratch, base, region);
	return both && region_overlaps(both, gathering->region) ? both : NULL;
}

static const struct exclusion *exclude(struct gathering *gathering, const struct region *region,
				       const struct exclusion *next)
{
	struct exclusion *exclusion = scratch_alloc(gathering->scratch, sizeof(*exclusion));

	*exclusion = (struct exclusion){ next, region };
	return exclusion;
}

/* Of the packets of REGION, those that may come back from the chain that the rule leaves for. */
static const struct exclusion *exclude_left(struct gathering *gathering,
					    const struct region *region,
					    const struct exclusion *next, const struct frame *frame,
					    uint32_t position)
{
	struct frame *callee = scratch_alloc(gathering->scratch, sizeof(*callee));
	struct rest rest = { .max = REST_MAX };

	if (!prover_call(gathering->prover, frame, position, callee))
		return exclude(gathering, region, next);
	if (gathering->prover->ends_all[callee->chain->number])
		return next;
	if (find_rest(gathering->prover, gathering->scratch, region, callee, &rest) ==
		    PROVED_UNKNOWN ||
	    rest.n == REST_MAX)
		return exclude(gathering, region, next);
	for (unsigned i = 0; i < rest.n; i++)
		next = exclude(gathering, rest.list[i], next);
	return next;
}

/* The packets that the rule takes for certain. */
static void gather_rule(struct gathering *gathering, const struct region *region,
			const struct exclusion *outer, const struct frame *frame, uint32_t position)
{
	enum role role = frame->chain->roles[position];

	if (role == ROLE_ENDS)
		add_item(gathering, region, outer);
	else if (role == ROLE_CALLS || role == ROLE_LEAVES)
		gather_call(gathering, region, outer, frame, position);
}

/* The packets that it may send back. */
static const struct exclusion *exclude_rule(struct gathering *gathering,
					    const struct region *region,
					    const struct exclusion *outer,
					    const struct frame *frame, uint32_t position)
{
	switch ((enum role)frame->chain->roles[position]) {
	case ROLE_RETURNS:
	case ROLE_UNKNOWN:
		return exclude(gathering, region, outer);
	case ROLE_LEAVES:
		return exclude_left(gathering, region, outer, frame, position);
	default:
		return outer;
	}
}

static void gather_called(struct gathering *gathering, const struct region *base,
			  const struct exclusion *outer, const struct frame *frame)
{
	const struct region *asked = region_intersect(gathering->scratch, base, gathering->region);
	uint32_t *at, n;

	if (!asked)
		return;
	at = gather_positions(gathering->prover, asked, frame, 0, frame->chain->n,
			      &gathering->items->steps_left, &n);
	for (uint32_t i = 0; i < n; i++) {
		const struct condition *condition =
			prover_condition(gathering->prover, gathering->scratch, frame, at[i]);
		const struct exclusion *after = outer;

		for (unsigned j = 0; j < condition->n; j++) {
			const struct region *region = part(gathering, base, condition->regions[j]);

			if (!region)
				continue;
			if (condition->sure)
				gather_rule(gathering, region, outer, frame, at[i]);
			after = exclude_rule(gathering, region, after, frame, at[i]);
		}
		outer = after;
	}
	free(at);
}

/* ---- the walk itself ---- */

void gather(struct prover *prover, struct scratch *scratch, struct items *items,
	    const struct region *region, const struct frame *frame, uint32_t limit, uint32_t walk)
{
	struct gathering gathering = { prover, scratch, items, region, { walk, 0 } };
	uint32_t n;
	uint32_t *at = gather_positions(prover, region, frame, 0, limit, &items->steps_left, &n);

	for (uint32_t i = 0; i < n; i++) {
		enum role role = frame->chain->roles[at[i]];
		const struct condition *condition;

		if (role == ROLE_UNKNOWN)
			continue;
		gathering.cover.position = at[i];
		condition = prover_condition(prover, scratch, frame, at[i]);
		for (unsigned j = 0; j < condition->n && condition->sure; j++) {
			if (!region_overlaps(condition->regions[j], region))
				continue;
			if (role == ROLE_CALLS)
				gather_call(&gathering, condition->regions[j], NULL, frame, at[i]);
			else
				add_item(&gathering, condition->regions[j], NULL);
		}
	}
	free(at);
}

void gather_ends(struct prover *prover, struct scratch *scratch, struct items *items,
		 const struct region *region, const struct frame *frame)
{
	struct gathering gathering = { prover, scratch, items, region, { 0, 0 } };

	gather_called(&gathering, &region_all, NULL, frame);
}
