/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chooses the tables that are in force, and looks at each once.
 */
#include "analyse/analysis.h"

#include <string.h>

static bool same_rules(const struct chain *a, const struct chain *b)
{
	const struct entry *x = a->first, *y = b->first;

	while (x && y && x->rule == y->rule) {
		x = x->next;
		y = y->next;
	}
	return !x && !y && !strcmp(a->name, b->name);
}

static bool same_tables(const struct table *a, const struct table *b)
{
	if (a->n_chains != b->n_chains)
		return false;
	for (uint32_t i = 0; i < a->n_chains; i++) {
		if (!same_rules(a->chains[i], b->chains[i]))
			return false;
	}
	return true;
}

static const struct table *analysed_table(const struct unit *unit, enum table_id id)
{
	const struct table *legacy = unit->legacy ? &unit->legacy->tables[id] : NULL;
	const struct table *nft = unit->nft ? &unit->nft->tables[id] : NULL;
	const struct table *table = legacy ? legacy : nft;

	if (legacy && nft && legacy != nft) {
		if (unit->refused_by == BACKEND_LEGACY)
			table = nft;
		else if (unit->refused_by != BACKEND_NFT && !same_tables(legacy, nft))
			return NULL;
	}
	return table->present ? table : NULL;
}

struct analysis {
	struct arena *arena;
	const struct unit *unit;
	bool looks_ahead;
	struct chains *chains[TABLE_COUNT];
	struct reach *reach[TABLE_COUNT];
};

struct analysis *analysis_new(struct arena *arena, const struct unit *unit, bool looks_ahead)
{
	struct analysis *analysis = arena_new_object(arena, struct analysis);

	analysis->arena = arena;
	analysis->unit = unit;
	analysis->looks_ahead = looks_ahead;
	return analysis;
}

struct chains *analysis_chains(struct analysis *analysis, enum table_id id)
{
	if (!analysis->chains[id]) {
		const struct table *table = analysed_table(analysis->unit, id);

		if (table)
			analysis->chains[id] = chains_new(analysis->arena, analysis->unit, table);
	}
	return analysis->chains[id];
}

const struct reach *analysis_reach(struct analysis *analysis, enum table_id id)
{
	const struct chains *chains = analysis_chains(analysis, id);

	if (chains && !analysis->reach[id])
		analysis->reach[id] =
			reach_new(analysis->arena, chains, analysis->looks_ahead, NULL);
	return analysis->reach[id];
}
