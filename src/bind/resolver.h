/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who knows the addresses of host names, where the user has asked for that.
 */
#ifndef BIND_RESOLVER_H
#define BIND_RESOLVER_H

#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

/* A host name of a line, and the addresses that were taken for it. */
struct pin {
	struct pin *next;
	const struct command *command;
	const char *name;
	const union address *addresses;
	size_t n;
};

struct resolver {
	/* The addresses of NAME, each once and in order, from ARENA; their number, 0: none. */
	size_t (*find)(void *context, struct arena *arena, const char *name, enum family family,
		       union address **addresses);
	void *context;
	struct pin *first; /* in the order of the file */
	struct pin **last;
};

/* Asks for the addresses, and keeps what COMMAND got; NULL: none. */
const struct pin *resolver_pin(struct resolver *resolver, struct arena *arena,
			       const struct command *command, const char *name, enum family family);

#endif
