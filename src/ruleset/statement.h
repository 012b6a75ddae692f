/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a rules file in the order of the file: the tree that keeps what
 * the author wrote.  The ruleset (ruleset.h) is what the lines leave behind.
 *
 * One statement is one line, but for runs of blank and comment lines, which are
 * one statement each, and lines longer than iptables-restore reads at once
 * (10,239 bytes), which are several.
 */
#ifndef RULESET_STATEMENT_H
#define RULESET_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset/netfilter.h"
#include "ruleset/rule.h"
#include "source/source.h"

enum statement_kind {
	STATEMENT_BLANK,   /* one or more empty lines */
	STATEMENT_COMMENT, /* one or more lines with '#' in column 1 */
	STATEMENT_TABLE,   /* *filter */
	STATEMENT_CHAIN,   /* :INPUT ACCEPT [0:0] */
	STATEMENT_COMMAND, /* [0:0] -A INPUT ... */
	STATEMENT_COMMIT,
	STATEMENT_BROKEN, /* not of the language here; an error was reported */
};

struct statement {
	struct statement *next;
	struct span span; /* without the line's end */
	uint8_t kind;	  /* enum statement_kind */
};

struct table_statement {
	struct statement base;
	enum table_id table; /* TABLE_NONE: no such table (reported) */
	struct span name;
};

struct chain_statement {
	struct statement base;
	const char *name;		 /* interned */
	const char *policy_text;	 /* as written: "ACCEPT", "-", anything */
	const struct counters *counters; /* NULL if none given */
	struct span name_span;
	struct span policy_span;
	uint8_t policy; /* enum verdict; VERDICT_NONE for "-" and for what is no policy */
};

enum command_kind {
	COMMAND_NONE,	       /* the line could not be read (reported) */
	COMMAND_APPEND,	       /* -A */
	COMMAND_INSERT,	       /* -I */
	COMMAND_DELETE,	       /* -D with a specification */
	COMMAND_DELETE_NUMBER, /* -D with a number */
	COMMAND_REPLACE,       /* -R */
	COMMAND_CHECK,	       /* -C */
	COMMAND_NEW_CHAIN,     /* -N */
	COMMAND_DELETE_CHAIN,  /* -X */
	COMMAND_RENAME_CHAIN,  /* -E */
	COMMAND_FLUSH,	       /* -F */
	COMMAND_ZERO,	       /* -Z */
	COMMAND_ZERO_NUMBER,   /* -Z with a number */
	COMMAND_POLICY,	       /* -P */
	COMMAND_LIST,	       /* -L, -S: prints, changes nothing */
	COMMAND_SKIPPED,       /* -6 in a v4 file or the reverse: the line does nothing */
	COMMAND_STOP, /* -h, -V: the program prints and ends with 0, nothing is committed */
};

struct command {
	struct statement base;
	const char *chain; /* interned; NULL where the command has none */
	union {
		const char *other;  /* -E: the new name; -P: the policy as written; or NULL */
		struct rule *rules; /* of all others: several where -s or -d is a list */
	};
	struct span chain_span;
	struct span spec_span; /* words of the rule specification; start == end if none */
	uint32_t n_rules;
	uint32_t number; /* -I -D -R -Z: 1-based; 0 if none given */
	uint8_t kind;	 /* enum command_kind */
	char lists; /* with COMMAND_LIST or COMMAND_ZERO 'L', 'S' or 0; 'h' or 'V': COMMAND_STOP */
	bool verbose; /* -v, -n, -x, --line-numbers: how it prints */
	bool numeric;
	bool exact;
	bool line_numbers;
	bool failed; /* an error was reported: not all words were understood */
};

/* Does the command have a rule specification? */
static inline bool command_takes_rule(const struct command *command)
{
	switch (command->kind) {
	case COMMAND_APPEND:
	case COMMAND_INSERT:
	case COMMAND_DELETE:
	case COMMAND_REPLACE:
	case COMMAND_CHECK:
		return true;
	}
	return false;
}

/* Was this a rule, or may it have been one, without there being a rule now? */
static inline bool statement_is_unreadable(const struct statement *statement)
{
	const struct command *command = (const struct command *)statement;

	if (statement->kind == STATEMENT_BROKEN)
		return true;
	if (statement->kind != STATEMENT_COMMAND)
		return false;
	switch (command->kind) {
	case COMMAND_NONE:
		return true;
	case COMMAND_APPEND:
	case COMMAND_INSERT:
	case COMMAND_REPLACE:
		return command->n_rules == 0;
	}
	return false;
}

/* The first rule of the line; NULL: it makes none, or none that could be read. */
static inline const struct rule *statement_rule(const struct statement *statement)
{
	const struct command *command = (const struct command *)statement;

	if (statement->kind != STATEMENT_COMMAND || !command->n_rules || command->rules[0].unbound)
		return NULL;
	return &command->rules[0];
}

#endif
