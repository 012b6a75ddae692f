/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rules file leaves in the kernel: tables, chains, rules.
 *
 * ruleset_build() runs the statements in order, as one back end would, and
 * reports each command that this back end refuses.  It goes on after a refusal,
 * so that the lint rules have something to look at; a refused file's ruleset is
 * what remains when the refused commands are left out.
 */
#ifndef RULESET_RULESET_H
#define RULESET_RULESET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "ruleset/quirk.h"
#include "ruleset/rule.h"
#include "ruleset/statement.h"
#include "source/diag.h"

/* One rule in one chain. */
struct entry {
	struct entry *next;
	const struct rule *rule;
	struct chain *to; /* the chain that it jumps to; NULL: none */
};

/* With --noflush: where rules may stand that are loaded already. */
enum host_rules {
	HOST_RULES_NONE,
	HOST_RULES_BEFORE, /* in front of those of the file */
	HOST_RULES_AMONG,  /* anywhere */
};

struct chain {
	const char *name;    /* interned */
	struct entry *first; /* the rules in order */
	struct entry **last;
	const struct statement *declared; /* the line that made it, or declared its policy; NULL:
					     built in, not named */
	const struct counters *counters;  /* of the policy; NULL: zero */
	/* With --noflush, of one that has to be there already: the first word that names it;
	 * else start == end. */
	struct span assumed_at;
	uint32_t n_rules;
	uint32_t n_jumps;     /* rules that jump here */
	uint32_t index;	      /* position in table->chains */
	uint8_t hook;	      /* enum hook; HOOK_NONE: user-defined */
	uint8_t policy;	      /* enum verdict; VERDICT_ACCEPT where the file says nothing */
	uint8_t nft;	      /* of a built-in one, while the lines are run: run.h */
	uint8_t host_rules;   /* enum host_rules */
	bool policy_declared; /* by a : line or -P */
};

struct table {
	enum table_id id;
	bool present;	/* the file has a section of it */
	bool used;	/* ... with at least one chain line or command in it */
	bool committed; /* the section ended in COMMIT */
	const struct table_statement *section; /* the last one, NULL if not present */
	const struct table *replaced;	       /* what an earlier section had committed, or NULL */
	struct chain **chains; /* built-in ones in hook order, then user-defined ones */
	uint32_t n_chains;
	struct chain_index *by_name;
};

struct ruleset {
	struct arena *arena;
	enum family family;
	unsigned backends; /* enum backend: whose behaviour it has */
	struct table tables[TABLE_COUNT];
};

/* What the selected back ends leave behind; NULL for one that is not selected. */
struct ruleset_pair {
	struct ruleset *legacy;
	struct ruleset *nft; /* the same object as legacy where the two do not differ */
};

/*
 * Runs STATEMENTS as each back end of TOOLS would, on a freshly booted host; with --noflush
 * on one that has every chain which the file does not declare.
 * Refusals go to DIAGS, one record for what both refuse.  STATEMENTS stays
 * untouched and must outlive the result.
 */
struct ruleset_pair ruleset_build(struct arena *arena, enum family family,
				  const struct tools *tools, const struct statement *statements,
				  struct diags *diags);

/* The chain of that interned name, or NULL. */
struct chain *table_find_chain(const struct table *table, const char *name);

/* The built-in chain of the table at that hook, or NULL. */
struct chain *table_hook_chain(const struct table *table, enum hook hook);

/* The chains in the order of iptables-save: built-in by hook, user-defined bytewise.
 * n_chains pointers, taken from ARENA. */
struct chain **table_sorted_chains(const struct table *table, struct arena *arena);

#define for_each_entry(entry, chain) \
	for (struct entry *entry = (chain)->first; entry; entry = entry->next)

#endif
