/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of a script, changed once more by one happening after the other.  Knows
 * nothing of packets.
 */
#ifndef LINT_RERUN_H
#define LINT_RERUN_H

#include "pipeline/script_run.h"
#include "ruleset/live.h"

/* On top of BEFORE, which is copied; NULL: no rules, every policy ACCEPT. */
void rerun_begin(struct live *live, struct arena *arena, enum family family,
		 const struct script_run *run, const struct ruleset *before);

/* Does what happened; true if it works.  What was refused, or is no command, changes nothing:
 * then it tells whether a refused command would work now. */
bool rerun_step(struct live *live, const struct happening *happening);

/* The command of a line; NULL: it has none. */
const struct command *statement_command(const struct statement *statement);

#endif
