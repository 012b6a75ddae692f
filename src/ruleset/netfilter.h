/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netfilter's fixed nouns: families, tables, hooks, built-in chains, verdicts.
 *
 * Source: iptables(8), "TABLES"; the order of the tables and of the built-in
 * chains is the order in which they are printed.
 */
#ifndef RULESET_NETFILTER_H
#define RULESET_NETFILTER_H

#include <stdbool.h>
#include <stddef.h>

enum family {
	FAMILY_UNSPEC = 0,
	FAMILY_IPV4 = 4,
	FAMILY_IPV6 = 6,
};

/* In the order of printing. */
enum table_id {
	TABLE_RAW,
	TABLE_MANGLE,
	TABLE_NAT,
	TABLE_FILTER,
	TABLE_SECURITY,
	TABLE_COUNT,
	TABLE_NONE = TABLE_COUNT,
};

/* In the order of printing; the bit of hook H in a set is 1 << H. */
enum hook {
	HOOK_PREROUTING,
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_OUTPUT,
	HOOK_POSTROUTING,
	HOOK_COUNT,
	HOOK_NONE = HOOK_COUNT, /* a user-defined chain */
};

#define HOOK_BIT(hook) (1u << (hook))
#define HOOKS_ALL      ((1u << HOOK_COUNT) - 1)

/* What a policy can be, and what the standard target can be. */
enum verdict {
	VERDICT_NONE, /* no policy given, or no verdict */
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_QUEUE,
	VERDICT_RETURN,
};

/* "filter" ...; NULL for TABLE_NONE. */
const char *table_name(enum table_id table);

/* TABLE_NONE if there is no table of that name (case counts). */
enum table_id table_find(const char *name);

/* The hooks that a table has built-in chains for, as a set of HOOK_BIT(). */
unsigned table_hooks(enum table_id table);

/* "INPUT" ...; NULL for HOOK_NONE. */
const char *hook_name(enum hook hook);

/* The hook whose built-in chain has this name, in any table; HOOK_NONE if none. */
enum hook hook_find(const char *chain_name);

/* The same, but only if TABLE has that built-in chain. */
enum hook table_builtin(enum table_id table, const char *chain_name);

/* "ACCEPT" ...; NULL for VERDICT_NONE. */
const char *verdict_name(enum verdict verdict);
enum verdict verdict_find(const char *name);

#endif
