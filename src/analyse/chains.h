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

/* The chains of all tables of a unit, looked at when they are first asked for. */
struct analysis;

/* ARENA has to live as long as the result. */
struct analysis *analysis_new(struct arena *arena, const struct unit *unit);

/*
 * The chains of a table as they are in force after the load: of the back end that
 * loads the file, if only one does.  NULL if the file does not have the table, or if
 * both load the file and leave other rules behind: then nothing certain can be said.
 */
struct chains *analysis_chains(struct analysis *analysis, enum table_id id);

/* The chains of one table of UNIT. */
struct chains *chains_new(struct arena *arena, const struct unit *unit, const struct table *table);

const struct table *chains_table(const struct chains *chains);
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
