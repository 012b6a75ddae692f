/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Baselines in one run of check: which findings are not to be told, which entries are stale,
 * and what is written.
 *
 * An input's job knows what of its unit stands in the baseline and tells it, as lines, to the
 * process that has started it; that one adds up when all inputs are done.  Paths are those of
 * the work tree, or from the folder of the baseline on where there is none: the same from
 * whichever folder the program is called.
 */
#ifndef CMD_BASELINE_H
#define CMD_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/files.h"
#include "cmd/options.h"
#include "pipeline/unit.h"

struct baselines;

/* Reads the baseline of each input that has one; NULL after a complaint. */
struct baselines *baselines_load(struct arena *arena, const struct inputs *inputs,
				 const struct options *options);

/* What a job has to say of its unit besides; in its result. */
struct baseline_found {
	size_t n_set_aside;
	bool is_checked; /* there was a unit */
	bool is_whole;	 /* it was looked at as a whole: what was not found is not there */
};

/* In the job: sets aside what stands in the input's baseline, or is to be written there. */
void baseline_apply(const struct baselines *baselines, const struct input *input, struct unit *unit,
		    FILE *told, struct baseline_found *found);

/* In the process that started the job: what it has told, and that it is done. */
void baselines_told(struct baselines *baselines, const char *bytes, size_t len);
void baselines_done(struct baselines *baselines, const struct input *input,
		    const struct baseline_found *found);

/* Behind all inputs: writes what is to be written; false after a complaint. */
bool baselines_write(struct baselines *baselines);

/*
 * Behind all inputs: calls SHOW with each baseline that has stale entries, as a unit whose
 * findings are these, and with an input that it is the baseline of.
 */
void baselines_stale(const struct baselines *baselines,
		     void (*show)(void *context, const struct unit *unit,
				  const struct input *input),
		     void *context);

/* Entries that were written, or removed. */
size_t baselines_n_written(const struct baselines *baselines);

#endif
