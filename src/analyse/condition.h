/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rule asks of a packet, taken apart as far as it can be understood, and the
 * question whether one rule's packets are all among another's.
 *
 * A condition describes one rule at one moment.  It knows nothing of chains, and
 * nothing of what other rules do to the packet in between (shadow.h does).
 */
#ifndef ANALYSE_CONDITION_H
#define ANALYSE_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

#define CONDITION_RANGES   32
#define CONDITION_LITERALS 12

struct port_range {
	uint16_t low;
	uint16_t high;
};

/* Ports in order, without overlap; any: all of them. */
struct port_set {
	bool any;
	uint8_t n;
	struct port_range ranges[CONDITION_RANGES];
};

struct icmp_test {
	bool given;
	bool any; /* every type */
	bool inverted;
	uint8_t type;
	uint8_t low; /* codes */
	uint8_t high;
};

struct condition {
	const struct rule *rule;
	enum family family;
	/* Nothing is to be said of this rule: it could not be read, or the back ends
	 * do not agree about it. */
	bool silent;
	/* Every test is understood, so that the rule can cover others. */
	bool exact;
	/* Some test can hold for no packet. */
	bool empty;
	/* A test of ports, flags or types: no later fragment gets through. */
	bool transport;
	/* A -m tcp or -m udp that asks for nothing else.  Legacy does keep later
	 * fragments out with it, nft drops it. */
	bool bare;
	uint8_t asked; /* enum port_field: by the -m tcp and -m udp read so far */
	bool has_flags;
	uint8_t states;	    /* allowed: bits of enum condition_state */
	uint8_t tcp_option; /* 0: none asked for */
	bool tcp_option_inverted;
	uint8_t n_literals;
	unsigned reads;	 /* enum field: what the tests read */
	unsigned writes; /* enum field: what the matches may write */
	struct icmp_test icmp;
	uint64_t flags[4]; /* allowed values of the TCP flag byte, if has_flags */
	/* Matches that are taken as one unknown, but unchanging, answer. */
	const struct match *literals[CONDITION_LITERALS];
	struct port_set sport;
	struct port_set dport;
};

/* A packet has exactly one of these. */
enum condition_state {
	STATE_INVALID = 1 << 0,
	STATE_ESTABLISHED = 1 << 1,
	STATE_RELATED = 1 << 2,
	STATE_NEW = 1 << 3,
	STATE_UNTRACKED = 1 << 4,
	STATE_ANY = (1 << 5) - 1,
};

void condition_read(struct condition *condition, enum family family, const struct rule *rule);

/* Does every packet meet it? */
bool condition_is_everything(const struct condition *condition);

/*
 * Does every packet that meets B certainly meet A, looked at at the same moment?
 * False where that cannot be decided.
 */
bool condition_covers(const struct condition *a, const struct condition *b);

/* The same match with the same answer? */
bool literal_equal(const struct match *a, const struct match *b);

#endif
