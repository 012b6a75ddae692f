/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do the rules that packets meet before a certain point take all packets of a region?
 *
 * The answer is exact: covered, or a smaller region none of whose packets any of the
 * rules takes.  A budget of steps bounds the search (the question is NP-hard in the
 * number of variables); when it is used up, the answer is that it is not known.
 */
#ifndef ANALYSE_PROOF_H
#define ANALYSE_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/frame.h"
#include "analyse/space.h"
#include "base/scratch.h"

struct prover;

/* Lives in ARENA. */
struct prover *prover_new(struct arena *arena, struct space *space, const struct flow *flow,
			  bool looks_ahead);

struct frame prover_frame(struct prover *prover, const struct frame *caller, uint32_t position,
			  const struct chain_flow *chain);

/* What the rule at POSITION asks for when the walk comes to it.  The regions live in SCRATCH. */
void prover_read(struct prover *prover, struct scratch *scratch, const struct frame *frame,
		 uint32_t position, struct condition *condition);

/* Does no packet that enters CHAIN ever come back, or to its end? */
bool prover_ends_all(const struct prover *prover, const struct chain_flow *chain);

/* The rule at POSITION will soon be asked about. */
void prover_expect(struct prover *prover, const struct chain_flow *chain, uint32_t position);

/*
 * No packet meets the rule, whoever calls the chain: earlier rules of the chain take them
 * all.  What it would take need not be looked at any more.  BY_ONE: a single rule takes them,
 * and is found where this one would be.
 */
void prover_note_dead(struct prover *prover, const struct chain_flow *chain, uint32_t position,
		      bool by_one);

/* The rules of the walk before LIMIT. */
struct passed {
	const struct frame *frame;
	uint32_t limit;
};

enum proved {
	PROVED_COVERED, /* none of the packets gets past these rules */
	PROVED_ALIVE,	/* those of the witness do */
	PROVED_UNKNOWN,
};

/* A rule that takes some of the packets. */
struct cover {
	uint32_t walk; /* number in the list of what is passed */
	uint32_t position;
};

#define COVERS_MAX 32
#define NO_COVER   UINT32_MAX

struct proof {
	enum proved answer;
	/* PROVED_ALIVE: packets that get past, in SCRATCH.  The one that proof_packet() tells
	 * about surely does; with an exact answer all of them do. */
	const struct region *witness;
	uint64_t choice;
	/* PROVED_ALIVE: the first rule of the first walk, behind that at its limit, which that
	 * packet may meet, or NO_COVER. */
	uint32_t next;
	/* PROVED_COVERED: rules that do it together; each is needed if is_minimal.  Only the
	 * first COVERS_MAX of them are kept. */
	unsigned n_covers;
	bool is_minimal;
	struct cover covers[COVERS_MAX];
};

/*
 * Do the rules of the N walks take all of REGION's packets?  WITH_COVERS asks for the
 * rules that do it, and for few of them.
 */
void prove(struct prover *prover, struct scratch *scratch, const struct region *region,
	   const struct passed *passed, unsigned n, bool with_covers, struct proof *proof);

/* The value that a variable has in a packet of the witness that gets past the rules. */
wide proof_packet(struct prover *prover, const struct proof *proof, uint32_t variable,
		  uint64_t version);

/* For --stats. */
struct prover_stats {
	uint64_t asked;	   /* questions */
	uint64_t by_probe; /* answered by single packets */
	uint64_t exact;	   /* ... by cutting the region into pieces */
	uint64_t unknown;
	uint64_t steps;
};

const struct prover_stats *prover_stats(const struct prover *prover);

#endif
