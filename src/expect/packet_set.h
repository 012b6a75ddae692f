/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of packets as people write them down: "in=eth0 src=10.0.0.0/8 dport=1024:65535".
 *
 * Knows words and what they stand for; nothing of rules, and of promises only that a set may
 * have exceptions.
 */
#ifndef EXPECT_PACKET_SET_H
#define EXPECT_PACKET_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/set.h"
#include "analyse/space.h"
#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "source/diag.h"

/* What a variable may be. */
struct values {
	bool is_given; /* it was named, if only as "any" */
	struct range *ranges;
	uint32_t n; /* 0: anything */
};

/* Names of interfaces, with a + at the end or not. */
struct names {
	bool is_given;
	const char **list;
	uint32_t n; /* 0, and given: every interface */
};

/* A mark; the one that nobody has set is 0. */
struct mark_value {
	bool is_any;
	uint32_t value;
};

struct packet_set {
	/* By enum variable; VAR_IN and VAR_OUT are not used.  VAR_STATE: without translation. */
	struct values values[VAR_TOOL];
	struct names in, out;
	struct mark_value mark, connmark;
	enum family family;	  /* of the addresses and of icmp; FAMILY_UNSPEC: none is named */
	struct span family_at;	  /* the word that says so */
	bool is_any_icmp;	  /* icmp-type= without proto=: of the file's family */
	struct span at[VAR_TOOL]; /* of the words, where they are given */
};

/* A file that is being read. */
struct words {
	struct arena *arena;
	const struct source *source;
	struct diags *diags; /* their rule is "expectation", which is no lint rule */
};

/*
 * Takes one word, NAME=VALUE.  False after a complaint: it is no such word, or the value is
 * wrong, or the set has it already.  IS_EXCEPTION: of what is taken out of a set, which has no
 * marks.
 */
bool packet_set_read(const struct words *words, struct packet_set *set, struct span word,
		     bool is_exception);

/*
 * What follows from the words: ports are those of protocols that have ports, and so on.  False
 * after a complaint: they exclude each other.
 */
bool packet_set_finish(const struct words *words, struct packet_set *set);

/*
 * The regions, without packets in common, that are the set without the exceptions, in SCRATCH;
 * how many, in *N, which may be 0.  SPACE has to know all names of interfaces.  What the set
 * leaves open: state NEW, the flags that such a packet usually has (packet_usual_flags()), no
 * later fragment.
 */
const struct region **packet_set_regions(const struct packet_set *set,
					 const struct packet_set *exceptions, uint32_t n_exceptions,
					 struct space *space, struct scratch *scratch, uint32_t *n);

#endif
