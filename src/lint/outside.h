/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of somebody whom the rules do not know: from an address that they do not name, by
 * an interface that leads to the world.
 */
#ifndef LINT_OUTSIDE_H
#define LINT_OUTSIDE_H

#include "analyse/reach.h"
#include "pipeline/unit.h"

struct outside {
	const struct set *source;     /* one address, which no network in the rules has */
	const struct set *target;     /* any that can be sent to from anywhere */
	const struct set *interfaces; /* where such packets come in */
	bool is_guess;		      /* nothing in the file says that these lead to the world */
	const struct set *not_lo;     /* all other interfaces */
	const struct set *fresh;      /* new connections */
};

/* Of the rules of one table; lives in UNIT's arena. */
void outside_find(struct outside *outside, const struct unit *unit, const struct reach *reach);

/* All interfaces but lo. */
const struct set *outside_not_lo(const struct unit *unit, const struct reach *reach);

/* Of the packets of REGION, those of new connections from outside; NULL: there are none. */
const struct region *outside_of(const struct outside *outside, struct scratch *scratch,
				const struct region *region);

/* The same, wherever they are sent to, and by all interfaces but lo where it is a guess which of
 * them lead to the world. */
const struct region *outside_any(const struct outside *outside, struct scratch *scratch,
				 const struct region *region);

/* As outside_of(), but where the region leaves none of them, it stays as it is. */
const struct region *outside_prefer(const struct outside *outside, struct scratch *scratch,
				    const struct region *region);

/* Does the region hang on matches that are not understood, but for such as say that the packet
 * is for this host? */
bool region_has_opaque(const struct space *space, const struct region *region);

/* ... on any of them. */
bool region_has_literals(const struct region *region);

/* Would nobody call it the interface to the world: lo, or one that programs make? */
bool interface_is_inside(const char *name);

#endif
