/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes one after the other away, and goes on with each piece that is left.
 */
#include "compare/rest.h"

#define DEPTH_MAX 2000 /* of regions that cut the same piece: the C stack ends somewhere */

struct cutting {
	struct scratch *scratch;
	const struct space *space;
	uint64_t *steps;
	rest_visit *visit;
	void *context;
	enum rest_end end;
	const struct taken *next; /* to be taken from the pieces of a subtraction */
	unsigned depth;
};

const struct taken *taken_with(struct scratch *scratch, const struct taken *before,
			       const struct region *region)
{
	struct taken *taken = scratch_alloc(scratch, sizeof(*taken));

	taken->before = before;
	taken->region = region;
	return taken;
}

static void cut(struct cutting *cutting, const struct region *piece, const struct taken *taken);

static void cut_further(void *context, const struct region *piece)
{
	struct cutting *cutting = context;
	const struct taken *next = cutting->next;

	if (cutting->end != REST_ALL)
		return;
	cutting->depth++;
	cut(cutting, piece, next);
	cutting->depth--;
	cutting->next = next;
}

static void cut(struct cutting *cutting, const struct region *piece, const struct taken *taken)
{
	struct scratch_mark mark = scratch_mark(cutting->scratch);

	while (taken && *cutting->steps && !region_overlaps(taken->region, piece)) {
		--*cutting->steps;
		taken = taken->before;
	}
	if (!*cutting->steps || cutting->depth == DEPTH_MAX) {
		cutting->end = REST_UNKNOWN;
		return;
	}
	--*cutting->steps;
	if (!taken) {
		if (!cutting->visit(cutting->context, piece))
			cutting->end = REST_STOPPED;
		return;
	}
	cutting->next = taken->before;
	region_subtract(cutting->scratch, cutting->space, piece, taken->region, cut_further,
			cutting);
	scratch_release(cutting->scratch, mark);
}

enum rest_end rest_pieces(struct scratch *scratch, const struct space *space,
			  const struct region *region, const struct taken *taken, uint64_t *steps,
			  rest_visit *visit, void *context)
{
	struct cutting cutting = {
		.scratch = scratch,
		.space = space,
		.steps = steps,
		.visit = visit,
		.context = context,
		.end = REST_ALL,
	};

	cut(&cutting, region, taken);
	return cutting.end;
}

bool rest_is_plainly_empty(const struct region *region, const struct taken *taken, uint64_t *steps)
{
	for (; taken && *steps; taken = taken->before) {
		--*steps;
		if (region_contains(taken->region, region))
			return true;
	}
	return false;
}
