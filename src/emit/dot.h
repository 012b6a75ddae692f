/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chains of a ruleset and the jumps between them, in the language of Graphviz.
 */
#ifndef EMIT_DOT_H
#define EMIT_DOT_H

#include <stdbool.h>
#include <stdio.h>

#include "analyse/analysis.h"
#include "pipeline/unit.h"

struct dot_options {
	enum table_id table; /* only this one; TABLE_NONE: all */
	bool verdicts;	     /* what rules decide as nodes too: ACCEPT, DROP ... */
};

/* Does RULESET, as BACKEND loads it, have a table that dot_print() would draw? */
bool dot_has_table(const struct ruleset *ruleset, enum backend backend, enum table_id id);

/*
 * Prints a digraph: a cluster for each table, a node for each chain, an edge for all rules of a
 * chain that jump (or go) to the same chain.  What ANALYSIS has proved dead is grey; where it says
 * nothing of a table, nothing is.  Every name is UTF-8, and text inside of quotes, whatever the
 * file holds.  The order is that of the tables, chains and rules.  The caller checks ferror().
 */
void dot_print(const struct unit *unit, const struct ruleset *ruleset, enum backend backend,
	       struct analysis *analysis, const struct dot_options *options, FILE *out);

#endif
