/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that lives: changed by one command of iptables after the other, and by
 * sections of iptables-restore.  A command that is refused changes nothing.
 *
 * Knows nothing of what the kernel says to the result (kernel/), of words, and of what
 * the programs print.
 */
#ifndef RULESET_LIVE_H
#define RULESET_LIVE_H

#include "ruleset/ruleset.h"

struct live {
	struct arena *arena;
	const struct tools *tools; /* exactly one back end */
	struct ruleset *ruleset;
	struct change *changes; /* of the last command, for live_undo() */
	struct table *section;	/* of the restore that is under way */
	bool noflush;		/* it keeps what is there */
};

/* No rules, every policy ACCEPT.  TOOLS has to stay as long as LIVE. */
void live_init(struct live *live, struct arena *arena, enum family family,
	       const struct tools *tools);

/*
 * Runs a command in TABLE.  False if it is refused: then DIAGS has the reason, and nothing was
 * changed.
 */
bool live_command(struct live *live, enum table_id table, const struct command *command,
		  struct diags *diags);

/* Takes back what the last command did to rules (-A -I -R -D); other commands stay. */
void live_undo(struct live *live);

/* Did the last command take a rule away for which TEST holds? */
bool live_took_away(const struct live *live, bool (*test)(const struct rule *rule));

/*
 * A section of iptables-restore: its '*' line, which empties the table if FLUSH; each line of
 * a chain or with a command (false: it is refused); its COMMIT.  What a section that failed
 * has done is the caller's to take back, with a copy.
 */
void live_begin_section(struct live *live, const struct table_statement *line, bool flush);
bool live_line(struct live *live, const struct statement *line, struct diags *diags);
void live_commit(struct live *live);

/* ---- copy.c ---- */

/* A copy of its own; rules, which never change, are shared. */
struct ruleset *ruleset_copy(const struct ruleset *ruleset, struct arena *arena);
void table_copy(struct table *to, const struct table *from, struct arena *arena);

/* Would iptables-save print the same, and later commands find the same? */
bool ruleset_same(const struct ruleset *a, const struct ruleset *b);

#endif
