/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares each box with each other one, until nothing can be put together any more.
 */
#include "compare/boxes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void boxes_add(struct boxes *boxes, const struct region *region, bool is_part)
{
	if (boxes->n == boxes->capacity) {
		boxes->capacity = boxes->capacity ? boxes->capacity * 2 : 16;
		boxes->list = alloc_resize(boxes->list, boxes->capacity * sizeof(*boxes->list));
	}
	boxes->list[boxes->n++] = (struct box){ region, 0, is_part };
}

static bool same_set(const struct set *a, const struct set *b)
{
	return a->mask == b->mask && a->value == b->value && a->n == b->n &&
	       !memcmp(a->ranges, b->ranges, a->n * sizeof(a->ranges[0]));
}

/* The only variable about which they differ, as its number in both; -1: there are several, or
 * one asks for what the other does not. */
static int only_difference(const struct region *a, const struct region *b)
{
	int at = -1;

	if (a->n != b->n)
		return -1;
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->constraints[i].variable != b->constraints[i].variable ||
		    a->constraints[i].version != b->constraints[i].version)
			return -1;
		if (same_set(a->constraints[i].set, b->constraints[i].set))
			continue;
		if (at >= 0)
			return -1;
		at = (int)i;
	}
	return at;
}

/* Both together, or NULL if that is no box. */
static const struct region *unite(struct scratch *keep, struct scratch *scratch,
				  const struct space *space, const struct region *a,
				  const struct region *b)
{
	int at = only_difference(a, b);
	const struct set *sets[2];
	struct range *ranges;
	struct region *both;

	if (at < 0)
		return NULL;
	sets[0] = a->constraints[at].set;
	sets[1] = b->constraints[at].set;
	if (sets[0]->mask || sets[1]->mask)
		return NULL;
	ranges = scratch_alloc(scratch, (sets[0]->n + sets[1]->n) * sizeof(*ranges));
	memcpy(ranges, sets[0]->ranges, sets[0]->n * sizeof(*ranges));
	memcpy(ranges + sets[0]->n, sets[1]->ranges, sets[1]->n * sizeof(*ranges));
	both = scratch_alloc(scratch, sizeof(*a) + a->n * sizeof(a->constraints[0]));
	memcpy(both, a, sizeof(*a) + a->n * sizeof(a->constraints[0]));
	both->constraints[at].set = set_of(scratch, ranges, sets[0]->n + sets[1]->n);
	if (set_contains(both->constraints[at].set,
			 space_domain(space, both->constraints[at].variable))) {
		both->n--;
		memmove(&both->constraints[at], &both->constraints[at + 1],
			(both->n - (uint32_t)at) * sizeof(both->constraints[0]));
	}
	return region_copy(keep, both);
}

void boxes_merge(struct boxes *boxes, struct scratch *keep, const struct space *space)
{
	struct scratch *scratch = scratch_new();
	bool is_changed = true;

	while (is_changed) {
		is_changed = false;
		for (unsigned i = 0; i < boxes->n; i++) {
			for (unsigned j = i + 1; j < boxes->n; j++) {
				struct scratch_mark mark = scratch_mark(scratch);
				const struct region *both =
					boxes->list[i].is_part || boxes->list[j].is_part
						? NULL
						: unite(keep, scratch, space, boxes->list[i].region,
							boxes->list[j].region);

				scratch_release(scratch, mark);
				if (!both)
					continue;
				boxes->list[i].region = both;
				boxes->list[j--] = boxes->list[--boxes->n];
				is_changed = true;
			}
		}
	}
	scratch_free(scratch);
}

static double size_of(const struct space *space, const struct region *region)
{
	double size = 1;

	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i];

		size *= set_size(each->set) / set_size(space_domain(space, each->variable));
	}
	return size;
}

static int by_size(const void *a, const void *b)
{
	double x = ((const struct box *)a)->size, y = ((const struct box *)b)->size;

	return (x < y) - (x > y);
}

void boxes_sort(struct boxes *boxes, const struct space *space)
{
	for (unsigned i = 0; i < boxes->n; i++)
		boxes->list[i].size = size_of(space, boxes->list[i].region);
	if (boxes->n)
		qsort(boxes->list, boxes->n, sizeof(*boxes->list), by_size);
}
