/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of promises about packets, one a line: "accept in=eth0 proto=tcp dport=22".
 *
 * Knows how they are written (iptlint-test(5)); nothing of rules.
 */
#ifndef EXPECT_EXPECTATIONS_H
#define EXPECT_EXPECTATIONS_H

#include "expect/packet_set.h"
#include "trace/trace.h"

enum promise {
	PROMISE_ACCEPT,
	PROMISE_DROP,
	PROMISE_REJECT,
	PROMISE_DENY, /* drop or reject */
	PROMISE_DNAT, /* accept, and be sent elsewhere */
};

/* What to= says. */
struct destination {
	bool has_address, has_port;
	enum family family;
	wide address;
	uint16_t port;
};

struct expectation {
	struct expectation *next;
	const char *group; /* the name above it, "" if there is none */
	struct span span;  /* from the promise to the last word */
	enum promise promise;
	struct destination to; /* of PROMISE_DNAT */
	struct packet_set set;
	struct packet_set *exceptions;
	uint32_t n_exceptions;
	/* What the lines with @ above it say. */
	enum family family;  /* FAMILY_UNSPEC: of every file */
	enum table_id table; /* TABLE_NONE: all */
	const struct assumption *assumptions;
	size_t n_assumptions;
};

struct expectations {
	const struct source *source;
	struct expectation *first;
	uint32_t n;
	/* What is wrong with it; the rule of these records is "expectation", which is no lint rule.
	 */
	struct diags diags;
};

/* Reads SOURCE; both live in ARENA.  What is wrong with a line does not keep others from being
 * read.  ASSUMED: N assumptions that hold for all lines, after their own. */
void expectations_read(struct expectations *expectations, struct arena *arena,
		       const struct source *source, const struct assumption *assumed, size_t n);

#endif
