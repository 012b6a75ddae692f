/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table: a file can have findings in any number of chains, by turns.
 */
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_SLOTS 64

static uint32_t hash_text(uint32_t hash, const char *text)
{
	/* FNV-1a; NULL is not the empty string. */
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return (hash ^ (text ? 0xffu : 0xfeu)) * 16777619u;
}

static uint32_t hash_names(const char *rule, const char *table, const char *chain)
{
	return hash_text(hash_text(hash_text(2166136261u, rule), table), chain);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void grow(struct tallies *tallies)
{
	tallies->n_slots = tallies->n_slots ? 2 * tallies->n_slots : FIRST_SLOTS;
	free(tallies->slots);
	tallies->slots = alloc_zeroed(tallies->n_slots * sizeof(*tallies->slots));
	/* At most half of the slots are taken. */
	tallies->list = alloc_resize(tallies->list, tallies->n_slots / 2 * sizeof(*tallies->list));
	for (size_t i = 0; i < tallies->count; i++) {
		const struct tally *tally = &tallies->list[i];
		size_t at = hash_names(tally->rule, tally->table, tally->chain);

		while (tallies->slots[at & (tallies->n_slots - 1)])
			at++;
		tallies->slots[at & (tallies->n_slots - 1)] = (uint32_t)i + 1;
	}
}

size_t tally_add(struct tallies *tallies, const struct diag *diag)
{
	size_t at = hash_names(diag->rule, diag->table, diag->chain);
	uint32_t *slot;

	if (2 * tallies->count >= tallies->n_slots)
		grow(tallies);
	for (;; at++) {
		struct tally *tally;

		slot = &tallies->slots[at & (tallies->n_slots - 1)];
		if (!*slot)
			break;
		tally = &tallies->list[*slot - 1];
		if (same_text(tally->rule, diag->rule) && same_text(tally->chain, diag->chain) &&
		    same_text(tally->table, diag->table))
			return ++tally->count;
	}
	tallies->list[tallies->count++] = (struct tally){ diag->rule, diag->table, diag->chain, 1 };
	*slot = (uint32_t)tallies->count;
	return 1;
}

void tallies_free(struct tallies *tallies)
{
	free(tallies->list);
	free(tallies->slots);
	*tallies = (struct tallies)TALLIES_INIT;
}
