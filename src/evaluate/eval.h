/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a script without running anything: the shell language is evaluated, programs
 * are calls to a host (host.h).  Never prints, executes nothing, asks the real
 * host for nothing.
 *
 * What cannot be known is followed as "unknown" (value.h).  It is an error
 * ("unsupported-shell") only where it would decide what a call with an effect is
 * given, or whether and how often it is made; a condition that is not known is followed
 * both ways, and says nothing if variables and host come out equal.
 */
#ifndef EVALUATE_EVAL_H
#define EVALUATE_EVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "evaluate/host.h"
#include "shell/syntax.h"
#include "source/diag.h"

/* NAME=VALUE of -D: every assignment of that name is replaced. */
struct shell_definition {
	const char *name;
	const char *value;
};

struct shell_options {
	const char *path;	      /* $0, and the folder of "." and of relative names */
	const char *folder;	      /* that folder as an absolute path; NULL: not known */
	const char *const *arguments; /* $1 ... */
	size_t n_arguments;
	const struct shell_definition *definitions;
	size_t n_definitions;
	/* 0: the defaults of eval.c */
	size_t max_steps; /* commands and expansions; a call of the host counts for 100 */
	size_t max_depth; /* of calls, subshells and sourced files */
	size_t max_bytes; /* of all values together */
};

/* A branch on an argument that was not there, and held calls with an effect. */
struct shell_missed {
	struct span span;     /* of the condition or pattern */
	const char *argument; /* that would have led there, such as "start"; NULL: any */
};

struct shell_outcome {
	struct shell_status status; /* of the script */
	bool complete;		    /* no error: all that the script does was followed */
	const struct shell_missed *missed;
	size_t n_missed;
	bool ends_at_failure; /* "set -e" held, at least for a part of it */
	bool has_trap;
};

/*
 * Evaluates SCRIPT.  Errors go to DIAGS ("unsupported-shell", "assumed-absent-file" and what a
 * shell would stop at).  Ends within the limits whatever the script is; a limit that was
 * hit is an "unsupported-shell".
 */
void shell_eval(struct arena *arena, const struct shell_script *script,
		const struct shell_options *options, const struct shell_host *host,
		struct diags *diags, struct shell_outcome *outcome);

#endif
