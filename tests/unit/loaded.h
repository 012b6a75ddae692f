/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit made of a text by all the stages, for tests of what comes behind them.
 */
#ifndef TESTS_UNIT_LOADED_H
#define TESTS_UNIT_LOADED_H

#include <string.h>

#include "bind/bind.h"
#include "pipeline/unit.h"

/* Of one family in each test: a process has one binder. */
static inline struct unit *load(struct arena *arena, enum family family, unsigned backends,
				const char *text)
{
	const struct unit_options options = { .tools.backends = backends };

	return unit_load(arena, source_new(arena, "test", text, strlen(text)), binder_get(family),
			 &options);
}

#endif
