/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of a walk share: a part of a set on its way, and the stack of them.
 */
#ifndef EXPECT_WALK_INSIDE_H
#define EXPECT_WALK_INSIDE_H

#include "base/scratch.h"
#include "expect/walk.h"

/* Where a part goes on when a chain has ended. */
struct call {
	const struct entry *next;
	const struct call *caller;
};

struct part {
	const struct region *region;
	const struct entry *at; /* the next rule; NULL: the chain ends here */
	const struct call *calls;
	unsigned depth;
	enum hook hook;
	unsigned step; /* of the hook: which of its tables is next */
	const struct table *table;
	const struct chain *chain; /* the built-in one */
	uint64_t versions[VAR_LITERAL];
	uint64_t written[N_FIELDS]; /* version of what opaque matches read */
	struct walk_marks marks;
	bool is_local; /* for this host after all */
	struct walk_end end;
};

struct walk {
	const struct world *world;
	const struct walk_options *options;
	struct scratch *scratch;
	size_t used; /* bytes of it, about */
	struct part *parts;
	size_t n, capacity;
	uint64_t last_version;
	uint32_t n_parts;
	uint64_t n_rules;
	walk_visit *visit;
	void *context;
	bool is_over;		      /* VISIT has ended it */
	const struct region **pieces; /* of the part that is cut */
	uint32_t n_pieces, pieces_capacity;
};

/* ---- walk.c ---- */

/* One more part that waits. */
void walk_push(struct walk *w, const struct part *part);

/* ---- walk_part.c: what is known of the packets of a part ---- */

/* FIELDS are not what they were, in a way that is not known: for opaque matches, or ... */
void part_forget(struct walk *w, struct part *part, unsigned fields);
/* ... for those that are understood and for marks as well. */
void part_forget_all(struct walk *w, struct part *part, unsigned fields);

/* The variable is another one from now on, in SET; NULL: anything. */
void part_become(struct walk *w, struct part *part, uint32_t variable, const struct set *set);

/* What the variable may be at the moment; NULL: anything. */
const struct set *part_value(const struct part *part, uint32_t variable);
/* Is the state surely one of these? */
bool part_has_state(const struct part *part, wide low, wide high);
/* Did the packets come (VAR_IN) or go (VAR_OUT) by no interface, at the start? */
bool part_is_without(const struct part *part, uint32_t variable);

/* REGION, with version 0 of everything, as one of the versions of the moment. */
const struct region *part_region(struct walk *w, const struct part *part,
				 const struct region *region);

/* Which of two ways it went is not known, if that is not so for another reason already. */
void part_doubt(struct part *part, const struct rule *rule, const struct match *match);

/* ---- walk_tables.c: from table to table.  False: the packets have left, and it was told ---- */

void walk_enter_hook(struct walk *w, struct part *part, enum hook hook);
/* To the next table that has a chain for them. */
bool walk_enter_next(struct walk *w, struct part *part);
/* The chain has ended. */
bool walk_leave_chain(struct walk *w, struct part *part);
/* The table lets them pass, by the rule or (NULL) the policy, and what is next? */
bool walk_let_pass(struct walk *w, struct part *part, const struct rule *rule);
/* They end here. */
void walk_lose(struct walk *w, struct part *part, enum ending ending, const struct rule *rule);
/* The rule, or the policy, does something that is not known: WHY. */
void walk_lose_sight(struct walk *w, struct part *part, const struct rule *rule, const char *why);

/* ---- walk_targets.c ---- */

/* The packets meet the rule; false: they have left, and it was told. */
bool walk_target(struct walk *w, struct part *part, const struct entry *entry);

#endif
