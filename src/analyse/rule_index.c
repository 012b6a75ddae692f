/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the rules of a chain into the tuple space, each under its shape.
 *
 * A file with very many shapes gets coarser ones, which name less; so the number of
 * shapes is bounded, and only the number of candidates grows.
 */
#include <string.h>

#include "analyse/tuple_space.h"

#define AREAS_MAX    65536 /* a power of 2 */
#define AREA_RULES   8	   /* so many for each area, unless there are too many of them */
#define ARRIVALS     16	   /* rules that are put in together */
#define NAMES_COARSE (NAMES_SRC | NAMES_DST | NAMES_PROTOCOL)

static const struct written unwritten;

static struct written written_before(const struct chain_flow *chain, uint32_t position,
				     unsigned names)
{
	const struct writes *writes = chain->writes;
	struct written written = { 0, 0, 0, 0 };

	if (!writes)
		return written;
	if (names & NAMES_SRC)
		written.src = writes_last(writes, position, 0, FIELD_SRC);
	if (names & NAMES_DST)
		written.dst = writes_last(writes, position, 0, FIELD_DST);
	if (names & (NAMES_PROTOCOL | NAMES_DPORT))
		written.transport = writes_last(writes, position, 0, FIELD_TRANSPORT);
	if (names & (NAMES_IN | NAMES_OUT))
		written.link = writes_last(writes, position, 0, FIELD_LINK);
	return written;
}

static void shape_for(const struct rule_index *index, uint32_t position,
		      const struct values *values, unsigned names, struct shape *shape)
{
	unsigned round = names & ~(unsigned)NAMES_COARSE || index->n_shapes < FINE_SHAPES
				 ? 1
				 : index->bits / 4;

	memset(shape, 0, sizeof(*shape));
	shape->names = values->names & names;
	if (shape->names & NAMES_SRC)
		shape->src_len = (uint8_t)(values->src_len / round * round);
	if (shape->names & NAMES_DST)
		shape->dst_len = (uint8_t)(values->dst_len / round * round);
	if (!shape->src_len)
		shape->names &= (uint8_t)~NAMES_SRC;
	if (!shape->dst_len)
		shape->names &= (uint8_t)~NAMES_DST;
	shape->written = written_before(index->chain, position, shape->names);
	shape->first = NO_RULE;
}

static enum place place_of(const struct rule_index *index, const struct shape *shape)
{
	if (shape->src_len + AREA_SPREAD >= index->bits / 2)
		return PLACE_SRC;
	return shape->dst_len + AREA_SPREAD >= index->bits / 2 ? PLACE_DST : PLACE_KEY;
}

static unsigned find_shape(const struct rule_index *index, const struct shape *shape)
{
	unsigned i = 0;

	while (i < index->n_shapes && (index->shapes[i].names != shape->names ||
				       index->shapes[i].src_len != shape->src_len ||
				       index->shapes[i].dst_len != shape->dst_len ||
				       !written_alike(&index->shapes[i].written, &shape->written)))
		i++;
	return i;
}

/* The number of the shape that the rule is put into. */
static unsigned choose_shape(struct rule_index *index, uint32_t position,
			     const struct values *values)
{
	struct shape shape;
	unsigned number;

	shape_for(index, position, values, ~0u, &shape);
	number = find_shape(index, &shape);
	if (number == index->n_shapes && number >= FINE_SHAPES) {
		shape_for(index, position, values, NAMES_COARSE, &shape);
		number = find_shape(index, &shape);
	}
	if (number == index->n_shapes && number >= COARSE_SHAPES) {
		shape_for(index, position, values, 0, &shape);
		number = find_shape(index, &shape);
	}
	if (number == index->n_shapes) {
		/* 0 where there is no address to shift */
		shape.src_shift = (uint8_t)(shape.src_len ? index->bits - shape.src_len : 0);
		shape.dst_shift = (uint8_t)(shape.dst_len ? index->bits - shape.dst_len : 0);
		shape.is_short = index->bits <= 32;
		shape.seed = mix(1, number);
		shape.place = (uint8_t)place_of(index, &shape);
		if (shape.place == PLACE_KEY && number < FINE_SHAPES)
			index->everywhere |= (uint64_t)1 << number;
		index->is_written |= !written_alike(&shape.written, &unwritten);
		index->shapes[index->n_shapes++] = shape;
	}
	return number;
}

static void note_key(struct area *area, uint32_t key)
{
	uint32_t one = key % AREA_BITS, other = key / AREA_BITS % AREA_BITS;

	area->bits[one / 64] |= (uint64_t)1 << one % 64;
	area->bits[other / 64] |= (uint64_t)1 << other % 64;
}

/* A rule whose address has LEN bits lies in more than one part if these are few. */
static void note_in_parts(const struct rule_index *index, struct area *area, unsigned number,
			  wide address, unsigned len)
{
	unsigned more = len < index->bits / 2 ? 0 : len - index->bits / 2;
	unsigned n = more < AREA_PART_BITS ? AREA_PARTS >> more : 1;
	unsigned first = part_of(index, address) / n * n;

	for (unsigned part = first; part < first + n; part++)
		area->shapes[part] |= (uint64_t)1 << number;
}

/* It may lie in more than one area, too. */
static void note_in_areas(const struct rule_index *index, unsigned number, wide address,
			  unsigned len, uint32_t key)
{
	const struct shape *shape = &index->shapes[number];
	unsigned half = index->bits / 2;
	unsigned n = len < half ? 1u << (half - len) : 1;

	for (unsigned i = 0; i < n; i++) {
		wide inside = address + ((wide)i << half);
		struct area *area = area_of(index, (enum place)shape->place, inside);

		note_key(area, key);
		if (number < FINE_SHAPES)
			note_in_parts(index, area, number, inside, len);
	}
}

/* SIZE bytes from the start of a line of the cache on, so that what is of its size lies in one. */
static void *alloc_lines(struct arena *arena, size_t size)
{
	unsigned char *memory = arena_alloc(arena, size + CACHE_LINE - 1);

	return memory + (-(uintptr_t)memory & (CACHE_LINE - 1));
}

/* The areas in which rules of the shape are noted are there from now on. */
static const struct shape *make_areas(struct rule_index *index, const struct shape *shape)
{
	struct area **areas = &index->areas[shape->place];

	if (!*areas)
		*areas = alloc_lines(index->arena,
				     sizeof(**areas) * (shape->place == PLACE_KEY
								? index->n_areas / KEY_AREAS
								: index->n_areas));
	return shape;
}

static void note(const struct rule_index *index, unsigned number, const struct values *values,
		 uint32_t key)
{
	const struct shape *shape = &index->shapes[number];

	if (shape->place == PLACE_KEY)
		note_key(area_of_key(index, key), key);
	else if (shape->place == PLACE_SRC)
		note_in_areas(index, number, values->src, shape->src_len, key);
	else
		note_in_areas(index, number, values->dst, shape->dst_len, key);
}

/* A rule on its way into the index. */
struct arrival {
	uint32_t position, key;
	unsigned shape; /* its number */
	struct values values;
};

/* What it takes to put the rule in; the memory that this needs is fetched meanwhile. */
static void announce(struct rule_index *index, uint32_t position, struct arrival *arrival)
{
	struct values *values = &arrival->values;
	struct shape *shape;

	rule_values(index->space, flow_rule(index->chain, position), values);
	arrival->position = position;
	arrival->shape = choose_shape(index, position, values);
	shape = &index->shapes[arrival->shape];
	arrival->key = key_of(shape, values);
	__builtin_prefetch(bucket_of(index, arrival->key), 1);
	__builtin_prefetch(area_for(index, make_areas(index, shape), values, arrival->key), 1);
}

static void add_rule(struct rule_index *index, const struct arrival *arrival)
{
	struct shape *shape = &index->shapes[arrival->shape];
	struct slot *slot = &index->slots[arrival->position];
	uint32_t *bucket = bucket_of(index, arrival->key);

	slot->key = arrival->key;
	slot->next_in_shape = shape->first;
	shape->first = arrival->position;
	shape->n++;
	index->names |= shape->names;
	note(index, arrival->shape, &arrival->values, slot->key);
	slot->next = *bucket;
	*bucket = arrival->position;
}

static void add_rules(struct rule_index *index, rule_index_wants *wants)
{
	const struct chain_flow *chain = index->chain;
	struct arrival arrivals[ARRIVALS];
	unsigned n = 0;

	/* backwards, so that the lists rise */
	for (uint32_t i = chain->n; i-- > 0;) {
		if (wants(chain, i))
			announce(index, i, &arrivals[n++]);
		if (n < ARRIVALS && i > 0)
			continue;
		for (unsigned j = 0; j < n; j++)
			add_rule(index, &arrivals[j]);
		n = 0;
	}
}

/* The positions that are wanted; only the first SMALL_CHAIN + 1 of them are stored. */
static uint32_t count_wanted(const struct chain_flow *chain, rule_index_wants *wants,
			     uint32_t positions[SMALL_CHAIN + 1])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < chain->n; i++) {
		if (!wants(chain, i))
			continue;
		if (n <= SMALL_CHAIN)
			positions[n] = i;
		n++;
	}
	return n;
}

struct rule_index *rule_index_new(struct arena *arena, struct space *space,
				  const struct chain_flow *chain, rule_index_wants *wants)
{
	uint32_t few[SMALL_CHAIN + 1];
	uint32_t n = count_wanted(chain, wants, few);
	/* one for rules of no shape */
	size_t room = n <= SMALL_CHAIN ? 0 : n < COARSE_SHAPES ? n + 1 : COARSE_SHAPES + 1;
	struct rule_index *index = arena_alloc(arena, sizeof(*index) + room * sizeof(struct shape));

	index->arena = arena;
	index->space = space;
	index->chain = chain;
	index->bits = space_family(space) == FAMILY_IPV6 ? 128 : 32;
	if (n <= SMALL_CHAIN) {
		index->n_few = n;
		memcpy(index->few, few, n * sizeof(few[0]));
		return index;
	}
	index->n_buckets = 8;
	while (index->n_buckets < n && index->n_buckets < (1u << 28))
		index->n_buckets *= 2;
	index->buckets = arena_alloc(arena, index->n_buckets * sizeof(*index->buckets));
	index->n_areas = index->n_buckets / AREA_RULES;
	if (index->n_areas < KEY_AREAS)
		index->n_areas = KEY_AREAS;
	if (index->n_areas > AREAS_MAX)
		index->n_areas = AREAS_MAX;
	index->slots = arena_alloc(arena, chain->n * sizeof(*index->slots));
	index->orders = arena_alloc(arena, room * sizeof(*index->orders));
	memset(index->buckets, 0xff, index->n_buckets * sizeof(*index->buckets));
	add_rules(index, wants);
	return index;
}

void rule_index_drop(struct rule_index *index, uint32_t position)
{
	uint32_t *at;

	if (!index->n_buckets)
		return;
	at = bucket_of(index, index->slots[position].key);
	while (*at != NO_RULE && *at < position)
		at = &index->slots[*at].next;
	if (*at == position)
		*at = index->slots[position].next;
}

void rule_index_expect(const struct rule_index *index, uint32_t position)
{
	const struct rule *rule = flow_rule(index->chain, position);

	if (!index->n_buckets)
		return;
	if (rule->src && index->areas[PLACE_SRC])
		__builtin_prefetch(area_of(index, PLACE_SRC,
					   space_address(index->space, &rule->src->address)));
	if (rule->dst && index->areas[PLACE_DST])
		__builtin_prefetch(area_of(index, PLACE_DST,
					   space_address(index->space, &rule->dst->address)));
	__builtin_prefetch(bucket_of(index, index->slots[position].key));
}
