/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a kind of packet denied by a built-in chain of filter, whatever else is true of it?
 */
#ifndef LINT_BLOCKED_H
#define LINT_BLOCKED_H

#include "analyse/reach.h"
#include "pipeline/unit.h"

/* A kind of packet. */
struct kind {
	unsigned protocol;
	unsigned icmp_low, icmp_high; /* type * 256 + code */
	unsigned state_low, state_high;
};

struct blocked {
	const struct rule *rule; /* one that denies some of them; NULL: the policy does */
	const char *sample;	 /* one of them */
};

/*
 * Proved: no packet of the kind that comes in (leaves, in OUTPUT) by another interface than lo
 * is accepted by the chain, and there are such that are denied.
 */
bool kind_is_blocked(const struct unit *unit, const struct reach *reach, const struct chain *chain,
		     const struct kind *kind, struct blocked *result);

/* Does the chain accept any packet but those of lo, as far as is known? */
bool chain_accepts_some(const struct unit *unit, const struct reach *reach,
			const struct chain *chain);

/* Does it accept replies of hosts that the rules do not name, to connections of any port? */
bool chain_accepts_replies(const struct unit *unit, const struct reach *reach,
			   const struct chain *chain);

#endif
