/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One rule, as the kernel would hold it, and what of the author's text it came
 * from.  Written by bind/, read by everybody, changed by nobody.
 *
 * Strings in here live in the arena of the file; chain and interface names are
 * interned, so that equal ones have equal addresses.
 */
#ifndef RULESET_RULE_H
#define RULESET_RULE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "ruleset/netfilter.h"
#include "source/source.h"

union address {
	struct in_addr v4;
	struct in6_addr v6;
};

/*
 * What -s or -d says.  The address has no bits outside the mask; the mask need
 * not be contiguous.  Where a host name stands that only a look-up at load could turn
 * into addresses, there is no mask: see prefix_host().
 */
struct prefix {
	union {
		union address address;
		const char *host; /* as written, with its mask if it has one */
	};
	const union address *mask; /* shared; NULL: a host name */
};

/* The name of the host, or NULL. */
static inline const char *prefix_host(const struct prefix *prefix)
{
	return prefix->mask ? NULL : prefix->host;
}

/* The mask of that many bits; there is one of each, for ever. */
const union address *mask_of_length(enum family family, unsigned bits);

/* Do they hold the same addresses, or the same name? */
bool prefix_equal(const struct prefix *a, const struct prefix *b);

struct counters {
	uint64_t packets;
	uint64_t bytes;
};

/* NULL: zero. */
bool counters_equal(const struct counters *a, const struct counters *b);

/* One -m, or one that -p loaded by itself. */
struct match {
	struct match *next;  /* in the order of the saved text */
	const char *name;    /* as saved: "tcp", "state" (not "conntrack") */
	const char *text;    /* as iptables-save prints it: " -m tcp --dport 22" */
	const char *written; /* with the author's names of services, users ..., where it had any;
				else NULL */
	const void *data;   /* the kernel's structure for this match, without trailing zero bytes */
	uint32_t data_size; /* length of the structure before zeros were cut */
	uint32_t data_len;  /* bytes at data; the rest are zero */
	uint32_t compare_size; /* how much of the structure counts for equality */
	struct span span;      /* of the words that made it */
	uint8_t revision;
	bool implicit;	       /* loaded by -p, not by -m */
	bool undecided;	       /* holds a name that is looked up at load */
	const char *real_name; /* what the kernel calls it: "conntrack" for "state" */
};

/* A target that is an extension. */
struct target {
	const char *name; /* as saved */
	const char *text; /* " -j LOG --log-prefix \"x\"" */
	const char *written;
	const void *data;
	uint32_t data_size;
	uint32_t data_len;
	uint32_t compare_size;
	uint8_t revision;
	bool undecided;
	const char *real_name; /* "CT" for "NOTRACK" */
};

enum target_kind {
	TARGET_NONE, /* no -j: the rule only counts */
	TARGET_VERDICT,
	TARGET_JUMP,
	TARGET_GOTO,
	TARGET_EXTENSION,
};

enum rule_inversion {
	RULE_NOT_SRC = 1 << 0,
	RULE_NOT_DST = 1 << 1,
	RULE_NOT_IN = 1 << 2,
	RULE_NOT_OUT = 1 << 3,
	RULE_NOT_PROTOCOL = 1 << 4,
	RULE_NOT_FRAGMENT = 1 << 5,
};

struct command;

struct rule {
	const struct command *origin; /* the line that made it; never NULL */
	const struct prefix *src;     /* NULL: every address, and not inverted */
	const struct prefix *dst;
	const char *in; /* interface, a trailing '+' is the wildcard; NULL: any */
	const char *out;
	const struct match *matches; /* NULL: none */
	union {
		const char *chain;		/* TARGET_JUMP, TARGET_GOTO: interned name */
		const struct target *extension; /* TARGET_EXTENSION */
	} to;
	const struct counters *counters; /* NULL: zero */
	struct span target_span;	 /* from -j or -g to the last word of the target */
	uint16_t protocol;		 /* 0: every protocol */
	uint8_t inverted;		 /* enum rule_inversion */
	uint8_t target_kind;		 /* enum target_kind */
	uint8_t verdict;		 /* TARGET_VERDICT: enum verdict */
	bool fragment : 1;		 /* -f */
	/*
	 * The words could not be made into a rule (an error was reported, or a
	 * name has to be looked up in a place where no text is known without it).
	 * Such a rule holds its place in the chain; it covers nothing, and
	 * nothing is said about it.  It has no TARGET_EXTENSION.
	 */
	bool unbound : 1;
	/* The counters come from -c, and not from a [ ] that only "restore -c" reads. */
	bool counters_from_option : 1;
	/* The saved text would be another rule, or none: see save-changes-meaning. */
	bool recheck_save : 1;
};

/* Are they the same as the kernel holds them? */
bool target_equal(const struct target *a, const struct target *b);

/* Would -D with B's specification delete A? (compares as the kernel holds them) */
bool rule_equal(const struct rule *a, const struct rule *b);

/* Nothing but a target: every packet that comes here is taken. */
bool rule_matches_all(const struct rule *rule);

/* The first match of that kernel name, or NULL. */
const struct match *rule_find_match(const struct rule *rule, const char *real_name);

/* Is its target the extension of that kernel name?  An unbound rule has none. */
bool rule_has_target(const struct rule *rule, const char *real_name);

/*
 * What the rule itself decides about the packets that it takes: ACCEPT or DROP, which a REJECT
 * is, too.  VERDICT_NONE: nothing, or what only the chain can tell; and of an unbound rule.
 */
enum verdict rule_verdict(const struct rule *rule);

/*
 * Copies the kernel structure of a match (target) to OUT, SIZE bytes, filling up
 * with the zeros that were cut.  False if the structure is smaller than SIZE.
 */
bool match_data(const struct match *match, void *out, size_t size);
bool target_data(const struct target *target, void *out, size_t size);

#endif
