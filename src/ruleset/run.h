/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run over the lines of a file, as one back end does it.  Inside ruleset/ only.
 */
#ifndef RULESET_RUN_H
#define RULESET_RUN_H

#include "ruleset/ruleset.h"

struct run {
	struct arena *arena;
	struct ruleset *ruleset;
	const struct tools *tools;
	enum backend backend; /* whose behaviour is followed */
	unsigned refusers;    /* who refuses what this run refuses */
	bool differs;	      /* the other back end makes another ruleset */
	bool stopped;	      /* the program has ended */
	struct table *table;  /* of the current section, or NULL */
	struct diags *diags;
};

/* From here on the two back ends part. */
void run_part(struct run *run);

struct diag *run_refuse(struct run *run, const char *rule, struct span span, const char *chain,
			const char *message);

/* The same, pointing at the chain of the command. */
struct diag *run_refuse_command(struct run *run, const char *rule, const struct command *command,
				const char *message);

/* -A, -N and so on, in the current section; commands.c. */
void run_command(struct run *run, const struct command *command);

#endif
