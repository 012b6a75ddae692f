/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the walk have in common: walk.c, place.c, outcome.c and follow.c.
 *
 * A state is a set of packets, and where they stand in each of the two.  What it is made of
 * lives in the scratch memory of the walk, and is never changed once something else may
 * point there.
 */
#ifndef COMPARE_WALK_INSIDE_H
#define COMPARE_WALK_INSIDE_H

#include "analyse/condition.h"
#include "analyse/facts.h"
#include "compare/walk.h"

#define LEVELS_MAX 200 /* of calls */

/* What a target has written; the last one first. */
struct write {
	const struct write *before;
	unsigned fields;
	uint64_t version; /* the same for the same write of the same packet */
};

/* A walk through a chain that has not ended. */
struct frame {
	const struct frame *caller; /* NULL: of the built-in chain */
	uint32_t level;
	const struct chain_flow *chain;
	const uint32_t *at; /* positions of rules that may take some of the packets */
	uint32_t n, next;
	uint64_t joint; /* the same number: both sides came here together; 0: alone */
};

/* Where one side stands. */
struct place {
	struct frame top;
	struct decision decision;
	bool is_decided;
	const struct effect *effects;
	const struct guard *guards;
	const struct write *writes;
};

struct state {
	struct place places[N_SIDES];
	const struct region *region;
	const struct taken *taken;
	bool is_doubtful;
	unsigned splits;
};

/* The rules that call a chain. */
struct callers {
	struct site last;
	uint32_t n;
};

struct known_write;
struct rule_index;

#define WRITE_BUCKETS 64

struct walk {
	struct arena *arena;
	const struct alignment *alignment;
	walk_found *found;
	void *context;
	struct scratch *scratch;
	struct rule_index **indices; /* by number of the chain */
	struct callers *callers;     /* the same */
	struct known_write *known[WRITE_BUCKETS];
	uint64_t n_versions;
	uint64_t n_joints;
	uint64_t steps_left, steps_of_all;
	uint64_t n_found; /* what they need in the scratch memory has to stay */
	bool has_given_up;
	const struct pair *root;
};

/* ---- place.c ---- */

/* The version of what is read as FIELDS (set of enum field); 0: nothing has written it. */
uint64_t version_of(const struct write *writes, unsigned fields);

/* Which fields need not be the same after A and after B. */
unsigned different_fields(const struct write *a, const struct write *b);

/* The target with this text writes FIELDS. */
void write_fields(struct walk *walk, struct place *place, const char *text, unsigned fields);

/* What the rule asks of packets at that place. */
void read_rule(struct walk *walk, const struct place *place, const struct rule *rule,
	       struct condition *condition);

/* The packets of the state come into the chain.  CALLER is where they come back to. */
void enter(struct walk *walk, const struct state *state, struct place *place,
	   const struct frame *caller, const struct chain_flow *chain, uint64_t joint);

/* The same by a rule of the chain where they are; it LEAVES: a goto. */
void call(struct walk *walk, const struct state *state, struct place *place,
	  const struct chain_flow *chain, bool leaves, uint64_t joint);

/* Back to the caller; from the built-in chain, or one that was gone to from there, to the
 * policy. */
void leave(const struct walk *walk, struct place *place);

/* ---- outcome.c ---- */

/* The target that is an extension, or NULL. */
const struct target *extension_of(const struct rule *rule);

/* Have the same rules, in the same order, perhaps ended the way of the packets before? */
bool guards_alike(const struct guard *a, const struct guard *b);

/* Tells of the packets of the state, if the two sides have not done the same with them. */
void finish(struct walk *walk, const struct state *state);

/* ---- walk.c ---- */

/* Follows the packets of the state to the end, or until nothing can be different any more. */
void run(struct walk *walk, struct state *state);

#endif
