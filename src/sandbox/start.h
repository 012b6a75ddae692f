/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts bwrap as a user that may do nothing.  Knows nothing of what goes on inside.
 */
#ifndef SANDBOX_START_H
#define SANDBOX_START_H

#include <sys/types.h>

#include "sandbox/bwrap.h"

/* What is open at this end; each -1 where it is not. */
struct started {
	pid_t pid; /* of bwrap */
	int control;
	int out;
	int err;
	int trace;
};

/*
 * PLAN: what the first process reads; it is closed.  NULL, or why it
 * could not be started (errno).
 */
const char *start_bwrap(struct started *started, const struct bwrap *bwrap, const char *path,
			int plan, bool has_trace);

#endif
