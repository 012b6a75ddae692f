/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet filters of both families, each in a process of its own, since libxtables can
 * serve only one family: this process binds nothing.  A process is started when the
 * first call for its family is made.
 */
#ifndef CMD_PEERS_H
#define CMD_PEERS_H

#include "convert/filters.h"
#include "convert/session.h"

struct peers;

struct peers_options {
	const struct source *script;
	struct session_options session; /* .from is set for each family */
	const struct source *from[2];	/* rules to begin with: IPv4, IPv6; or NULL */
};

/* OPTIONS, and what it points to, have to stay. */
struct peers *peers_new(const struct peers_options *options);

/* The calls for them; lives as long as PEERS. */
const struct filters *peers_filters(struct peers *peers);

/* Did one of the processes end by itself?  That is an internal error. */
bool peers_broken(const struct peers *peers);

/* Ends the processes. */
void peers_free(struct peers *peers);

#endif
