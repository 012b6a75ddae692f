/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The restore stream: the text that iptables-save would print after restoring
 * the file on a freshly booted host.
 */
#ifndef EMIT_COMPILE_H
#define EMIT_COMPILE_H

#include <stdbool.h>
#include <stdio.h>

#include "pipeline/unit.h"

struct compile_options {
	bool counters;	    /* print them as written, not as zero */
	bool exact_save;    /* the judge's text, even where it means something else */
	bool keep_names;    /* leave host names in */
	bool strict_policy; /* refuse where a policy is not declared */
	/* Comment lines, each with its newline, to stand above what the statement left; may be
	 * NULL, and so may what it returns.  Asked in the order of printing. */
	const char *(*comment)(void *context, const struct statement *origin);
	void *context; /* of that */
};

/*
 * May the unit, as unit_load() left it, be compiled?  If not, REASONS gets the records that say
 * why, to be printed as errors; remarks that do not stop it (policy-undeclared, backend-difference)
 * are added there too, below error level.  *RULESET and *BACKEND are set to what is to be printed.
 */
bool compile_allowed(const struct unit *unit, const struct compile_options *options,
		     struct diags *reasons, const struct ruleset **ruleset, enum backend *backend);

/*
 * The smaller question, for those who want the rules and not their text: does the unit load, are
 * all of its rules known, and are they the same for all back ends that load it?
 */
bool compile_loads(const struct unit *unit, struct diags *reasons, const struct ruleset **ruleset,
		   enum backend *backend);

/* Prints the stream.  The caller checks ferror(). */
void compile_print(const struct unit *unit, const struct ruleset *ruleset, enum backend backend,
		   const struct compile_options *options, FILE *out);

#endif
