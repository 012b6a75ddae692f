/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the analysis found out about the tables of a unit, each looked at when it is
 * first asked for.
 */
#ifndef ANALYSE_ANALYSIS_H
#define ANALYSE_ANALYSIS_H

#include "analyse/chains.h"
#include "analyse/reach.h"
#include "base/arena.h"
#include "pipeline/unit.h"

struct analysis;

/*
 * ARENA has to live as long as the result.  LOOKS_AHEAD: somebody will ask for redundant
 * rules (redundant.h), and on the way to the dead ones it is noted what helps to find
 * them.
 */
struct analysis *analysis_new(struct arena *arena, const struct unit *unit, bool looks_ahead);

/*
 * The chains of a table as they are in force after the load: of the back end that
 * loads the file, if only one does.  NULL if the file does not have the table, or if
 * both load the file and leave other rules behind: then nothing certain can be said.
 */
struct chains *analysis_chains(struct analysis *analysis, enum table_id id);

/* Which of their rules can meet a packet; NULL where analysis_chains() is. */
const struct reach *analysis_reach(struct analysis *analysis, enum table_id id);

#endif
