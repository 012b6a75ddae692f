/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of a text and the space that they ask about, for the tests of condition.c.
 */
#ifndef CONDITION_WORLD_H
#define CONDITION_WORLD_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "analyse/condition.h"
#include "loaded.h"

#define LEN(x) (sizeof(x) / sizeof((x)[0]))

static struct arena *arena;
static struct scratch *scratch;
static struct space *space;

static inline void set_up(void)
{
	arena = arena_new();
	scratch = scratch_new();
}

static inline void tear_down(void)
{
	scratch_free(scratch);
	arena_free(arena);
}

/* The rules in a chain of their own, and nothing wrong with them. */
static inline const struct entry *load_rules(enum family family, unsigned backends,
					     const char *rules)
{
	const struct unit *unit = load(arena, family, backends, rules);
	const struct table *table = &unit_ruleset(unit)->tables[TABLE_FILTER];

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		cr_assert_eq(diag->refuses, 0, "%s", diag->message);
	space = space_new(arena, family, backends, table);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (!strcmp(table->chains[i]->name, "RULES"))
			return table->chains[i]->first;
	}
	return NULL;
}

#define BEGIN "*filter\n:RULES - [0:0]\n"

#endif
