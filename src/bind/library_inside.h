/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What library.c and library_text.c share.  The only file that includes <xtables.h>.
 */
#ifndef BIND_LIBRARY_INSIDE_H
#define BIND_LIBRARY_INSIDE_H

#include <setjmp.h>
#include <signal.h>
#include <xtables.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "bind/capture.h"
#include "bind/interpose.h"
#include "bind/library.h"

/* The options of one sequence of extensions, as a node of a trie. */
struct table {
	struct option *options;
	const void *extension;	/* the last of the sequence */
	unsigned offset;	/* of that extension's options */
	struct table *children; /* longer sequences */
	struct table *sibling;
};

struct library {
	enum family family;
	struct xtables_globals globals;
	struct table root;
	struct table *table; /* of the rule being read */
	struct capture out;
	struct capture err;
	struct interposed outside;
	jmp_buf back;
	volatile sig_atomic_t is_calling;
	struct failure *failure; /* of the call that is under way */
	union {
		struct ipt_entry v4;
		struct ip6t_entry v6;
	} entry;
	struct xtables_rule_match *matches;
	struct xtables_target *target;
	int n_matches;
};

typedef void call_function(struct library *library, void *argument);

/* Calls into libxtables; false if the call did not return by itself. */
bool library_attempt(struct library *library, call_function *call, void *argument,
		     struct failure *failure);

/* The match of that index. */
struct xtables_match *library_match_at(const struct library *library, int owner);

/* The addresses and the protocol of the rule being read, as extensions look at them. */
const void *library_entry(const struct library *library);

#endif
