/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an input to a unit: what check, fmt and compile have in common.
 */
#ifndef CMD_LOAD_H
#define CMD_LOAD_H

#include "cmd/files.h"
#include "cmd/options.h"
#include "pipeline/unit.h"

/*
 * The inputs that the words name, each with its family ("-" is read for that); the
 * current directory if there are none.
 */
void load_inputs(struct inputs *inputs, struct arena *arena, const struct options *options);

/*
 * Settles what input number I is, whose bytes, settings and family are there: a script becomes an
 * input for each family that it touches.  False after a complaint.
 */
bool load_known(struct inputs *inputs, size_t i, struct arena *arena,
		const struct options *options);

/*
 * Of a subcommand NAME that takes one file: its input is handed to RUN.  An exit status; that of
 * trouble after a complaint about the words.
 */
int load_one(struct options *options, struct arena *arena, const char *name,
	     int (*run)(struct options *options, struct arena *arena, const struct input *input));

/* Reads and loads one input into ARENA; NULL after a complaint. */
struct unit *load_unit(struct arena *arena, const struct input *input,
		       const struct options *options);

/* The same, with somebody who knows the addresses of host names; they take the place of the
 * names if PINS. */
struct unit *load_unit_with(struct arena *arena, const struct input *input,
			    const struct options *options, struct resolver *resolver, bool pins);

#endif
