/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run over the lines of a file, as one back end does it.  Inside ruleset/ only.
 */
#ifndef RULESET_RUN_H
#define RULESET_RUN_H

#include "ruleset/ruleset.h"

/* What iptables-nft-restore knows of a built-in chain while it reads a section. */
enum nft_chain {
	NFT_ABSENT, /* no line has needed it yet */
	NFT_LISTED, /* only -L or -S named it: it takes it for made, and did not make it */
	NFT_MADE,
};

/* What a command did to the rules of a chain, so that it can be taken back. */
struct change {
	struct change *before; /* the change before this one */
	struct chain *chain;
	struct entry **link; /* holds the entry, or held it; NULL: find it by NUMBER */
	uint32_t number;
	struct entry *entry;
	const struct rule *rule; /* what the entry had before; NULL: the entry is new */
	struct chain *to;
	bool removed; /* the entry was taken out */
};

struct run {
	struct arena *arena;
	struct ruleset *ruleset;
	const struct tools *tools;
	enum backend backend; /* whose behaviour is followed */
	unsigned refusers;    /* who refuses what this run refuses */
	bool differs;	      /* the other back end makes another ruleset */
	bool at_once;	      /* a line of this section fails when it is read, with nft too */
	bool renamed;	      /* rules of this section jump to chains by their old names */
	struct table *table;  /* of the current section, or NULL */
	uint32_t latest;      /* position of the chain that a command named last */
	struct diags *diags;
	struct diag **section_diags;  /* where those of this section begin */
	const struct statement *end;  /* the line that ends the program early, or NULL */
	const struct statement *lost; /* the line that begins its section */
	uint32_t n_compared;	      /* names, in search of the nearest one */
	bool single;		      /* a command of its own, and no line of a file */
	bool noflush;		      /* restore --noflush: a ':' line empties the chain */
	struct change *changes;	      /* of a single command, the last one first */
};

/* From here on the two back ends part. */
void run_part(struct run *run);

static inline bool run_is_nft(const struct run *run)
{
	return run->backend == BACKEND_NFT;
}

/* Is it run on what other commands have left, and not on an empty table? */
static inline bool run_is_living(const struct run *run)
{
	return run->single || run->noflush;
}

/* Does this run behave so?  If only one back end does, the two part.  All of these quirks
 * are of what a restore program does to what it made itself: others have none. */
bool run_has(struct run *run, enum quirk_id id);

/* The same for behaviour that makes the file fail: it is reported. */
bool run_fails_by(struct run *run, enum quirk_id id, const struct command *command);

struct diag *run_refuse(struct run *run, const char *rule, struct span span, const char *chain,
			const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same, pointing at the chain of the command. */
struct diag *run_refuse_command(struct run *run, const char *rule, const struct command *command,
				const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The chain that the command names; NULL after a refusal. */
struct chain *run_chain(struct run *run, const struct command *command);

/* The user-defined chain NAME, which only what is loaded already has; NULL: no host does. */
struct chain *run_assume_chain(struct run *run, const char *name, struct span span);

/* Whether the command succeeds depends on rules that are loaded. */
void run_undecided(struct run *run, const char *rule, const struct command *command,
		   const char *what);

/* The command has no rule of that number. */
void run_refuse_number(struct run *run, const struct command *command, const struct chain *chain);

/* A line needs the built-in chain to be there; any other chain is. */
void run_need_chain(struct run *run, const struct command *command, struct chain *chain);

/* Rules that jump to renamed chains get their new names. */
void run_settle_names(struct run *run);

/* A line of the current section: of a chain, or with a command; ruleset.c. */
void run_line(struct run *run, const struct statement *statement);

/* The commands about rules: -A -I -D -R -C; rule_commands.c. */
void run_append(struct run *run, const struct command *command);
void run_insert(struct run *run, const struct command *command);
void run_delete(struct run *run, const struct command *command);
void run_delete_number(struct run *run, const struct command *command);
void run_replace(struct run *run, const struct command *command);
void run_check(struct run *run, const struct command *command);

/* The commands about chains: -N -X -E -F -Z -P -L; chain_commands.c. */
void run_new_chain(struct run *run, const struct command *command);
void run_delete_chain(struct run *run, const struct command *command);
void run_rename_chain(struct run *run, const struct command *command);
void run_flush(struct run *run, const struct command *command);
void run_zero(struct run *run, const struct command *command);
void run_policy(struct run *run, const struct command *command);
void run_list(struct run *run, const struct command *command);

/* A ':' line; declare.c. */
void run_chain_line(struct run *run, const struct chain_statement *line);

#endif
