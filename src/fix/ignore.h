/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits that silence what was found: a comment above the line, or a part of the rule's own
 * --comment.
 */
#ifndef FIX_IGNORE_H
#define FIX_IGNORE_H

#include <stdbool.h>

#include "pipeline/unit.h"

struct ignore_options {
	const char *reason; /* or NULL */
	bool in_rule;	    /* where the line adds a rule and its text has room */
	bool infos;	    /* findings of that level too */
};

/*
 * For the findings of UNIT, as lint_run() left it; *N_SILENCED counts them.  What keeps the file
 * from loading is not silenced, nor what is said of suppressions.  NULL: there is nothing to do.
 */
const struct edit *ignore_edits(const struct unit *unit, const struct ignore_options *options,
				size_t *n_silenced);

#endif
