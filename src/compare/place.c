/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where one side stands: what was written to its packets, and in which chain they are.
 * Which rules of a chain may take them is asked of its index once, when they come in.
 */
#include "compare/walk_inside.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/rule_index.h"
#include "base/alloc.h"

#define SHORT_CHAIN 24 /* no index is made of it */

/* ---- what was written ---- */

struct known_write {
	struct known_write *next;
	const char *text;
	unsigned fields;
	uint64_t before; /* version of the fields, and of what the text may use */
	uint64_t version;
};

uint64_t version_of(const struct write *writes, unsigned fields)
{
	while (writes && !(writes->fields & fields))
		writes = writes->before;
	return writes ? writes->version : 0;
}

struct written_moment {
	struct moment moment;
	const struct write *writes;
};

static uint64_t version_at(const struct moment *moment, unsigned fields, unsigned match)
{
	(void)match;
	return version_of(((const struct written_moment *)moment)->writes, fields);
}

void read_rule(struct walk *walk, const struct place *place, const struct rule *rule,
	       struct condition *condition)
{
	struct written_moment moment = { { version_at }, place->writes };

	condition_read(condition, walk->scratch, walk->alignment->space, &moment.moment, rule);
}

unsigned different_fields(const struct write *a, const struct write *b)
{
	unsigned fields = 0;

	for (unsigned i = 0; i < N_FIELDS && a != b; i++) {
		if (version_of(a, 1u << i) != version_of(b, 1u << i))
			fields |= 1u << i;
	}
	return fields;
}

void write_fields(struct walk *walk, struct place *place, const char *text, unsigned fields)
{
	unsigned uses = fields | FIELD_SRC | FIELD_DST | FIELD_TRANSPORT;
	uint64_t before = version_of(place->writes, uses);
	struct known_write **bucket = &walk->known[(before * 31 + strlen(text)) % WRITE_BUCKETS];
	struct known_write *known = *bucket;
	struct write *write = scratch_alloc(walk->scratch, sizeof(*write));

	while (known && (known->fields != fields || known->before != before ||
			 strcmp(known->text, text) != 0))
		known = known->next;
	if (!known) {
		known = arena_new_object(walk->arena, struct known_write);
		known->text = text;
		known->fields = fields;
		known->before = before;
		known->version = ++walk->n_versions;
		known->next = *bucket;
		*bucket = known;
	}
	write->before = place->writes;
	write->fields = fields;
	write->version = known->version;
	place->writes = write;
}

/* ---- frames ---- */

struct near {
	struct packets packets;
	const struct walk *walk;
	const struct state *state;
	const struct place *place;
	uint32_t *list;
	uint32_t n, capacity;
};

/* What is written in the chain itself may have been written or not. */
static bool bounds(const struct packets *packets, uint32_t variable, uint32_t written, wide *low,
		   wide *high)
{
	const struct near *near = (const struct near *)packets;
	unsigned fields = space_reads(near->walk->alignment->space, variable);
	const struct set *set = written ? NULL
					: region_get(near->state->region, variable,
						     version_of(near->place->writes, fields));

	if (!set)
		return false;
	*low = set_low(set);
	*high = set_high(set);
	return true;
}

static bool add_position(void *context, uint32_t position)
{
	struct near *near = context;

	if (near->n == near->capacity) {
		near->capacity = near->capacity ? near->capacity * 2 : 32;
		near->list = alloc_resize(near->list, near->capacity * sizeof(*near->list));
	}
	near->list[near->n++] = position;
	return true;
}

static int by_position(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool wants_all(const struct chain_flow *chain, uint32_t position)
{
	(void)chain;
	(void)position;
	return true;
}

static const uint32_t *find_near(struct walk *walk, const struct state *state,
				 const struct place *place, const struct chain_flow *chain,
				 uint32_t *n)
{
	struct near near = {
		.packets = { .bounds = bounds },
		.walk = walk,
		.state = state,
		.place = place,
	};
	struct rule_index **index = &walk->indices[chain->number];
	uint32_t *result;

	if (chain->n <= SHORT_CHAIN) {
		for (uint32_t i = 0; i < chain->n; i++)
			add_position(&near, i);
	} else {
		if (!*index)
			*index = rule_index_new(walk->arena, walk->alignment->space, chain,
						wants_all);
		rule_index_find(*index, &near.packets, 0, chain->n, add_position, &near);
		qsort(near.list, near.n, sizeof(*near.list), by_position);
	}
	result = scratch_alloc(walk->scratch, (near.n + 1) * sizeof(*result));
	if (near.n)
		memcpy(result, near.list, near.n * sizeof(*result));
	free(near.list);
	*n = near.n;
	return result;
}

void enter(struct walk *walk, const struct state *state, struct place *place,
	   const struct frame *caller, const struct chain_flow *chain, uint64_t joint)
{
	struct frame frame = {
		.caller = caller,
		.level = caller ? caller->level + 1 : 0,
		.chain = chain,
		.joint = joint,
	};

	frame.at = find_near(walk, state, place, chain, &frame.n);
	place->top = frame;
	if (frame.level >= LEVELS_MAX)
		walk->has_given_up = true;
}

void call(struct walk *walk, const struct state *state, struct place *place,
	  const struct chain_flow *chain, bool leaves, uint64_t joint)
{
	const struct frame *caller = place->top.caller;

	if (!leaves) {
		struct frame *kept = scratch_alloc(walk->scratch, sizeof(*kept));

		*kept = place->top;
		caller = kept;
	}
	enter(walk, state, place, caller, chain, joint);
}

void leave(const struct walk *walk, struct place *place)
{
	enum side side = side_of(walk->alignment, place->top.chain);

	if (place->top.caller) {
		place->top = *place->top.caller;
		return;
	}
	place->is_decided = true;
	place->decision = (struct decision){ walk->root->chains[side], NULL };
}
