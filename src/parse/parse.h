/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the grammar: bytes in, one call per line out, as iptables-restore
 * reads a file (iptables-restore(8) and measured behaviour: grammar/README.md).
 *
 * Knows nothing of extensions and options: a rule is a list of words here.
 */
#ifndef PARSE_PARSE_H
#define PARSE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/intern.h"
#include "ruleset/statement.h"
#include "source/diag.h"
#include "source/source.h"

/* One word of a command line after quotes and escapes were taken away. */
struct word {
	const char *text; /* NUL-terminated; valid until the callback returns */
	struct span span; /* in the source, with the quotes */
	bool quoted;
};

/* More words than this in a line, and iptables-restore gives up. */
#define PARSE_MAX_WORDS 251

struct parse_handler {
	/*
	 * Called for each statement in order.  For a command line COMMAND is the
	 * statement with only its base filled in, WORDS are its words without the
	 * leading counters, and COUNTERS is NULL or what stood in [ ].  False if the
	 * caller has seen enough: later command lines are only counted.
	 */
	void (*statement)(void *context, struct statement *statement);
	bool (*command)(void *context, struct command *command, const struct counters *counters,
			const struct word *words, size_t n_words);
	void *context;
};

/*
 * Parses SOURCE.  Statements are taken from ARENA and given to HANDLER; errors go
 * to DIAGS, and parsing goes on with the next line.
 */
void parse_rules(struct arena *arena, struct intern *names, const struct source *source,
		 struct diags *diags, const struct parse_handler *handler);

/*
 * The words of one command line again, for a stage that needs to point into a
 * rule: taken from ARENA.  LINE is the span of a STATEMENT_COMMAND.
 */
struct word *parse_words(struct arena *arena, const struct source *source, struct span line,
			 size_t *n_words);

#endif
