/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chains of a table while its lines are run: made, found, renamed, deleted.
 * Inside ruleset/ only.
 */
#ifndef RULESET_CHAINS_H
#define RULESET_CHAINS_H

#include "ruleset/ruleset.h"

/* A table with its built-in chains, empty. */
void table_init(struct table *table, enum table_id id, struct arena *arena);

/* No user-defined chain, no rule; policies stay. */
void table_flush(struct table *table);

/* A new user-defined chain; there must be none of that name. */
struct chain *table_add_chain(struct table *table, struct arena *arena, const char *name);

/* The last chain takes its place in the array. */
void table_remove_chain(struct table *table, struct chain *chain);

/* Rules that jump to it keep the old name until they are given
 * a copy with the new one. */
void table_rename_chain(struct table *table, struct chain *chain, const char *name);

void chain_clear(struct chain *chain);
struct entry *chain_append(struct chain *chain, struct arena *arena, const struct rule *rule);

/* Before the rule that has the 1-based number; NULL if there are fewer rules than
 * NUMBER - 1. */
struct entry *chain_insert(struct chain *chain, struct arena *arena, const struct rule *rule,
			   uint32_t number);

/* The link that holds the rule of that number, or NULL; *LINK is the entry. */
struct entry **chain_link(struct chain *chain, uint32_t number);

/* Takes the entry out that LINK holds. */
void chain_unlink(struct chain *chain, struct entry **link);

/* The rule jumps to that chain, which counts it; NULL: to none. */
void entry_jump(struct entry *entry, struct chain *to);

#endif
