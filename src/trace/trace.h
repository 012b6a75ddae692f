/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of one packet through the tables of a file, in the order of the kernel.
 *
 * Where a match cannot be answered from what is known, both ways are followed; each
 * combination of answers that changes something is an outcome.
 *
 * Source of the order: the priorities of the hooks in linux/netfilter_ipv4.h, and
 * counters measured in the kernel.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "pipeline/unit.h"
#include "trace/ask.h"
#include "trace/packet.h"

/* A rule that the packet meets. */
struct trace_step {
	struct trace_step *next;
	const struct table *table;
	const struct chain *chain;
	const struct rule *rule;
	unsigned depth; /* of calls */
	bool matched;
	bool was_assumed; /* not known: this outcome follows one of the two ways */
};

/* An answer that was not known. */
struct trace_choice {
	struct trace_choice *next;
	const struct rule *rule;
	const struct match *match; /* NULL: what the rule itself asks, about the packet */
	bool answer;
};

struct trace_outcome {
	struct trace_outcome *next;
	struct trace_step *steps;
	struct trace_choice *choices;  /* in order; none if all was known */
	const char *verdict;	       /* "ACCEPT", "DROP", "REJECT", "QUEUE" ..., "unknown" */
	const struct rule *decided_by; /* NULL: the policy of ... */
	const struct chain *policy_of; /* NULL: no table of the file has a chain for it */
	const struct table *table;
	struct packet packet; /* as it leaves */
};

struct trace {
	struct trace_outcome *outcomes; /* at least one */
	unsigned n;
	bool is_incomplete; /* there are more than are listed */
};

/* Answers given by the user: "set:trusted=yes". */
struct assumption {
	const char *kind;  /* name of a match */
	const char *value; /* a word of its options; "": any */
	bool answer;
};

/* Reads one; false, with *WHY in ARENA, if it is none. */
bool assumption_read(struct assumption *assumption, struct arena *arena, const char *text,
		     const char **why);

/* Does it answer for MATCH, or, if that stands under "!", for what is negated there? */
bool assumption_fits(const struct assumption *assumption, const struct match *match);

/* What to write to answer for MATCH: "set:trusted"; from ARENA. */
const char *assumption_name(struct arena *arena, const struct match *match);

void trace_packet(struct trace *trace, struct arena *arena, const struct unit *unit,
		  const struct packet *packet, const struct assumption *assumptions,
		  size_t n_assumptions);

#endif
