/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tuple space of an index: shapes, keys, and where they are kept.  Inside of
 * rule_index.c, which makes it, and rule_find.c, which looks into it, only.
 *
 * Rules that name the same kinds of things (a source of 24 bits, a protocol and one port,
 * say) have one shape, and share a hash table whose key is made of the values.
 */
#ifndef ANALYSE_TUPLE_SPACE_H
#define ANALYSE_TUPLE_SPACE_H

#include "analyse/rule_index.h"
#include "analyse/rule_values.h"

#define FINE_SHAPES    64  /* after these, prefixes are rounded and only some things named */
#define COARSE_SHAPES  160 /* after these, nothing is named */
#define NO_RULE	       UINT32_MAX
#define KEY_AREAS      4 /* there is one of a key for so many of addresses */
#define AREA_PART_BITS 2
#define AREA_PARTS     (1u << AREA_PART_BITS)
#define AREA_SPREAD    4u /* a rule is noted in up to 2^4 areas, if its address has few bits */
#define AREA_WORDS     4
#define AREA_BITS      (AREA_WORDS * 64u)
#define CACHE_LINE     64
#define SMALL_CHAIN    4 /* rules; fewer are looked at one after the other */

/* The numbers of the writes from which the named things have their version. */
struct written {
	uint32_t src, dst, transport, link;
};

/* Which area is a rule noted in? */
enum place {
	PLACE_KEY, /* that of its key, as if this were an address: it is near everywhere */
	PLACE_SRC,
	PLACE_DST,
	PLACE_COUNT,
};

struct shape {
	uint8_t names; /* set of enum named */
	uint8_t place; /* enum place */
	uint8_t src_len, dst_len;
	bool is_short;		      /* addresses of 32 bits */
	uint8_t src_shift, dst_shift; /* bits of an address that the key leaves out */
	struct written written;
	uint64_t seed;	/* of its keys */
	uint32_t n;	/* of its rules */
	uint32_t first; /* the first of them, by position */
};

struct slot {
	uint32_t key;
	uint32_t next;		/* in the bucket */
	uint32_t next_in_shape; /* rising */
};

/*
 * What there is in one area of addresses (those with the same first half of their bits), in
 * one line of the cache: most that is asked for is not there, and this tells so.
 */
struct area {
	/* Of which there may be a rule in each part (by the next bits), by number. */
	uint64_t shapes[AREA_PARTS];
	uint64_t bits[AREA_WORDS]; /* two for each key that is there */
};

/* The rules of a shape by one of their addresses; made when it is first of use. */
struct order {
	uint32_t *positions;
	uint64_t n_walked; /* rules that were looked at in vain because it was not there */
};

struct rule_index {
	struct arena *arena;
	struct space *space;
	const struct chain_flow *chain;
	unsigned bits;	 /* of an address */
	unsigned names;	 /* set of enum named: of all shapes */
	bool is_written; /* not all shapes have the versions of the beginning */
	unsigned n_shapes;
	uint32_t n_buckets;		 /* a power of 2; 0: too few rules for it */
	uint32_t *buckets;		 /* first rule, rising */
	struct area *areas[PLACE_COUNT]; /* by a hash of the area; NULL: no shape has that place */
	uint32_t n_areas;		 /* a power of 2 */
	uint64_t everywhere;		 /* shapes that are not noted there, by number */
	struct slot *slots;		 /* by position */
	uint32_t n_few;
	uint32_t few[SMALL_CHAIN]; /* positions of all rules, if they are so few */
	struct order (*orders)[2]; /* by number of the shape: of its sources, destinations */
	struct shape shapes[];
};

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ (hash >> 32);
}

static inline uint64_t mix_address(uint64_t hash, wide value, unsigned shift, bool is_short)
{
	if (is_short)
		return mix(hash, (uint64_t)value >> shift);
	value >>= shift;
	return mix(mix(hash, (uint64_t)value), (uint64_t)(value >> 64));
}

static inline __attribute__((always_inline)) uint32_t key_of(const struct shape *shape,
							     const struct values *values)
{
	unsigned names = shape->names;
	uint64_t key = shape->seed;

	if (names & NAMES_SRC)
		key = mix_address(key, values->src, shape->src_shift, shape->is_short);
	if (names & NAMES_DST)
		key = mix_address(key, values->dst, shape->dst_shift, shape->is_short);
	if (!(names & ~(unsigned)(NAMES_SRC | NAMES_DST)))
		return (uint32_t)key;
	if (names & NAMES_PROTOCOL)
		key = mix(key, values->protocol);
	if (names & NAMES_IN)
		key = mix(key, values->in);
	if (names & NAMES_OUT)
		key = mix(key, values->out);
	if (names & NAMES_DPORT)
		key = mix(key, values->dport);
	if (names & NAMES_LITERAL)
		key = mix(key, values->literal);
	return (uint32_t)key;
}

static inline bool written_alike(const struct written *a, const struct written *b)
{
	return a->src == b->src && a->dst == b->dst && a->transport == b->transport &&
	       a->link == b->link;
}

static inline struct area *area_of(const struct rule_index *index, enum place place, wide address)
{
	uint64_t number = (uint64_t)(address >> (index->bits / 2));

	return &index->areas[place][mix(2, number) & (index->n_areas - 1)];
}

/* The part of its area that the address lies in. */
static inline unsigned part_of(const struct rule_index *index, wide address)
{
	return (unsigned)(address >> (index->bits / 2 - AREA_PART_BITS)) & (AREA_PARTS - 1);
}

static inline struct area *area_of_key(const struct rule_index *index, uint32_t key)
{
	return &index->areas[PLACE_KEY][key & (index->n_areas / KEY_AREAS - 1)];
}

static inline bool has_key(const struct area *area, uint32_t key)
{
	uint32_t one = key % AREA_BITS, other = key / AREA_BITS % AREA_BITS;

	return (area->bits[one / 64] >> one % 64) & (area->bits[other / 64] >> other % 64) & 1;
}

static inline struct area *area_for(const struct rule_index *index, const struct shape *shape,
				    const struct values *values, uint32_t key)
{
	if (shape->place == PLACE_KEY)
		return area_of_key(index, key);
	return area_of(index, (enum place)shape->place,
		       shape->place == PLACE_SRC ? values->src : values->dst);
}

static inline uint32_t *bucket_of(const struct rule_index *index, uint32_t key)
{
	return &index->buckets[key & (index->n_buckets - 1)];
}

#endif
