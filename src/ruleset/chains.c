/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains in an array, found by name through a hash; rules in a linked list, since
 * files insert and delete.
 *
 * Names are compared as texts and not as addresses, so that a built-in chain needs
 * no table of interned names.
 */
#include "ruleset/chains.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 16

/* Open addressing; at most half full. */
struct chain_index {
	struct chain **slots;
	uint32_t size;	   /* a power of 2 */
	uint32_t capacity; /* of table->chains */
	struct arena *arena;
};

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash ^ hash >> 15;
}

static uint32_t home(const struct chain_index *index, const char *name)
{
	return hash_name(name) & (index->size - 1);
}

static struct chain **find_slot(const struct chain_index *index, const char *name)
{
	uint32_t i = home(index, name);

	while (index->slots[i] && index->slots[i]->name != name &&
	       strcmp(index->slots[i]->name, name) != 0)
		i = (i + 1) & (index->size - 1);
	return &index->slots[i];
}

/* Those behind the hole move up, so that no marks of removed names are needed. */
static void free_slot(struct chain_index *index, struct chain **slot)
{
	uint32_t mask = index->size - 1;
	uint32_t hole = (uint32_t)(slot - index->slots);

	for (uint32_t i = (hole + 1) & mask; index->slots[i]; i = (i + 1) & mask) {
		uint32_t way = (i - home(index, index->slots[i]->name)) & mask;

		if (way < ((i - hole) & mask))
			continue;
		index->slots[hole] = index->slots[i];
		hole = i;
	}
	index->slots[hole] = NULL;
}

static void rebuild(struct table *table)
{
	struct chain_index *index = table->by_name;

	memset(index->slots, 0, index->size * sizeof(struct chain *));
	for (uint32_t i = 0; i < table->n_chains; i++) {
		table->chains[i]->index = i;
		*find_slot(index, table->chains[i]->name) = table->chains[i];
	}
}

static void make_room(struct table *table)
{
	struct chain_index *index = table->by_name;
	struct chain **larger;

	if (table->n_chains < index->capacity)
		return;
	index->capacity *= 2;
	larger = arena_alloc(index->arena, index->capacity * sizeof(struct chain *));
	memcpy(larger, table->chains, table->n_chains * sizeof(struct chain *));
	table->chains = larger;
	index->size *= 2;
	index->slots = arena_alloc(index->arena, index->size * sizeof(struct chain *));
	rebuild(table);
}

static struct chain *add_chain(struct table *table, struct arena *arena, const char *name,
			       enum hook hook)
{
	struct chain *chain = arena_new_object(arena, struct chain);

	make_room(table);
	chain->name = name;
	chain->hook = (uint8_t)hook;
	chain->policy = hook == HOOK_NONE ? VERDICT_NONE : VERDICT_ACCEPT;
	chain->last = &chain->first;
	chain->index = table->n_chains;
	table->chains[table->n_chains++] = chain;
	*find_slot(table->by_name, name) = chain;
	return chain;
}

void table_init(struct table *table, enum table_id id, struct arena *arena)
{
	struct chain_index *index = arena_new_object(arena, struct chain_index);

	memset(table, 0, sizeof(*table));
	table->id = id;
	table->by_name = index;
	index->arena = arena;
	index->capacity = FIRST_CAPACITY;
	index->size = 2 * FIRST_CAPACITY;
	index->slots = arena_alloc(arena, index->size * sizeof(struct chain *));
	table->chains = arena_alloc(arena, index->capacity * sizeof(struct chain *));
	for (int hook = 0; hook < HOOK_COUNT; hook++)
		if (table_hooks(id) & HOOK_BIT(hook))
			add_chain(table, arena, hook_name((enum hook)hook), (enum hook)hook);
}

void table_flush(struct table *table)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		if (chain->hook == HOOK_NONE)
			continue;
		chain_clear(chain);
		table->chains[kept++] = chain;
	}
	table->n_chains = kept;
	rebuild(table);
}

struct chain *table_add_chain(struct table *table, struct arena *arena, const char *name)
{
	return add_chain(table, arena, name, HOOK_NONE);
}

void table_remove_chain(struct table *table, struct chain *chain)
{
	struct chain *last = table->chains[table->n_chains - 1];

	free_slot(table->by_name, find_slot(table->by_name, chain->name));
	last->index = chain->index;
	table->chains[last->index] = last;
	table->n_chains--;
}

void table_rename_chain(struct table *table, struct chain *chain, const char *name)
{
	free_slot(table->by_name, find_slot(table->by_name, chain->name));
	chain->name = name;
	*find_slot(table->by_name, name) = chain;
}

struct chain *table_find_chain(const struct table *table, const char *name)
{
	return name && table->by_name ? *find_slot(table->by_name, name) : NULL;
}

struct chain *table_hook_chain(const struct table *table, enum hook hook)
{
	for (uint32_t i = 0; i < table->n_chains && table->chains[i]->hook != HOOK_NONE; i++) {
		if (table->chains[i]->hook == hook)
			return table->chains[i];
	}
	return NULL;
}

static int compare_chains(const void *left, const void *right)
{
	const struct chain *a = *(struct chain *const *)left;
	const struct chain *b = *(struct chain *const *)right;

	if (a->hook != b->hook)
		return a->hook < b->hook ? -1 : 1;
	return strcmp(a->name, b->name);
}

struct chain **table_sorted_chains(const struct table *table, struct arena *arena)
{
	struct chain **sorted =
		arena_memdup(arena, table->chains, table->n_chains * sizeof(struct chain *));

	qsort(sorted, table->n_chains, sizeof(*sorted), compare_chains);
	return sorted;
}

/* ---- rules of a chain ---- */

void chain_clear(struct chain *chain)
{
	for_each_entry (entry, chain)
		entry_jump(entry, NULL);
	chain->first = NULL;
	chain->last = &chain->first;
	chain->n_rules = 0;
}

void entry_jump(struct entry *entry, struct chain *to)
{
	if (entry->to)
		entry->to->n_jumps--;
	entry->to = to;
	if (to)
		to->n_jumps++;
}

static struct entry *new_entry(struct arena *arena, const struct rule *rule)
{
	struct entry *entry = arena_new_object(arena, struct entry);

	entry->rule = rule;
	return entry;
}

struct entry *chain_append(struct chain *chain, struct arena *arena, const struct rule *rule)
{
	struct entry *entry = new_entry(arena, rule);

	*chain->last = entry;
	chain->last = &entry->next;
	chain->n_rules++;
	return entry;
}

struct entry **chain_link(struct chain *chain, uint32_t number)
{
	struct entry **link = &chain->first;

	if (number == 0 || number > chain->n_rules)
		return NULL;
	while (--number)
		link = &(*link)->next;
	return link;
}

struct entry *chain_insert(struct chain *chain, struct arena *arena, const struct rule *rule,
			   uint32_t number)
{
	struct entry **link, *entry;

	if (number - 1 > chain->n_rules)
		return NULL;
	if (number - 1 == chain->n_rules)
		return chain_append(chain, arena, rule);
	link = chain_link(chain, number);
	entry = new_entry(arena, rule);
	entry->next = *link;
	*link = entry;
	chain->n_rules++;
	return entry;
}

void chain_unlink(struct chain *chain, struct entry **link)
{
	entry_jump(*link, NULL);
	if (chain->last == &(*link)->next)
		chain->last = link;
	*link = (*link)->next;
	chain->n_rules--;
}
