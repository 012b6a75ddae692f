/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What targets and matches do to a packet: constant facts about the extensions of
 * iptables, no more.
 *
 * Knows names only; what a certain rule says with them is condition.h's business.
 */
#ifndef ANALYSE_FACTS_H
#define ANALYSE_FACTS_H

#include <stdbool.h>

/* What a test can read and a target can write, as a set. */
enum field {
	FIELD_SRC = 1 << 0,
	FIELD_DST = 1 << 1,
	FIELD_TRANSPORT = 1 << 2, /* protocol, ports, flags, icmp type, fragment offset */
	FIELD_HEADER = 1 << 3,	  /* tos, ttl and the rest of the header */
	FIELD_OPTIONS = 1 << 4,	  /* of TCP, and so the length */
	FIELD_LINK = 1 << 5,	  /* interfaces and what the lower layers know */
	FIELD_MARK = 1 << 6,
	FIELD_CONNMARK = 1 << 7,
	FIELD_CONNTRACK = 1 << 8, /* state and the rest of the connection's entry */
	FIELD_SET = 1 << 9,	  /* who is in an ipset */
	FIELD_SOCKET = 1 << 10,
	FIELD_LABEL = 1 << 11, /* of a connection */
	FIELD_ALL = (1 << 12) - 1,
};

#define N_FIELDS 12

enum ends {
	ENDS_NEVER,	/* the next rule is looked at */
	ENDS_SOMETIMES, /* not known, or it depends on the packet */
	ENDS_ALWAYS,
};

struct target_facts {
	const char *name; /* as the kernel calls it */
	enum ends ends;
	unsigned writes; /* set of enum field */
	bool may_return; /* could act like RETURN */
};

/* Never NULL: a target that is not known may do anything. */
const struct target_facts *target_facts(const char *real_name);

enum answer {
	ANSWER_ALWAYS_YES, /* comment */
	ANSWER_PURE, /* the same for the same packet, as long as nothing it reads is written */
	ANSWER_FREE, /* may differ from one time to the next: rates, counts, chance, time */
};

/* What is known of a match and the same one with "!" before its only option. */
enum negation {
	NEGATION_UNRELATED,
	NEGATION_EXCLUDES,    /* no packet is taken by both; some are by neither */
	NEGATION_COMPLEMENTS, /* each packet is taken by one of them */
};

struct match_facts {
	const char *name; /* as the kernel calls it */
	enum answer answer;
	unsigned reads; /* what an ANSWER_PURE one reads */
	/* Options that make the answer free, as they stand in the saved text; or NULL. */
	const char *const *free_options;
	enum negation negation;
};

/* Never NULL: a match that is not known answers freely and may write anything. */
const struct match_facts *match_facts(const char *real_name);

/* What a match with this saved text may write, even where it does not match. */
unsigned match_writes(const struct match_facts *facts, const char *text);

#endif
