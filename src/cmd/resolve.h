/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option --resolve: names are looked up, by the resolver of this host or in a file.
 */
#ifndef CMD_RESOLVE_H
#define CMD_RESOLVE_H

#include "bind/resolver.h"
#include "cmd/options.h"

/* NULL without the option, or after a complaint (*OK false). */
struct resolver *resolve_new(struct arena *arena, const struct options *options, bool *ok);

/*
 * Makes the comment lines of compile, "# iptlint: resolved NAME = ADDRESS, ADDRESS": what was
 * looked up for a line, when it is asked for first; else NULL.
 */
struct pin_comments;
struct pin_comments *pin_comments_new(struct arena *arena, const struct resolver *resolver,
				      enum family family);
const char *pin_comments_take(void *comments, const struct statement *origin);

#endif
