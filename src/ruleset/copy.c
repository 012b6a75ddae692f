/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rulesets copied and compared, for a state that may be gone back to.
 */

#include "ruleset/chains.h"
#include "ruleset/live.h"

/* ---- copying ---- */

/* All but the rules. */
static void copy_chain(struct table *to, const struct chain *from, struct arena *arena)
{
	struct chain *chain;

	if (from->hook == HOOK_NONE)
		chain = table_add_chain(to, arena, from->name);
	else
		chain = table_find_chain(to, from->name);
	chain->declared = from->declared;
	chain->counters = from->counters;
	chain->policy = from->policy;
	chain->nft = from->nft;
	chain->policy_declared = from->policy_declared;
}

static void copy_rules(struct table *to, const struct chain *from, struct arena *arena)
{
	struct chain *chain = table_find_chain(to, from->name);

	for_each_entry (entry, from) {
		struct entry *copy = chain_append(chain, arena, entry->rule);

		if (entry->to)
			entry_jump(copy, table_find_chain(to, entry->to->name));
	}
}

void table_copy(struct table *to, const struct table *from, struct arena *arena)
{
	table_init(to, from->id, arena);
	to->present = from->present;
	to->used = from->used;
	to->committed = from->committed;
	to->section = from->section;
	for (uint32_t i = 0; i < from->n_chains; i++)
		copy_chain(to, from->chains[i], arena);
	for (uint32_t i = 0; i < from->n_chains; i++)
		copy_rules(to, from->chains[i], arena);
}

struct ruleset *ruleset_copy(const struct ruleset *ruleset, struct arena *arena)
{
	struct ruleset *copy = arena_memdup(arena, ruleset, sizeof(*copy));

	copy->arena = arena;
	for (int id = 0; id < TABLE_COUNT; id++)
		table_copy(&copy->tables[id], &ruleset->tables[id], arena);
	return copy;
}

/* ---- comparing ---- */

/* Rules that were not understood are the same only if they come from the same words. */
static bool same_rule(const struct rule *a, const struct rule *b)
{
	if (a == b)
		return true;
	if (a->unbound || b->unbound)
		return a->unbound == b->unbound &&
		       a->origin->base.span.start == b->origin->base.span.start &&
		       a->origin->base.span.end == b->origin->base.span.end;
	return rule_equal(a, b) && counters_equal(a->counters, b->counters);
}

static bool same_chain(const struct chain *a, const struct chain *b)
{
	const struct entry *left = a->first;
	const struct entry *right = b->first;

	if (a->n_rules != b->n_rules || a->policy != b->policy || a->nft != b->nft ||
	    !counters_equal(a->counters, b->counters))
		return false;
	for (; left && right; left = left->next, right = right->next)
		if (!same_rule(left->rule, right->rule))
			return false;
	return true;
}

static bool same_table(const struct table *a, const struct table *b)
{
	if (a->present != b->present || a->used != b->used || a->n_chains != b->n_chains)
		return false;
	for (uint32_t i = 0; i < a->n_chains; i++) {
		const struct chain *other = table_find_chain(b, a->chains[i]->name);

		if (!other || !same_chain(a->chains[i], other))
			return false;
	}
	return true;
}

bool ruleset_same(const struct ruleset *a, const struct ruleset *b)
{
	for (int id = 0; a != b && id < TABLE_COUNT; id++)
		if (!same_table(&a->tables[id], &b->tables[id]))
			return false;
	return true;
}
