/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inputs at work in several processes: libxtables can serve only one family in each, and a
 * machine has several processors.
 *
 * A job does the work for one input and writes to numbered streams.  Where one process is
 * enough the jobs run in this one; else workers are started before anything is bound, each
 * for inputs of one family, and what they write comes back through pipes.  In both cases
 * it is delivered in the order of the inputs, in pieces as it is written; where a worker
 * dies, up to the end of a line.  What a job prints to standard error comes back in the same way.
 */
#ifndef CMD_WORKER_H
#define CMD_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/files.h"

#define JOB_STREAMS 18
#define JOB_RESULT  8192

struct jobs {
	unsigned n_streams;
	size_t result_size; /* at most JOB_RESULT */
	size_t n_processes; /* at work at once, but for each family one; 0: as many as are worth it
			     */
	bool apart;	    /* never in this process, which has yet to bind something else */
	void *context;

	/* In the process for the input's family.  Fills in RESULT; returns an exit status. */
	int (*run)(void *context, const struct input *input, FILE *const *streams, void *result);

	/* In this process. */
	void (*deliver)(void *context, unsigned stream, const char *bytes, size_t len);
	/* STATUS is that of run(), or EXIT_TROUBLE where the worker died; RESULT then is zero. */
	void (*done)(void *context, const struct input *input, int status, const void *result);
};

/* Runs the job for each input; their families are known. */
void jobs_run(const struct jobs *jobs, const struct inputs *inputs);

#endif
