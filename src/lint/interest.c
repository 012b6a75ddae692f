/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pass over all rules that only compares names.  Extensions of the same kind mostly share
 * the pointer of their name, but nothing promises it.
 */
#include "lint/interest.h"

#include <string.h>

#include "analyse/analysis.h"

struct interests {
	struct arena *arena;
	struct interest *list;
	uint32_t n;
	uint32_t capacity;
	uint32_t n_states;
	bool is_filled;
	bool has_dead[TABLE_COUNT]; /* those of the table that are dead are marked */
};

struct interests *interests_new(struct arena *arena)
{
	struct interests *interests = arena_new_object(arena, struct interests);

	interests->arena = arena;
	return interests;
}

static unsigned match_kinds(const struct match *match)
{
	switch (match->real_name[0]) {
	case 's':
		return strcmp(match->real_name, "string") ? 0 : INTEREST_CONTENT;
	case 'u':
		return strcmp(match->real_name, "u32") ? 0 : INTEREST_CONTENT;
	case 'l':
		return strcmp(match->real_name, "length") ? 0 : INTEREST_CONTENT;
	case 'r':
		return strcmp(match->real_name, "recent") ? 0 : INTEREST_RECENT;
	case 'c':
		return strcmp(match->name, "state") ? 0 : INTEREST_STATE;
	default:
		return 0;
	}
}

static unsigned target_kinds(const struct target *target)
{
	static const struct {
		const char *name;
		unsigned kinds;
	} rows[] = {
		{ "DNAT", INTEREST_NAT },	{ "REDIRECT", INTEREST_NAT },
		{ "MASQUERADE", INTEREST_NAT }, { "MARK", INTEREST_MARK },
		{ "CONNMARK", INTEREST_MARK },	{ "NOTRACK", INTEREST_NOTRACK },
	};

	if (!strcmp(target->real_name, "CT"))
		return strstr(target->text, "--notrack") || !strcmp(target->name, "NOTRACK")
			       ? INTEREST_NOTRACK
			       : 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(target->real_name, rows[i].name))
			return rows[i].kinds;
	}
	return 0;
}

static unsigned rule_kinds(const struct rule *rule)
{
	unsigned kinds = 0;

	if (rule->unbound)
		return INTEREST_UNBOUND;
	for (const struct match *match = rule->matches; match; match = match->next)
		kinds |= match_kinds(match);
	if (rule->target_kind == TARGET_EXTENSION)
		kinds |= target_kinds(rule->to.extension);
	return kinds;
}

static void add(struct interests *all, const struct interest *one)
{
	if (all->n == all->capacity) {
		struct interest *old = all->list;

		all->capacity = all->capacity ? 2 * all->capacity : 16;
		all->list = arena_alloc(all->arena, all->capacity * sizeof(*all->list));
		if (old)
			memcpy(all->list, old, all->n * sizeof(*old));
	}
	all->list[all->n++] = *one;
}

static void look_at_table(struct interests *all, const struct table *table)
{
	bool has_state = false;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct interest one = { .table = table->id, .chain = table->chains[i] };

		if (chain_is_external(one.chain->name))
			continue;
		for_each_entry (entry, one.chain) {
			one.rule = entry->rule;
			one.kinds = rule_kinds(entry->rule);
			if (one.kinds & INTEREST_STATE) {
				all->n_states++;
				/* one of them is enough */
				if (has_state)
					one.kinds &= ~(unsigned)INTEREST_STATE;
				has_state = true;
			}
			if (one.kinds)
				add(all, &one);
			one.position++;
		}
	}
}

static struct interests *filled(const struct unit *unit)
{
	struct interests *all = unit->interests;

	if (all->is_filled)
		return all;
	all->is_filled = true;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(unit->analysis, (enum table_id)id);

		if (chains)
			look_at_table(all, chains_table(chains));
	}
	return all;
}

const struct interest *interests_of(const struct unit *unit, uint32_t *n)
{
	const struct interests *all = filled(unit);

	*n = all->n;
	return all->list;
}

const struct interest *interests_next(const struct unit *unit, uint32_t *at, unsigned kinds)
{
	uint32_t n;
	const struct interest *list = interests_of(unit, &n);

	while (*at < n) {
		const struct interest *one = &list[(*at)++];

		if (one->kinds & kinds)
			return one;
	}
	return NULL;
}

uint32_t interests_states(const struct unit *unit)
{
	return filled(unit)->n_states;
}

const struct chain_flow *interest_flow(const struct unit *unit, const struct interest *interest)
{
	const struct reach *reach = analysis_reach(unit->analysis, interest->table);
	const struct chain_flow *flow = reach ? reach_of(reach, interest->chain)->flow : NULL;

	return flow && flow->is_reached && interest->position < flow->n ? flow : NULL;
}

/* Both they and the dead rules of a chain are in the order of positions. */
static void mark_dead(struct interests *all, enum table_id id, const struct reach *reach)
{
	const struct chain *chain = NULL;
	const struct dead_rule *dead = NULL;

	for (uint32_t i = 0; i < all->n; i++) {
		struct interest *one = &all->list[i];

		if (one->table != id)
			continue;
		if (one->chain != chain) {
			chain = one->chain;
			dead = reach_of(reach, chain)->dead;
		}
		while (dead && dead->position < one->position)
			dead = dead->next;
		one->is_dead = reach_of(reach, chain)->is_cut_off ||
			       (dead && dead->position == one->position);
	}
}

bool interest_is_dead(const struct unit *unit, const struct interest *interest)
{
	const struct reach *reach = analysis_reach(unit->analysis, interest->table);
	struct interests *all = filled(unit);

	if (!reach)
		return true;
	if (!all->has_dead[interest->table]) {
		all->has_dead[interest->table] = true;
		mark_dead(all, interest->table, reach);
	}
	return interest->is_dead;
}

struct diag *interest_diag(struct diags *diags, const char *name, const struct interest *interest,
			   enum level level, const char *message)
{
	struct diag *diag = diag_say(diags, name, interest->rule->origin->base.span, message);

	diag->level = (unsigned char)level;
	diag->table = table_name(interest->table);
	diag->chain = interest->chain->name;
	return diag;
}
