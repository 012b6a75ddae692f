/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boxes: regions that have no packets in common, put together to few, and sorted.
 *
 * Knows nothing of where they come from.
 */
#ifndef COMPARE_BOXES_H
#define COMPARE_BOXES_H

#include "compare/compare.h"

struct boxes {
	struct box *list; /* to be given back with free() */
	unsigned n, capacity;
};

void boxes_add(struct boxes *boxes, const struct region *region, bool is_part);

/* Puts boxes together that differ in one variable only; what is new lives in KEEP. */
void boxes_merge(struct boxes *boxes, struct scratch *keep, const struct space *space);

/* The largest first. */
void boxes_sort(struct boxes *boxes, const struct space *space);

#endif
