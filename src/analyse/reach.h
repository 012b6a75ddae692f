/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules of a table can ever meet a packet, from the built-in chains down, and
 * why the others cannot.
 *
 * What is called dead is proved: no packet, and no answer of the matches that are not
 * understood, makes the rule act.  What could not be decided counts as alive.
 */
#ifndef ANALYSE_REACH_H
#define ANALYSE_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/proof.h"

enum dead_kind {
	DEAD_NEVER_MATCHES, /* its own tests exclude each other */
	DEAD_AFTER_FINAL,   /* an earlier rule of the chain takes every packet */
	DEAD_REPEATS,	    /* the same rule stands before it, and takes them all */
	DEAD_SHADOWED,	    /* one earlier rule of the chain takes all of its packets */
	DEAD_UNION,	    /* several earlier rules of the chain do together */
	DEAD_IN_CONTEXT,    /* none of its packets comes into the chain, or gets so far */
};

struct dead_rule {
	const struct dead_rule *next; /* of the same chain, in order */
	const struct rule *rule;
	/* Earlier rules that take its packets, in order; for DEAD_IN_CONTEXT those of the
	 * callers, which may be none. */
	union {
		const struct rule *only; /* if n_listed is 1 */
		const struct rule *const *list;
	} covers;
	uint32_t n_covers;
	uint32_t position; /* in the chain, from 0 */
	uint32_t cover;	   /* position of the only cover, if that is in the same chain */
	uint16_t n_listed; /* of the covers: at most COVERS_MAX */
	uint8_t kind;	   /* enum dead_kind */
	bool is_minimal;   /* without one of the covers it would be alive */
};

static inline const struct rule *dead_cover(const struct dead_rule *dead, uint32_t i)
{
	return dead->n_listed == 1 ? dead->covers.only : dead->covers.list[i];
}

/* A jump or goto to a chain none of whose rules meets the packets that it sends. */
struct dead_jump {
	const struct dead_jump *next;
	const struct rule *rule;
	uint32_t position;
	const struct chain *callee;
};

/* What became of one chain. */
struct chain_reach {
	const struct chain *chain;
	const struct chain_flow *flow;
	const struct dead_rule *dead;
	const struct dead_jump *dead_jumps;
	/* By position, of rules that are alive: the first later rule that some packet of it may
	 * meet if it comes past it, NO_COVER: none; NULL if nobody looks ahead, or the chain was
	 * not looked at. */
	uint32_t *next;
	/* Reached by jumps, but all of these are dead; nothing is said of its rules. */
	bool is_cut_off;
	/* The first rule that takes every packet by itself; NULL: none. */
	const struct rule *final;
	/* Built-in: can a packet come to the policy, at the end or by RETURN? */
	enum proved policy;	       /* PROVED_COVERED: no */
	const struct rule *last_cover; /* then: the last of the rules that take all */
	const char *policy_sample;     /* PROVED_ALIVE: a packet that does */
};

struct reach;

/* A rule that is alive, and what shows it.  PROOF is NULL where nothing had to be shown. */
struct live_rule {
	const struct frame *frame;
	uint32_t position;
	const struct region *root; /* of the packets as they come into the table */
	const struct proof *proof;
	struct prover *prover;
};

/* May be told about each rule that is alive; for tests. */
struct reach_observer {
	void (*alive)(void *context, const struct live_rule *live);
	void *context;
};

/* Looks at the whole table.  Lives in ARENA; LOOKS_AHEAD: chain_reach.next is wanted; OBSERVER
 * may be NULL. */
struct reach *reach_new(struct arena *arena, const struct chains *chains, bool looks_ahead,
			const struct reach_observer *observer);

const struct chain_reach *reach_of(const struct reach *reach, const struct chain *chain);
const struct flow *reach_flow(const struct reach *reach);
struct space *reach_space(const struct reach *reach);
struct prover *reach_prover(const struct reach *reach);

/* The packets that the kernel sends into a built-in chain of the table. */
const struct region *reach_hook_region(const struct reach *reach, enum hook hook);

/* For --stats. */
struct reach_stats {
	uint32_t rules; /* looked at */
	uint32_t dead;
	uint32_t undecided;  /* the budget was used up, or one rule has too many alternatives */
	uint32_t silent;     /* not understood, or read differently by the back ends */
	uint32_t n_contexts; /* ways through the chains */
};

const struct reach_stats *reach_stats(const struct reach *reach);

#endif
