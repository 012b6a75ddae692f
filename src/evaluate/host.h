/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world around a script, as the evaluator asks for it.  The shell language knows
 * nothing of iptables: programs that it does not evaluate itself are calls to here.
 *
 * Everything in a call lives until the function returns; results live in the ARENA
 * given with the call.
 */
#ifndef EVALUATE_HOST_H
#define EVALUATE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "evaluate/value.h"
#include "source/source.h"

struct shell_call {
	const struct shell_value *words; /* words[0] is the program as written */
	const struct span *word_spans;	 /* of each in the script */
	size_t n_words;
	const struct shell_value *input; /* what stands on standard input; NULL: the script's own */
	struct span span;		 /* of the command in the script */
	/*
	 * Where the command stands in a function, a sourced file or an eval, SPAN is that of
	 * the text where it stands if this is the script itself, else of the call that led
	 * there; OTHER_FILE then says in which file it really stands.
	 */
	const char *other_file; /* NULL: in the script */
	/* A different one for each round of each loop around the call; 0: none. */
	unsigned round;
};

struct shell_result {
	struct shell_status status;
	struct shell_value output; /* standard output */
	struct shell_value errors; /* standard error */
	/* The call changed something that later calls see, or may have. */
	bool has_effect;
};

enum shell_file_answer {
	SHELL_FILE_NO,
	SHELL_FILE_YES,
	SHELL_FILE_UNKNOWN,
};

struct shell_host {
	void *context;

	/* Is there a program of this name (with or without a path)?  Its path then, for
	 * "which" and "command -v"; NULL: no; *UNKNOWN is set where nobody can say. */
	const char *(*find_program)(void *context, struct arena *arena, const char *name,
				    bool *unknown);

	/* Runs a program. */
	void (*run)(void *context, struct arena *arena, const struct shell_call *call,
		    struct shell_result *result);

	/* test -e -f -d -r -w -x -s -L ...: OPERATOR is the letter.  PATH is absolute, or
	 * relative to the script's folder. */
	enum shell_file_answer (*test_file)(void *context, char operator, const char * path);

	/* The content of a file, for "cat", "<" and ".": in ARENA.  SHELL_FILE_NO: it is not
	 * there. */
	enum shell_file_answer (*read_file)(void *context, struct arena *arena, const char *path,
					    const char **bytes, size_t *len);

	/* The names in the host's file system that match a pattern; SHELL_FILE_NO: none. */
	enum shell_file_answer (*glob)(void *context, struct arena *arena, const char *pattern,
				       const char ***names, size_t *n_names);

	/* Something was written to a file: "echo 1 > /proc/..."; TEXT may be unknown.  Where PATH
	 * is not known, it is a pattern that it matches, or "". */
	void (*write_file)(void *context, const char *path, const struct shell_value *text,
			   bool append);

	/*
	 * The state behind the calls, for conditions that are not known: both ways are gone
	 * and compared.  save() names the state of now; restore() goes back to a name;
	 * equal() compares the state of now with a named one; forget() gives names back,
	 * the last first.
	 */
	unsigned (*save)(void *context);
	void (*restore)(void *context, unsigned state);
	bool (*equal)(void *context, unsigned state);
	void (*forget)(void *context, unsigned state);

	/* A builtin waits for input that nobody knows, as "read" does for somebody who types:
	 * CALL has its name, and where it stands.  May be NULL. */
	void (*wait)(void *context, const struct shell_call *call);
};

#endif
