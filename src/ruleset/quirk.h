/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Behaviour that belongs to some releases of one back end: the only place that
 * knows release numbers.  Everything else asks quirk_holds().
 */
#ifndef RULESET_QUIRK_H
#define RULESET_QUIRK_H

#include <stdbool.h>

#include "source/diag.h"

/* The restore programs whose behaviour is asked for. */
struct tools {
	unsigned backends; /* enum backend */
	unsigned release;  /* 1.8.9 is 10809 */
	bool noflush;	   /* called with --noflush: what is loaded stays */
};

#define RELEASE(major, minor, patch) ((major)*10000u + (minor)*100u + (patch))

enum quirk_id {
	/* -p -s -d -j -i -o take the word before the next one for their value:
	 * "-ptcp" is the protocol "-ptcp", "-ieth0" the interface "-ieth0". */
	QUIRK_GLUED_OPTION,
	/* "! -i +" is loaded as if it were not there. */
	QUIRK_NOT_ANY_INTERFACE,
	/* "! --sport 0:65535" is saved without the negation. */
	QUIRK_FULL_RANGE_NEGATION,
	/* The name of a protocol is printed as the host's /etc/protocols has it. */
	QUIRK_PROTOCOL_FROM_FILE,
	/* nft: -R of a rule of the same batch crashes the program. */
	QUIRK_REPLACE_CRASHES,
	/* nft: -Z of a rule crashes, -Z of rules with counters fails, and -Z of a built-in
	 * chain sets the policy ACCEPT. */
	QUIRK_ZERO_CRASHES,
	QUIRK_ZERO_FAILS,
	QUIRK_ZERO_OPENS,
	/* nft: -X takes built-in chains away, and their policies. */
	QUIRK_DELETES_BUILTIN,
	/* nft: -L or -S of a built-in chain makes later lines fail that need it. */
	QUIRK_LISTED_CHAIN_FAILS,
	/* nft: -E fails on what the same batch made. */
	QUIRK_RENAME_FAILS,
	/* nft: -F without a chain leaves the rules of the same batch. */
	QUIRK_FLUSH_ALL_KEEPS,
	/* nft: what becomes an expression comes back in other words: several -m tcp
	 * (-m udp) as one, a bare one not at all, --limit-burst 0 not at all. */
	QUIRK_EXPRESSION_TEXT,
	/* nft: --nflog-range is lost, the prefix may have 127 bytes. */
	QUIRK_NFLOG_TEXT,
	QUIRK_COUNT,
};

struct quirk {
	const char *name;
	unsigned backends;  /* enum backend */
	unsigned from;	    /* first release that has it; 0: not known */
	unsigned until;	    /* first release that no longer has it; 0: none known */
	const char *effect; /* for messages: what happens, in a few words */
};

const struct quirk *quirk_get(enum quirk_id id);

/* Does BACKEND in TOOLS' release behave so? */
bool quirk_holds(enum quirk_id id, enum backend backend, const struct tools *tools);

#endif
