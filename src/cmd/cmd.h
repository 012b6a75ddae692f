/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommands: what main calls.  Only cmd/ and main print, read the environment
 * and decide on an exit status.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdio.h>

/* The same for every subcommand. */
enum exit_status {
	EXIT_CLEAN = 0,	   /* done; nothing to complain about */
	EXIT_FINDINGS = 1, /* findings, or files would change */
	EXIT_TROUBLE = 2,  /* usage, configuration, I/O or internal error */
};

struct subcommand {
	const char *name;
	const char *synopsis;		   /* of its arguments */
	const char *summary;		   /* one line, lower case */
	const char *description;	   /* some more lines for its help text, or "" */
	int (*run)(int argc, char **argv); /* argv[0] is the name */
	unsigned bit;			   /* FOR_...: options.h */
};

/* Ended by a NULL name. */
extern const struct subcommand subcommands[];

const struct subcommand *subcommand_find(const char *name);

int cmd_check(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_compile(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_fmt(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_trace(int argc, char **argv);

void print_help(FILE *out);
void print_version(void);

/* "iptlint: ..." and a newline on standard error. */
void cmd_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* STATUS, or EXIT_TROUBLE after a complaint if standard output did not take all. */
int flush_output(int status);

#endif
