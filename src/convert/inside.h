/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of a session share: one subject each, seen by nobody else.
 */
#ifndef CONVERT_INSIDE_H
#define CONVERT_INSIDE_H

#include "convert/session.h"
#include "emit/save.h"
#include "pipeline/script_run.h"
#include "ruleset/live.h"

/* What was done, the last step first: a command that worked, or something found.  A list
 * that never changes, so that a state keeps it by its head. */
struct step {
	const struct step *before;
	struct statement *statement; /* or NULL */
	struct diag *diag;	     /* or NULL */
	enum table_id table;	     /* of the statement */
	/* Of what is neither, and of statements: what the call was, for script_run.h. */
	struct span span;
	unsigned round;
	const char *program;	 /* its name, of HAPPENING_PROGRAM */
	unsigned number;	 /* of the call */
	struct command *command; /* that was refused, or NULL */
	uint8_t kind;		 /* enum happening_kind */
	bool keeps;
};

/* The ipsets, the last one first; what was destroyed stands there as gone. */
struct set {
	const struct set *before;
	const char *name;
	const char *type;
	enum family family; /* UNSPEC: of no family, such as bitmap:port */
	bool gone;
};

/* What a state of the session is. */
struct state {
	struct ruleset *ruleset;
	const struct set *sets;
	const struct step *steps;
	enum table_id order[TABLE_COUNT]; /* the tables in which they were first touched */
	unsigned n_order;
};

struct session {
	struct arena *arena;
	struct unit *unit; /* a frame until session_unit() */
	struct binder *binder;
	enum backend backend;
	enum family family;
	struct live live;
	struct state now;	      /* .ruleset is that of live */
	const struct ruleset *before; /* a copy of what was given, or NULL */
	bool shared;		      /* the ruleset belongs to a saved state, too ... */
	unsigned shared_tables;	      /* ... and so do the chains of these tables: set of 1 << id */
	bool has_effect;
	struct state *states;
	unsigned n_states;
	unsigned capacity;

	/* Of the call that is under way. */
	const struct journal_call *call;
	unsigned n_calls;
	struct command *command; /* that its words are, or NULL */
	struct span text;	 /* where its input stands in the script; empty: not known */
	struct buf *out;
	struct buf *errors;
	enum table_id table; /* what has_chain() looks at */
};

static inline bool session_is_nft(const struct session *session)
{
	return session->backend == BACKEND_NFT;
}

static inline struct table *session_table(struct session *session, enum table_id id)
{
	return &session->live.ruleset->tables[id];
}

/* ---- session.c ---- */

/* A table is about to be changed (NONE: only what stands in struct table itself): states that
 * share it keep the old one. */
void session_own(struct session *session, enum table_id table);

/* The call looked at the table in the kernel, which makes it there for legacy. */
void session_touch(struct session *session, enum table_id table);

void session_add_statement(struct session *session, enum table_id table,
			   struct statement *statement);

/* The same for a line of a restore; KEEPS: the section left what was in the table. */
void session_add_line(struct session *session, struct statement *line, bool keeps);

/* Makes what was found part of the session; those of other places are moved to the call. */
void session_add_diags(struct session *session, struct diags *found);

/* The scope in which words are bound. */
struct bind_scope session_scope(struct session *session, struct diags *diags);

/* The span of a word of the call. */
struct span session_word_span(const struct session *session, size_t word);

/* ---- chronicle.c ---- */

/* The unit's statements, its records, and how it all went, from the steps. */
void session_chronicle(struct session *session);

/* ---- command.c, restore.c, saving.c, sets.c: one call ---- */

int session_command(struct session *session);
int session_restore_call(struct session *session);
int session_save_call(struct session *session);
int session_ipset_call(struct session *session);

/* The set of that name, if it is there; NULL. */
const struct set *set_find(const struct set *sets, const char *name);

/* ---- listing.c ---- */

/* -L and -S; the chain is there, or none is named. */
void session_list(struct session *session, enum table_id table, const struct command *command);

/* ---- answer.c: in the words of the real programs ---- */

/* "iptables v1.8.9 (legacy)" */
const char *answer_version(struct session *session);

/* "iptables", "ip6tables" */
const char *answer_program(const struct session *session);

/* What is said of words that were not understood; EXTENSION: what an extension said of them
 * first, or NULL.  The status. */
int answer_usage(struct session *session, const struct diags *found, const char *extension);

/* Is all that is wrong a target that is not there?  Then legacy has looked into the table, and
 * nft has read all words. */
bool answer_lacks_only_target(const struct diag *first);

/* The real program's words for what the binder found. */
const char *answer_words(struct session *session, const struct diag *diag);

int answer_no_table(struct session *session, const char *name);

/* What is said of a command that the table refuses (it is as before the command). */
int answer_refused(struct session *session, const struct table *table,
		   const struct command *command);

/* What nft says to -L -Z where a built-in chain is not there yet. */
int answer_absent(struct session *session, const char *chain);

/* ... that the kernel refuses. */
int answer_kernel(struct session *session, const struct command *command,
		  const struct diags *found);

void answer_help(struct session *session);

#endif
