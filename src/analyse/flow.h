/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How packets go through the chains of one table: what each rule does with those that
 * meet it, who calls whom, what is written on the way, and from where packets come.
 *
 * Knows targets and the graph of chains; nothing of what the rules ask for.
 */
#ifndef ANALYSE_FLOW_H
#define ANALYSE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/chains.h"
#include "analyse/writes.h"
#include "base/arena.h"

/* What a rule does with a packet that meets it. */
enum role {
	ROLE_GOES_ON, /* the next rule is looked at */
	ROLE_ENDS,    /* no rule of this table sees it again */
	ROLE_RETURNS, /* it goes back to the caller */
	ROLE_CALLS,   /* -j to a chain; comes back if that chain lets it */
	ROLE_LEAVES,  /* -g to a chain; comes back to the caller of this chain */
	ROLE_UNKNOWN, /* any of these */
};

struct chain_flow;
struct space;

/* A rule that calls a chain. */
struct site {
	const struct chain_flow *caller;
	uint32_t position;
};

/* Positions of rules count from 0. */
struct chain_flow {
	const struct chain *chain;
	uint32_t n;
	const struct rule **rules;
	struct chain_flow **callees;  /* by position, or NULL: no rule of it jumps */
	uint8_t *roles;		      /* enum role */
	struct writes *writes;	      /* NULL: nothing is written in it or below */
	unsigned all_writes;	      /* set of enum field */
	uint32_t *returns;	      /* positions of the rules behind which packets may go back */
	uint32_t n_returns;
	struct site *sites; /* callers that are reached, in order of the chains */
	uint32_t n_sites;
	/* Another program fills it, or it stands in a loop: what it does is not known. */
	bool is_opaque;
	bool is_loop;
	/* Packets of any kind may come to it in a way that is not known. */
	bool is_open;
	bool is_reached;
	bool has_writers; /* some rule of it writes, as far as it does not call */
	uint32_t number;  /* in flow->chains */
};

struct flow {
	struct arena *arena;
	const struct chains *reach;
	const struct table *table;
	struct chain_flow *chains;	 /* by chain->index */
	const struct chain_flow **order; /* callers before those they call */
	uint32_t n;
};

/* Lives in ARENA.  SPACE, that of the table, knows its extensions. */
struct flow *flow_new(struct arena *arena, const struct chains *chains, struct space *space);

static inline const struct rule *flow_rule(const struct chain_flow *chain, uint32_t position)
{
	return chain->rules[position];
}

/* The chain that the rule calls or leaves for, or NULL. */
static inline struct chain_flow *flow_jump(const struct chain_flow *chain, uint32_t position)
{
	return chain->callees ? chain->callees[position] : NULL;
}

/* The same; NULL if it is opaque, too. */
static inline const struct chain_flow *flow_callee(const struct chain_flow *chain,
						   uint32_t position)
{
	const struct chain_flow *callee = flow_jump(chain, position);

	return callee && !callee->is_opaque ? callee : NULL;
}

#endif
