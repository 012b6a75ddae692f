/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in the script a process of the sandbox stands, from what bash tells ("set -x" to
 * a file of its own).  Knows nothing of programs.
 */
#ifndef SANDBOX_TRACE_H
#define SANDBOX_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/sandbox.h"

struct trace;

enum trace_kind {
	TRACE_BASH,   /* changes the run as little as can be */
	TRACE_LINES,  /* a run for the lines: the script cannot turn the trace off */
	TRACE_FOR_SH, /* the same, where bash stands for sh */
};

/* SCRIPT: the path that bash is given. */
struct trace *trace_new(const char *script, enum trace_kind kind);
void trace_free(struct trace *trace);

/* What bash reads before the script, to be told from what a script prints by itself. */
const char *trace_start_file(const struct trace *trace);

/* Has the script turned it off? */
bool trace_was_off(const struct trace *trace);

/* Bytes of the trace, as they come. */
void trace_add(struct trace *trace, const char *bytes, size_t len);

/*
 * The place of the last command of the first of the processes that has any; line 0
 * where none has, or the script has turned the trace off.  The name of another file lives
 * until the next trace_add().
 */
struct sandbox_place trace_place(const struct trace *trace, const long *pids, size_t n_pids);

#endif
