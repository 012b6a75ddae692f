/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines whose rules can never act, for the lint rules that report them.  Each line
 * belongs to one of them, that with the most specific name.
 */
#ifndef LINT_DEAD_H
#define LINT_DEAD_H

#include "analyse/reach.h"
#include "lint/lint.h"

/* The message that was made last: long lists mostly need the same one again. */
struct dead_memo {
	const char *action;
	const char *cover;
	bool against;
	const char *message;
	uint64_t steps_left; /* for looking into chains that are called */
};

/* Rules that one line has made, dead for the same reason. */
struct dead_line {
	const struct unit *unit;
	const struct table *table;
	const struct chain_reach *chain;
	const struct dead_rule *first;
	uint32_t n_dead;
	uint32_t n_rules; /* of the whole line */
	struct dead_memo *memo;
	/* A cover that decides against some of its packets; the only one may call a chain that
	 * does.  NULL: none does. */
	const struct rule *against;
	/* Where the only cover calls a chain: the rule there that ends all of the packets, or
	 * (is_all_by is false) some of them against this rule; NULL: there is none, or it is not
	 * known. */
	const struct rule *by;
	const struct chain *by_chain; /* of that rule */
	bool is_all_by;
};

/* Does the lint rule NAME report dead rules by this module? */
bool dead_is_said_by(const char *name);

typedef void dead_report(const struct dead_line *line, struct diags *diags);

/* Calls REPORT for the lines of UNIT that belong to the lint rule NAME. */
void dead_each_line(const struct unit *unit, const char *name, dead_report *report,
		    struct diags *diags);

/*
 * A new record at the line, with table and chain, and a message made of FORMAT; "2 of the
 * 4 rules that this line makes: " stands before it where not all of them are dead.
 */
struct diag *dead_diag(const struct dead_line *line, struct diags *diags, const char *name,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same with a message that is made already, and lives as long as the unit. */
struct diag *dead_diag_saying(const struct dead_line *line, struct diags *diags, const char *name,
			      const char *message);

/* The covers as related places: the first few, and one that says how many more; and what the
 * first one calls. */
void dead_relate_covers(const struct dead_line *line, struct diags *diags, struct diag *diag);

#endif
