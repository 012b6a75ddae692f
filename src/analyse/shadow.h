/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that no packet can reach, because one earlier rule of the same chain
 * certainly takes all their packets out of the chain.
 *
 * Sound, not complete: what needs two earlier rules together, or the chains that
 * call this one, is not found.
 */
#ifndef ANALYSE_SHADOW_H
#define ANALYSE_SHADOW_H

#include "analyse/chains.h"
#include "analyse/cover_index.h"

/* The rules that one line has made, as far as they stand next to each other. */
struct shadowed {
	const struct rule *rule;  /* the first of them that is dead */
	const struct rule *cover; /* the earlier rule that takes its packets */
	uint32_t n_dead;
	uint32_t n_rules; /* of the whole line */
};

typedef void shadow_found(void *context, const struct shadowed *shadowed);

/*
 * Calls FOUND for the dead rules of CHAIN in order.  Stops after the first rule
 * that takes every packet with a verdict or a goto of its own: what comes after that
 * one is chain_first_final()'s.  INDEX is used again and again, one chain at a time.
 */
void chain_find_shadowed(struct cover_index *index, struct chains *chains,
			 const struct chain *chain, shadow_found *found, void *context);

/* The first rule that takes every packet with its own verdict, terminating target or
 * goto; NULL if none does. */
const struct entry *chain_first_final(struct chains *chains, const struct chain *chain);

/*
 * Do two rules decide against each other, one for and the other against a packet?
 * RETURN in a built-in chain is its policy.
 */
bool verdicts_differ(const struct chain *chain, const struct rule *a, const struct rule *b);

/* "ACCEPT", "DROP", "jump to 'FOO'", "LOG" ... for messages; from ARENA or static. */
const char *rule_action(struct arena *arena, const struct rule *rule);

#endif
