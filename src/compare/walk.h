/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends packets through two rulesets at once, and tells for which of them something else
 * comes out.
 *
 * Only packets that may meet a rule that is not in both, or a changed policy, are sent: all
 * others meet the same rules in the same order.  As long as nothing was different they go
 * through both side by side, and answers by chance are the same in both.  Nothing is
 * guessed: what is told as a difference is one, unless it says that it is in doubt, and
 * what is not told is none, unless the walk says that it gave up.
 */
#ifndef COMPARE_WALK_H
#define COMPARE_WALK_H

#include "compare/align.h"
#include "compare/rest.h"

/* Where a side decides: by a rule, or by the policy of the built-in chain. */
struct decision {
	const struct chain_flow *chain; /* NULL: later, and as the other side */
	const struct rule *rule;	/* NULL: the policy */
};

/* What a rule of one side does, and lets the packets go on. */
struct effect {
	const struct effect *before;
	const struct chain_flow *chain;
	const struct rule *rule;
	bool by_chance; /* for some of the packets, or at some times */
	const struct guard *guards;
};

/* A rule which may have ended the way of the packets before, of which of them nobody knows: what
 * comes behind it is not what came before it. */
struct guard {
	const struct guard *before;
	const struct effect *effect; /* of the rule, if one side alone has met it */
	uint64_t joint;		     /* the same number: both have met it together */
};

enum change_kind {
	CHANGE_ACCEPTED, /* was denied */
	CHANGE_DENIED,	 /* was accepted */
	CHANGE_VERDICT,	 /* another one: a reject instead of a drop, another address */
	CHANGE_EFFECT,	 /* the verdict is the same, and what happens before is not */
	N_CHANGE_KINDS,
};

struct difference {
	enum change_kind kind;
	struct decision decisions[N_SIDES];
	const struct effect *effects[N_SIDES]; /* of rules that the other side has not met */
	/* The packets: those of REGION without TAKEN.  There may be none. */
	const struct region *region;
	const struct taken *taken;
	/* It hangs on answers by chance, or on what nobody knows. */
	bool is_doubtful;
};

struct walk;

typedef void walk_found(void *context, const struct difference *difference);

/* Lives in ARENA; so do the regions of differences. */
struct walk *walk_new(struct arena *arena, const struct alignment *alignment, walk_found *found,
		      void *context);

/* A changed rule, or (NULL) the policies, whose packets could not be followed to the end. */
struct given_up {
	const struct given_up *next;
	const struct chain_flow *chain;
	const struct rule *rule;
};

/* All packets of a built-in chain that may meet a change; the list of what was too much. */
const struct given_up *walk_chain(struct walk *walk, const struct pair *root);

/* Is what the two decisions say the same? */
bool decisions_alike(const struct decision *a, const struct decision *b);

#endif
