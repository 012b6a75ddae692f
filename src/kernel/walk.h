/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the kernel walks the chains of a table from its hooks when a ruleset is
 * committed: which hooks reach which chain, and where the walk goes in circles.
 *
 * nft follows every jump and goto.  Legacy goes through a chain in order and stops
 * behind a rule that takes every packet with ACCEPT, DROP, QUEUE or RETURN.
 *
 * Linear in the rules and jumps, without recursion.  Knows nothing of extensions.
 */
#ifndef KERNEL_WALK_H
#define KERNEL_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/subject.h"
#include "ruleset/ruleset.h"

struct walk_jump {
	const struct rule *rule;
	struct diag *loop; /* that this jump closes a loop; NULL if it does not */
	uint32_t from, to; /* chains by index */
};

#define NO_JUMP UINT32_MAX

struct walk_place {
	uint8_t legacy_hooks; /* sets of HOOK_BIT() */
	uint8_t nft_hooks;
	uint32_t via[HOOK_COUNT]; /* the jump through which the hook comes here, or NO_JUMP */
};

struct walk {
	const struct table *table;
	unsigned backends;
	struct walk_jump *jumps; /* by chain, in the order of the rules */
	uint32_t n_jumps;
	uint32_t *first;	   /* of each chain's jumps; n_chains + 1 */
	uint32_t *live_end;	   /* end of those that legacy follows */
	struct walk_place *places; /* by chain */
	struct last_words last;
};

/* Does legacy stop walking through a chain behind this rule? */
bool walk_stops_at(const struct rule *rule);

/*
 * Walks TABLE as BACKENDS do; loops, and jumps nested too deeply for nft, become
 * records of DIAGS.
 */
void walk_begin(struct walk *walk, const struct table *table, enum family family, unsigned backends,
		struct diags *diags);
void walk_end(struct walk *walk);

/* Adds the jumps that lead from HOOK to CHAIN to the record, nearest first. */
void walk_relate(const struct walk *walk, struct diags *diags, struct diag *diag, uint32_t chain,
		 enum hook hook);

#endif
