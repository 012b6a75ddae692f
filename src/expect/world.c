/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A space is made of a table; here of one that has the chains of all.
 */
#include "analyse/analysis.h"
#include "analyse/condition.h"
#include "expect/walk.h"

static uint32_t count_chains(const struct world *world)
{
	uint32_t n = 0;

	for (unsigned id = 0; id < TABLE_COUNT; id++)
		n += world->tables[id] ? world->tables[id]->n_chains : 0;
	return n;
}

/* A chain whose rules ask for the interfaces. */
static struct chain *chain_of_names(struct arena *arena, const char *const *interfaces, uint32_t n)
{
	struct chain *chain = arena_new_object(arena, struct chain);

	chain->last = &chain->first;
	for (uint32_t i = 0; i < n; i++) {
		struct rule *rule = arena_new_object(arena, struct rule);
		struct entry *entry = arena_new_object(arena, struct entry);

		rule->in = interfaces[i];
		entry->rule = rule;
		*chain->last = entry;
		chain->last = &entry->next;
	}
	return chain;
}

#define SPARE_MAX 4

struct spare {
	struct scratch *list[SPARE_MAX];
	unsigned n;
};

static bool has_table(const struct ruleset *ruleset, unsigned id)
{
	return ruleset && ruleset->tables[id].present;
}

static bool writes_anything(const struct rule *rule)
{
	if (rule->unbound)
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match_writes(match_facts(match->real_name), match->text))
			return true;
	}
	return rule->target_kind == TARGET_EXTENSION &&
	       target_facts(rule->to.extension->real_name)->writes;
}

static bool table_writes(const struct table *table)
{
	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			if (writes_anything(entry->rule))
				return true;
		}
	}
	return false;
}

void world_init(struct world *world, struct arena *arena, const struct unit *unit,
		const char *const *interfaces, uint32_t n)
{
	struct analysis *analysis = analysis_new(arena, unit, false);
	unsigned backends = unit->options.tools.backends;
	struct table all = { .id = TABLE_NONE };

	*world = (struct world){ .arena = arena, .unit = unit };
	world->simpler = arena_new_object(arena, struct map);
	world->asked = arena_new_object(arena, struct map);
	world->scratch = scratch_new();
	world->spare = arena_new_object(arena, struct spare);
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(analysis, (enum table_id)id);

		world->tables[id] = chains ? chains_table(chains) : NULL;
		world->differs[id] =
			!chains && (has_table(unit->legacy, id) || has_table(unit->nft, id));
		if (chains)
			backends = chains_backends(chains);
	}
	all.chains = arena_alloc(arena, (count_chains(world) + 1) * sizeof(*all.chains));
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		for (uint32_t i = 0; world->tables[id] && i < world->tables[id]->n_chains; i++)
			all.chains[all.n_chains++] = world->tables[id]->chains[i];
	}
	all.chains[all.n_chains++] = chain_of_names(arena, interfaces, n);
	world->filter_writes = table_writes(world->tables[TABLE_FILTER]);
	world->space = space_new(arena, unit->family, backends, &all);
}

void world_done(struct world *world)
{
	map_free(world->simpler);
	map_free(world->asked);
	scratch_free(world->scratch);
	while (world->spare->n)
		scratch_free(world->spare->list[--world->spare->n]);
}

/* ---- scratch memory ---- */

struct scratch *world_lend(const struct world *world)
{
	return world->spare->n ? world->spare->list[--world->spare->n] : scratch_new();
}

void world_take_back(const struct world *world, struct scratch *scratch)
{
	if (world->spare->n == SPARE_MAX) {
		scratch_free(scratch);
		return;
	}
	scratch_release(scratch, (struct scratch_mark){ NULL, 0 });
	world->spare->list[world->spare->n++] = scratch;
}

/* ---- rules with fewer matches ---- */

struct variant {
	const struct variant *next;
	uint64_t gone;
	const struct match *matches;
};

static const struct match *copy_without(struct arena *arena, const struct match *matches,
					uint64_t gone)
{
	const struct match *first = NULL;
	struct match *last = NULL;

	for (; matches; matches = matches->next, gone >>= 1) {
		struct match *copy;

		if (gone & 1)
			continue;
		copy = arena_memdup(arena, matches, sizeof(*matches));
		copy->next = NULL;
		if (last)
			last->next = copy;
		else
			first = copy;
		last = copy;
	}
	return first;
}

const struct match *world_without(const struct world *world, const struct rule *rule, uint64_t gone)
{
	const struct variant *known = map_get(world->simpler, rule);
	struct variant *made;

	for (const struct variant *each = known; each; each = each->next) {
		if (each->gone == gone)
			return each->matches;
	}
	made = arena_new_object(world->arena, struct variant);
	*made = (struct variant){ known, gone, copy_without(world->arena, rule->matches, gone) };
	map_set(world->simpler, rule, made);
	return made->matches;
}

/* ---- conditions ---- */

bool world_is_opaque(const struct world *world, const struct match *match)
{
	const struct match_knowledge *known = space_know(world->space, match);

	if (known->facts->answer == ANSWER_ALWAYS_YES)
		return false;
	return known->kind == MATCH_OPAQUE || known->kind == MATCH_OFTEN_LISTED ||
	       known->facts->answer == ANSWER_FREE;
}

static void note_matches(const struct world *world, struct asked *asked, const struct rule *rule)
{
	asked->is_plain = true;
	asked->writes = 0;
	for (const struct match *match = rule->unbound ? NULL : rule->matches; match;
	     match = match->next) {
		asked->is_plain &= !world_is_opaque(world, match);
		asked->writes |= match_writes(match_facts(match->real_name), match->text);
	}
}

const struct asked *world_ask(const struct world *world, const struct rule *rule)
{
	struct asked *asked = map_get(world->asked, rule);
	struct condition condition;
	struct scratch *reading;

	if (asked)
		return asked;
	reading = scratch_new();
	condition_read(&condition, reading, world->space, &moment_untouched, rule);
	asked = scratch_alloc(world->scratch,
			      sizeof(*asked) + condition.n * sizeof(const struct region *));
	asked->is_sure = condition.sure;
	asked->n = condition.n;
	note_matches(world, asked, rule);
	for (unsigned i = 0; i < condition.n; i++)
		asked->regions[i] = region_copy(world->scratch, condition.regions[i]);
	scratch_free(reading);
	map_set(world->asked, rule, asked);
	return asked;
}
