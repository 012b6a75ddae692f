/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways of calls from a built-in chain to a rule, and which packets may meet the rule by
 * each of them: what the calls and the rule itself ask for, whatever earlier rules take.
 */
#ifndef LINT_PATHS_H
#define LINT_PATHS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/reach.h"

struct path {
	enum hook hook;
	const struct region *region; /* one of several, maybe; with what the hook says */
	/* The rules on the way, the first one in the built-in chain, the last one the rule. */
	const struct site *sites;
	unsigned n_sites;
};

/* False: no more are wanted. */
typedef bool path_visit(void *context, const struct path *path);

/*
 * Regions live in SCRATCH until the visit is over.  False: not all were visited, since there
 * are too many, a chain on the way is not known well enough, or the visitor has stopped.
 */
bool paths_each(const struct reach *reach, struct scratch *scratch, const struct chain_flow *chain,
		uint32_t position, path_visit *visit, void *context);

/* Is the variable nothing but members of SET in the region? */
bool region_is_within(const struct region *region, uint32_t variable, const struct set *set);

/* May the variable be a member of SET in the region? */
bool region_may_be(const struct region *region, uint32_t variable, const struct set *set);

#endif
