/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two filter tables, aligned and compared, for the tests of compare/.
 */
#ifndef COMPARE_WORLD_H
#define COMPARE_WORLD_H

#include <criterion/criterion.h>
#include <string.h>

#include "compare/compare.h"
#include "loaded.h"

#define FILTER(lines) "*filter\n" lines "COMMIT\n"

struct compare_world {
	struct arena *arena;
	const struct unit *units[N_SIDES];
	struct compared compared[N_SIDES];
};

static inline struct compare_world compare_world_new(const char *old, const char *new)
{
	struct compare_world world = { .arena = arena_new() };
	const char *const texts[N_SIDES] = { old, new };

	for (unsigned side = 0; side < N_SIDES; side++) {
		const struct unit *unit = load(world.arena, FAMILY_IPV4, BACKEND_BOTH, texts[side]);

		cr_assert_eq(unit->refused_by, 0, "%s", texts[side]);
		world.units[side] = unit;
		world.compared[side].unit = unit;
		world.compared[side].table = &unit->legacy->tables[TABLE_FILTER];
	}
	return world;
}

/* The pair of the chain with that name; NULL: it has none. */
static inline const struct pair *find_pair(const struct alignment *alignment, enum side side,
					   const char *name)
{
	for (uint32_t i = 0; i < alignment->flow->n; i++) {
		const struct chain_flow *chain = &alignment->flow->chains[i];

		if (side_of(alignment, chain) == side && !strcmp(chain->chain->name, name))
			return alignment->pairs[i];
	}
	cr_assert_fail("no chain %s", name);
	return NULL;
}

#endif
