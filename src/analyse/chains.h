/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be said of the chains of one table: which are reached from a built-in
 * one, which end every packet, and what a packet may lose or gain on its way
 * through them.
 */
#ifndef ANALYSE_CHAINS_H
#define ANALYSE_CHAINS_H

#include <stdbool.h>

#include "base/arena.h"
#include "pipeline/unit.h"
#include "ruleset/ruleset.h"

struct chains;

/*
 * The table of that number as it is in force after the load: of the back end that
 * loads the file, if only one does.  NULL if the file does not have it, or if both
 * load the file and leave other rules behind: then nothing certain can be said.
 */
const struct table *analysed_table(const struct unit *unit, enum table_id id);

/* The result lives in ARENA. */
struct chains *chains_new(struct arena *arena, const struct unit *unit, const struct table *table);

enum family chains_family(const struct chains *chains);

/* Does another program fill the chain of that name while the host runs? */
bool chain_is_external(const char *name);

/* Is there a way of jumps from a built-in chain, or a line that could not be read and
 * that may be one? */
bool chain_is_reached(const struct chains *chains, const struct chain *chain);

/* What a rule does with the packets that match it. */
struct effect {
	bool ends;	 /* no later rule of this chain sees them */
	bool may_return; /* they may go back to the chain that called this one */
	unsigned writes; /* enum field, of those that go on to the next rule, or back */
};

struct effect rule_effect(struct chains *chains, const struct rule *rule);

#endif
