/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of all subcommands, in one table, which makes the parser and the help
 * text.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "config/config.h"
#include "evaluate/eval.h"
#include "lint/lint.h"
#include "ruleset/netfilter.h"
#include "source/diag.h"

/* Subcommands as a set: which ones take an option. */
enum {
	FOR_CHECK = 1 << 0,
	FOR_FMT = 1 << 1,
	FOR_COMPILE = 1 << 2,
	FOR_EXPLAIN = 1 << 3,
	FOR_RULES = 1 << 4,
	FOR_TRACE = 1 << 5,
	FOR_CONVERT = 1 << 6,
	FOR_CONFIG = 1 << 7,
	FOR_GRAPH = 1 << 8,
	FOR_COMPLETION = 1 << 9,
	FOR_DIFF = 1 << 10,
	FOR_TEST = 1 << 11,
};

#define MAX_FORMATS 8

struct format_option {
	const char *name;
	const char *path; /* NULL: standard output */
};

/* Who has set an option. */
enum origin {
	ORIGIN_DEFAULT,
	ORIGIN_ENVIRONMENT,
	ORIGIN_COMMAND_LINE,
};

/*
 * What command line and environment say.  What a configuration file may say too is in force
 * as settings.h has it, not as it stands here.
 */
struct options {
	struct arena *arena;
	enum origin origins[N_CONFIG_KEYS];
	const char *config; /* --config */
	bool isolated;
	unsigned command;   /* the bit FOR */
	enum family family; /* FAMILY_UNSPEC: by name and content */
	unsigned backends;  /* enum backend */
	bool noflush;
	const char *passwd; /* files of the host that will load the rules */
	const char *group;
	const char *interfaces; /* a file with names, one a line */
	const char *ipset_file; /* what "ipset save" prints there */
	struct format_option formats[MAX_FORMATS];
	size_t n_formats;
	bool formats_inherited;			      /* they come from IPTLINT_OPTS */
	struct lint_selection *selection;	      /* of the command line */
	struct lint_selection *environment_selection; /* of IPTLINT_OPTS */
	enum level fail_on;			      /* LEVEL_DEFAULT: never */
	bool show_info;
	size_t max_problems;
	bool allow_empty;
	bool sniff;
	bool stats;
	bool statistics;
	size_t jobs; /* check and fmt; 0: as many as are worth it */
	const char *stdin_filename;
	const char *colour; /* "auto", "always", "never" */

	bool check; /* fmt */
	bool diff;  /* fmt, check */

	bool fix; /* check */
	bool unsafe_fixes;
	bool add_ignore;
	const char *ignore_reason; /* or NULL */
	bool in_rule;
	const char *baseline; /* or NULL */
	bool write_baseline;
	bool prune_baseline;
	const char *since; /* or NULL */
	const char *git;   /* diff: the revision, or NULL */

	bool counters; /* compile */
	bool exact_save;
	bool keep_names;
	bool strict_policy;
	bool resolve;	   /* compile and check */
	const char *hosts; /* a file to look names up in; NULL: the resolver of this host */
	const char *output;

	bool verdicts; /* graph, which takes output too */

	const char **packets; /* trace */
	size_t n_packets;
	const char *packet_file;
	const char **assumed; /* and test */
	size_t n_assumed;

	const char *output4, *output6; /* convert */
	bool partial;
	bool run;
	bool no_comments;
	const char *shell; /* "sh", "bash", or NULL */
	const char *root;
	const char **from;
	size_t n_from;
	const char **sets;
	size_t n_sets;
	const char **answers; /* PROGRAM=FILE */
	size_t n_answers;
	struct shell_definition *definitions;
	size_t n_definitions;
	enum table_id table; /* of what iptables -S prints, or to be drawn; TABLE_NONE: not said */

	char **words; /* the arguments that are no options */
	int n_words;
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP,  /* the help text was printed */
	OPTIONS_WRONG, /* and a complaint printed */
};

/* Reads IPTLINT_OPTS and the command line of the subcommand that is the bit FOR. */
enum options_result options_read(struct options *options, struct arena *arena, unsigned command,
				 int argc, char **argv);

/*
 * What every subcommand is: reads the options, and calls RUN with them unless there is nothing
 * more to do.  An exit status.
 */
int options_run(unsigned command, int argc, char **argv,
		int (*run)(struct options *options, struct arena *arena));

#endif
