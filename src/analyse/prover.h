/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What proofs about the rules of one table have in common.  Inside of the proof's own
 * files only: proof.c, probe.c, gather.c, redundant.c.
 */
#ifndef ANALYSE_PROVER_H
#define ANALYSE_PROVER_H

#include "analyse/frame.h"
#include "analyse/proof.h"
#include "analyse/rule_index.h"

struct prover {
	struct arena *arena;
	struct space *space;
	const struct flow *flow;
	bool looks_ahead; /* probed.next is wanted */
	struct frames *frames;
	struct rule_index **indices;   /* by number of the chain; NULL until asked for */
	bool *ends_all;		       /* by number of the chain */
	bool **dead;		       /* the same, of its rules: see prover_note_dead() */
	struct conditions *conditions; /* of rules that were asked about before */
	uint64_t budget;	       /* steps left for all questions together */
	/* Rules that probes may still look at: for this question, at its beginning, for all. */
	uint64_t visits, visits_given, visits_of_all;
	struct prover_stats stats;
};

const struct rule_index *prover_index(struct prover *prover, const struct chain_flow *chain);

/*
 * What the rule at POSITION asks for when the walk comes to it: in SCRATCH, or kept from
 * the last time.
 */
const struct condition *prover_condition(struct prover *prover, struct scratch *scratch,
					 const struct frame *frame, uint32_t position);

/* Is the rule in the index of its chain: can it keep packets from the next one, or send them
 * back? */
bool prover_may_take(const struct chain_flow *chain, uint32_t position);

/* The frame of the chain that the rule calls; false if what it calls is opaque or too deep. */
bool prover_call(struct prover *prover, const struct frame *frame, uint32_t position,
		 struct frame *callee);

/* ---- probe.c ---- */

/*
 * One packet of a region.  Variables that the region leaves open have some value too, the
 * same each time.
 */
struct probe {
	struct prover *prover;
	struct scratch *scratch;
	const struct region *region;
	uint64_t choice;    /* which of the region's packets */
	wide *values;	    /* of the region's variables, in its order */
	uint32_t *literals; /* those that answer yes */
	unsigned n_literals;
};

void probe_make(struct probe *probe, struct prover *prover, struct scratch *scratch,
		const struct region *region, uint64_t choice);

/* The value of a variable in the packet. */
wide probe_value(const struct probe *probe, uint32_t variable, uint64_t version);

bool probe_is_in(const struct probe *probe, const struct region *region);

/* Does the walk surely end for the packet, so that it never comes back? */
bool probe_ends(struct probe *probe, const struct frame *frame);

/*
 * What the rules before LIMIT do with the packet and, if that is wanted, with its region.
 * Ends early, and then says nothing, when prover->visits are used up.
 */
struct probed {
	bool is_covered;
	/* The first rule that takes the whole region, or NO_COVER. */
	uint32_t whole;
	/* The first rule behind the limit, and not at it, that may meet the packet, or NO_COVER;
	 * the one behind the limit where nobody looks ahead. */
	uint32_t next;
};

struct probed probe_walk(struct probe *probe, const struct frame *frame, uint32_t limit,
			 bool want_whole);

/* The first rule from FROM on that may take the packet, and that IGNORED (by position) does not
 * name; NO_COVER: none does. */
uint32_t probe_next(struct probe *probe, const struct frame *frame, uint32_t from,
		    const bool *ignored);

/* ---- gather.c ---- */

/* Packets that an item does not take, although they are in its region. */
struct exclusion {
	const struct exclusion *next;
	const struct region *region;
};

/* Packets that a rule, or one that it calls, takes. */
struct item {
	const struct region *region;
	const struct exclusion *exclusions;
	struct cover cover;
	bool is_used;
	bool is_off; /* not to be used */
};

struct items {
	struct item *list;
	uint32_t n, capacity;
	uint64_t steps_left;
};

/*
 * The positions of rules that may take packets of REGION, from FROM on and below LIMIT, in
 * rising order and without those noted as dead; N of them, to be given back with free().
 * Incomplete if no steps are left.
 */
uint32_t *gather_positions(struct prover *prover, const struct region *region,
			   const struct frame *frame, uint32_t from, uint32_t limit,
			   uint64_t *steps_left, uint32_t *n);

/*
 * Adds what takes packets of REGION in the walk before LIMIT, as the walk number WALK.
 * Stops when there are no steps left.
 */
void gather(struct prover *prover, struct scratch *scratch, struct items *items,
	    const struct region *region, const struct frame *frame, uint32_t limit, uint32_t walk);

/* The same for what surely ends the walk for packets of REGION. */
void gather_ends(struct prover *prover, struct scratch *scratch, struct items *items,
		 const struct region *region, const struct frame *frame);

void items_free(struct items *items);

/* ---- proof.c ---- */

/* A new question begins: what probes have looked at for the last one is taken from what they
 * may look at for all. */
void prover_allow_visits(struct prover *prover);

/* Parts of a region that nothing takes. */
#define REST_MAX 64

struct rest {
	unsigned max; /* how many are wanted, at most REST_MAX */
	unsigned n;
	const struct region *list[REST_MAX];
};

/*
 * For which packets of the region does the walk not surely end?  PROVED_COVERED: for none;
 * PROVED_ALIVE: for those of REST, and for others if that is full.
 */
enum proved find_rest(struct prover *prover, struct scratch *scratch, const struct region *region,
		      const struct frame *frame, struct rest *rest);

/* Does the walk surely end for all packets of the region? */
bool prove_ends(struct prover *prover, struct scratch *scratch, const struct region *region,
		const struct frame *frame);

#endif
