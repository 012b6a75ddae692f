/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From where SSH connections come that the rules let through: the administrator's place.
 */
#ifndef LINT_CLIENT_H
#define LINT_CLIENT_H

#include "pipeline/unit.h"

struct client {
	const char *in;	 /* the interface that it comes in by */
	const char *src; /* its address */
	const char *dst; /* the host's */
};

/* Some place on the Internet, and an interface that no rule names. */
const struct client *client_default(enum family family);

/* One whose new SSH connections the rules of the unit surely accept, else whose packets of
 * connections that stand; else the default.  From ARENA. */
const struct client *client_find(struct arena *arena, const struct unit *unit);

#endif
