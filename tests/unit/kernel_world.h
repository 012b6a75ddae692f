/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rulesets made by hand, for the tests of kernel/.
 */
#ifndef KERNEL_WORLD_H
#define KERNEL_WORLD_H

#include <criterion/criterion.h>
#include <string.h>

#include "kernel/kernel.h"
#include "ruleset/chains.h"

static const struct tools both = { BACKEND_BOTH, RELEASE(1, 8, 9), false };

struct world {
	struct arena *arena;
	struct ruleset *ruleset;
	struct table *table; /* that rules are added to */
	struct diags diags;
	struct entry *latest; /* the rule that was added last */
	uint32_t line;	      /* each rule has the span [10 * line, 10 * line + 9) */
};

static inline struct world world_new(enum table_id id)
{
	struct world world = { .arena = arena_new() };

	world.ruleset = arena_new_object(world.arena, struct ruleset);
	world.ruleset->arena = world.arena;
	world.ruleset->family = FAMILY_IPV4;
	world.ruleset->backends = BACKEND_BOTH;
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		table_init(&world.ruleset->tables[i], (enum table_id)i, world.arena);
	world.table = &world.ruleset->tables[id];
	world.table->present = world.table->used = world.table->committed = true;
	return world;
}

static inline void chain(struct world *world, const char *name)
{
	table_add_chain(world->table, world->arena, name);
}

static inline struct rule *rule(struct world *world, const char *chain_name)
{
	struct rule *made = arena_new_object(world->arena, struct rule);
	struct command *origin = arena_new_object(world->arena, struct command);
	struct chain *into = table_find_chain(world->table, chain_name);
	const struct span span = { 10 * world->line, 10 * world->line + 9 };

	cr_assert(into, "no chain %s", chain_name);
	origin->base.kind = STATEMENT_COMMAND;
	origin->base.span = origin->spec_span = span;
	made->origin = origin;
	made->target_span = (struct span){ span.start + 5, span.end };
	world->latest = chain_append(into, world->arena, made);
	world->line++;
	return made;
}

static inline struct rule *verdict(struct world *world, const char *from, enum verdict which)
{
	struct rule *made = rule(world, from);

	made->target_kind = TARGET_VERDICT;
	made->verdict = (uint8_t)which;
	return made;
}

static inline struct rule *jump(struct world *world, const char *from, const char *to)
{
	struct rule *made = rule(world, from);

	made->target_kind = TARGET_JUMP;
	made->to.chain = to;
	entry_jump(world->latest, table_find_chain(world->table, to));
	return made;
}

static inline struct match *match(struct world *world, struct rule *to, const char *name,
				  const void *data, size_t size)
{
	struct match *made = arena_new_object(world->arena, struct match);

	made->name = made->real_name = name;
	made->data = arena_memdup(world->arena, data, size);
	made->data_size = made->data_len = (uint32_t)size;
	made->span = (struct span){ to->target_span.start - 4, to->target_span.start - 1 };
	made->next = (struct match *)to->matches;
	to->matches = made;
	return made;
}

static inline struct rule *mac(struct world *world, const char *into)
{
	static const char data[16];
	struct rule *made = rule(world, into);

	match(world, made, "mac", data, sizeof(data));
	return made;
}

static inline struct rule *target(struct world *world, const char *into, const char *name)
{
	struct rule *made = rule(world, into);
	struct target *extension = arena_new_object(world->arena, struct target);

	extension->name = extension->real_name = name;
	made->target_kind = TARGET_EXTENSION;
	made->to.extension = extension;
	return made;
}

static inline size_t check(struct world *world)
{
	const struct ruleset_pair pair = { world->ruleset, world->ruleset };

	diags_init(&world->diags, world->arena);
	kernel_check(&pair, &both, &world->diags);
	diags_sort(&world->diags);
	return world->diags.count;
}

/* The only record is of RULE_NAME and refused by BACKENDS. */
static inline struct diag *only(struct world *world, const char *rule_name, unsigned backends)
{
	struct diag *diag;

	cr_assert_eq(check(world), 1);
	diag = world->diags.first;
	cr_assert_str_eq(diag->rule, rule_name);
	cr_assert_eq(diag->refuses, backends, "%s: refused by %u", diag->message, diag->refuses);
	return diag;
}

#endif
