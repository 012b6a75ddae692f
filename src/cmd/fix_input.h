/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check --fix, --add-ignore and --diff for one input: fixes it until there is nothing left
 * to fix, and silences what is found then.
 */
#ifndef CMD_FIX_INPUT_H
#define CMD_FIX_INPUT_H

#include <stdio.h>

#include "cmd/files.h"
#include "cmd/options.h"
#include "pipeline/unit.h"

struct resolver;

struct fixed_input {
	const struct source *before; /* as it was read */
	struct unit *unit;	     /* of the fixed text, after lint_run() */
	struct resolver *resolver;   /* of --resolve, or NULL */
	size_t n_fixed;		     /* records */
	size_t n_silenced;	     /* by --add-ignore */
};

/*
 * Loads, lints and fixes INPUT in memory; false after a complaint.  Safe fixes alone are held
 * against what compile prints of the file before: if it is not the same, nothing is fixed.
 */
bool fix_input(struct fixed_input *fixed, struct arena *arena, const struct input *input,
	       const struct options *options, struct resolver *resolver);

/* Writes the text: standard input to OUT, a file as a whole or not at all.  An exit status. */
int fix_write(const struct fixed_input *fixed, const struct input *input, FILE *out);

/* Prints the difference to OUT.  An exit status. */
int fix_show(const struct fixed_input *fixed, FILE *out);

#endif
