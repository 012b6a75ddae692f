/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simple command whose words are expanded, on its way to a function, a builtin, a
 * program that is evaluated, or the host.
 */
#ifndef EVALUATE_CALLS_H
#define EVALUATE_CALLS_H

#include "evaluate/machine.h"

struct call {
	struct shell_value *words;
	struct span *spans; /* as written, in the text that is being run */
	size_t n;
	const struct shell_origin *many; /* how many words there are is not known */
	struct span span;
	const struct shell_command *command;
	const struct shell_assignment **arrays; /* of declare a=( ), by word; NULL: none */
	bool keeps;				/* set by exec: its redirections stay */
	bool own_input;				/* it redirects its standard input */
};

typedef void call_run(struct machine *sh, struct call *call);

/* ---- calls.c ---- */

/* Finds out what the first word is, and runs it. */
void call_words(struct machine *sh, struct call *call, bool functions);
/* Without the first N words. */
void call_shift(struct call *call, size_t n);
/* All words from N on are known; else the first that is not is reported. */
bool call_known(struct machine *sh, struct call *call, size_t n, const char *what);
/* The origin of the first word from N on that is not known; NULL: all are. */
const struct shell_origin *call_unknown(const struct call *call, size_t n);
bool call_is(const struct call *call, size_t i, const char *text);

/* ---- builtins.c ---- */

struct builtin {
	const char *name;
	call_run *run;
	bool special; /* errors end dash, assignments before it stay there */
	bool bash;    /* dash knows nothing of it */
};

/* NULL: none of this dialect. */
const struct builtin *builtin_find(const struct machine *sh, const char *name);
/* A name that only bash has a meaning for, so that dash finds nothing. */
bool is_bash_word(const char *name);
/* if, while, { ... */
bool is_shell_word(const struct machine *sh, const char *name);

/* ---- programs.c ---- */

/* A program that is evaluated here, by its name or path; NULL: none. */
call_run *program_find(const char *name);
/* Everything else is the host's. */
void call_host(struct machine *sh, struct call *call);
/* The path of a program for "command -v"; NULL: there is none, or *UNKNOWN. */
const char *program_path(struct machine *sh, struct arena *arena, const char *name, bool *unknown);

/* ---- the builtins, by file ---- */

call_run run_echo, run_printf, run_read, run_mapfile;		      /* input_output.c */
call_run run_test;						      /* test.c */
call_run run_export, run_readonly, run_local, run_declare, run_unset; /* declare.c */
call_run run_set, run_shift, run_shopt, run_getopts;		      /* options.c */

/* "-e x" and the like as [[ has them; *UNKNOWN is set where nobody can say. */
bool test_file(struct machine *sh, struct span span, char operation, struct shell_value path,
	       const struct shell_origin **unknown);
void run_condition(struct machine *sh, const struct shell_test *test);

/* printf's result in BUF; the status. */
int format_words(struct machine *sh, struct call *call, size_t first, struct buf *buf);
/* Backslashes of echo and %b; true: \c ends the output. */
bool add_escaped(struct buf *buf, const char *bytes, size_t len, bool octal_zero, bool hex);

#endif
