/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers for interfaces, so that what a pattern stands for is a range of numbers.
 *
 * Each name that rules of the table ask for has a number.  A pattern such as "eth+"
 * has one too: that of any interface whose name begins so and that no longer pattern
 * and no name of the table takes.
 */
#ifndef ANALYSE_INTERFACES_H
#define ANALYSE_INTERFACES_H

#include <stdint.h>

#include "analyse/set.h"
#include "base/arena.h"
#include "ruleset/ruleset.h"

/* There is no interface: the number of no name. */
#define INTERFACE_ABSENT 0
/* An interface that no rule of the table asks for. */
#define INTERFACE_OTHER 1

struct interfaces;

/* Of all rules of TABLE; lives in ARENA. */
struct interfaces *interfaces_new(struct arena *arena, const struct table *table);

/* How many numbers there are; INTERFACE_ABSENT is the first one. */
uint32_t interfaces_count(const struct interfaces *interfaces);

/* What NAME stands for, with a + at the end or not.  It is a name that some rule of the
 * table has; NULL for "+" and for no name: every packet. */
const struct set *interfaces_find(const struct interfaces *interfaces, const char *name);

/* The number of an interface that has this very name; any name can be asked for. */
uint32_t interfaces_number(const struct interfaces *interfaces, const char *name);

/* A name that has this number, to be shown: one of the table's, or one made up.  From ARENA;
 * NULL for INTERFACE_ABSENT, and where all names that were tried have another number. */
const char *interfaces_name(const struct interfaces *interfaces, struct arena *arena,
			    uint32_t number);

/* The name or pattern of the table that has this number, and what it stands for in *SET; NULL for
 * INTERFACE_ABSENT and INTERFACE_OTHER. */
const char *interfaces_text(const struct interfaces *interfaces, uint32_t number,
			    const struct set **set);

#endif
