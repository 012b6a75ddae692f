/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script did to the packet filter: each call of iptables and its relatives, in
 * order.  Written while the script is evaluated or run, then made once more for each
 * family in a session, which becomes a unit (session.h).  The seam between the shell and
 * netfilter: knows nothing of either.
 */
#ifndef CONVERT_JOURNAL_H
#define CONVERT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "source/source.h"

/* The programs that read or change a family's rules, whatever their spelling. */
enum filter_program {
	FILTER_NONE,
	FILTER_COMMAND, /* iptables, ip6tables */
	FILTER_RESTORE, /* iptables-restore ... */
	FILTER_SAVE,	/* iptables-save ... */
	FILTER_IPSET,	/* ipset: of both families */
	FILTER_OTHER,	/* another program, or a builtin that waits: only that time went by there */
};

/*
 * Which program a name is: "iptables", "/sbin/ip6tables-legacy", "iptables-nft-restore",
 * "xtables-multi" no.  *FAMILY is FAMILY_UNSPEC for ipset.
 */
enum filter_program filter_program_of(const char *name, enum family *family);

struct journal_call {
	const char *const *words; /* words[0]: the program as written */
	const struct span *spans; /* of each word in the script; empty where not known */
	size_t n_words;
	const char *input; /* FILTER_RESTORE, "ipset restore": what it read, from standard input or
			      its file, input_len bytes; NULL: nothing, or the file is not there */
	size_t input_len;
	struct span span;	/* of the command in the script */
	const char *other_file; /* as in evaluate/host.h */
	unsigned round;		/* of loops, as in evaluate/host.h */
	enum filter_program program;
	enum family family; /* FAMILY_UNSPEC: FILTER_IPSET */
	int status;	    /* what it returned; not 0: it changed nothing */
};

struct journal {
	struct arena *arena;
	const struct source *source; /* the script */
	struct journal_call *calls;
	size_t n_calls;
	size_t capacity;
};

struct journal *journal_new(struct arena *arena, const struct source *source);

/* Copies CALL and all that it points to. */
void journal_add(struct journal *journal, const struct journal_call *call);

/* Back to the first N calls. */
void journal_cut(struct journal *journal, size_t n);

/* Does it hold a call for the family? */
bool journal_touches(const struct journal *journal, enum family family);

/* Does it hold one that worked, and may have changed something? */
bool journal_changes(const struct journal *journal);

#endif
