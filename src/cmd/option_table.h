/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one table of options: what makes the parser (options.c), the help text and
 * the completion scripts.
 */
#ifndef CMD_OPTION_TABLE_H
#define CMD_OPTION_TABLE_H

#include <stddef.h>

/* Options without a letter have numbers above all letters. */
enum option_id {
	OPTION_SELECT = 256,
	OPTION_IGNORE,
	OPTION_ERROR,
	OPTION_WARNING,
	OPTION_INFO,
	OPTION_FAIL_ON,
	OPTION_SHOW,
	OPTION_BACKEND,
	OPTION_NOFLUSH,
	OPTION_PASSWD,
	OPTION_INTERFACES,
	OPTION_IPSET_FILE,
	OPTION_GROUP,
	OPTION_MAX_PROBLEMS,
	OPTION_ALLOW_EMPTY,
	OPTION_SNIFF,
	OPTION_STDIN_FILENAME,
	OPTION_COLOR,
	OPTION_CHECK,
	OPTION_DIFF,
	OPTION_COUNTERS,
	OPTION_EXACT_SAVE,
	OPTION_KEEP_NAMES,
	OPTION_STRICT_POLICY,
	OPTION_RESOLVE,
	OPTION_PACKETS,
	OPTION_ASSUME,
	OPTION_STATS,
	OPTION_OUTPUT4,
	OPTION_OUTPUT6,
	OPTION_PARTIAL,
	OPTION_RUN,
	OPTION_NO_COMMENTS,
	OPTION_SHELL,
	OPTION_ROOT,
	OPTION_FROM,
	OPTION_ASSUME_SET,
	OPTION_ANSWER,
	OPTION_FIX,
	OPTION_UNSAFE_FIXES,
	OPTION_CONFIG,
	OPTION_ISOLATED,
	OPTION_ADD_IGNORE,
	OPTION_IN_RULE,
	OPTION_TABLE,
	OPTION_BASELINE,
	OPTION_WRITE_BASELINE,
	OPTION_PRUNE_BASELINE,
	OPTION_SINCE,
	OPTION_STATISTICS,
	OPTION_VERDICTS,
	OPTION_GIT,
};

struct option_row {
	const char *name;
	int id;
	/*
	 * The value's name in the help text, or NULL; "[=...]": may be left out.  FILE, DIR, RULE,
	 * FORMAT and words of small letters with '|' between are what completion.c knows.
	 */
	const char *value;
	unsigned commands; /* set of FOR_...: options.h */
	const char *help;
};

/* At most so many rows. */
#define OPTION_ROWS_MAX 128

extern const struct option_row option_rows[];
extern const size_t n_option_rows;

/* Does it take a value?  As struct option has it. */
int option_argument(const struct option_row *row);

/* Prints the help text of the subcommand NAME, whose bit is COMMAND. */
void option_help(unsigned command, const char *name);

#endif
