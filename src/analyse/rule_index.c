/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that name the same kinds of things (a source of 24 bits, a protocol and one port,
 * say) have one shape, and share a hash table whose key is made of the values.  For
 * given packets the key is made once for each shape there is; where the packets do not
 * have one value of something that the shape names, all rules of the shape are looked at.
 *
 * A file with very many shapes gets coarser ones, which name less; so the number of
 * shapes is bounded, and only the number of candidates grows.
 */
#include "analyse/rule_index.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/rule_values.h"
#include "base/alloc.h"

#define FINE_SHAPES   64  /* after these, prefixes are rounded and only some things named */
#define COARSE_SHAPES 160 /* after these, nothing is named */
#define NO_RULE	      UINT32_MAX
#define FILTER_BITS   8
#define AREAS_MAX     131072 /* a power of 2 */
#define SMALL_CHAIN   4	     /* rules; fewer are looked at one after the other */
#define ADDRESSES_MAX 64     /* looked at one after the other */
#define WALKS_FIRST   2	     /* through a shape; after these it pays to sort it */

#define NAMES_COARSE (NAMES_SRC | NAMES_DST | NAMES_PROTOCOL)

/* The numbers of the writes from which the named things have their version. */
struct written {
	uint32_t src, dst, transport, link;
};

struct shape {
	uint8_t names; /* set of enum named */
	uint8_t src_len, dst_len;
	bool is_short;		      /* addresses of 32 bits */
	uint8_t src_shift, dst_shift; /* bits of an address that the key leaves out */
	struct written written;
	uint64_t seed;	/* of its keys */
	uint32_t n;	/* of its rules */
	uint32_t first; /* the first of them, by position */
};

/* What packets that are asked for have in common, in one state of what is written. */
struct asked {
	struct written written;
	bool is_filled;
	struct values values; /* names: of which there is one value; addresses: the lowest */
	wide src_high, dst_high;
};

struct slot {
	uint32_t key;
	uint32_t next;		/* in the bucket */
	uint32_t next_in_shape; /* rising */
};

/*
 * Addresses are cut into areas, by the first half of their bits and, for shapes that name
 * more, by the first three quarters.
 */
enum grain {
	GRAIN_HALF,
	GRAIN_FINE,
	GRAIN_COUNT
};

/* Of sources or of destinations. */
struct areas {
	/* By a hash of the area: the numbers of shapes of which there is a rule in it. */
	uint64_t *shapes[GRAIN_COUNT];
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
	uint32_t n_buckets; /* a power of 2; 0: too few rules for it */
	uint64_t *filter;   /* FILTER_BITS for each bucket: those of keys that are there */
	uint32_t *buckets;  /* first rule, rising */
	struct areas src_areas, dst_areas;
	uint32_t n_areas;    /* a power of 2 */
	uint64_t everywhere; /* shapes that are not noted there, by number */
	struct slot *slots;  /* by position */
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

/* ---- making ---- */

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

static bool written_alike(const struct written *a, const struct written *b)
{
	return a->src == b->src && a->dst == b->dst && a->transport == b->transport &&
	       a->link == b->link;
}

static const struct written unwritten;

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
		index->is_written |= !written_alike(&shape.written, &unwritten);
		index->shapes[index->n_shapes++] = shape;
	}
	return number;
}

/* Most keys that are asked for are not there, and the filter is small enough for a cache. */
static inline uint64_t *filter_of(const struct rule_index *index, uint32_t key)
{
	return &index->filter[(key & (index->n_buckets * FILTER_BITS - 1)) / 64];
}

/* Two bits of one word, so that few keys that are not there look as if they were. */
static inline uint64_t filter_bits(uint32_t key)
{
	return (uint64_t)1 << (key % 64) | (uint64_t)1 << (key >> 26);
}

static inline uint32_t *bucket_of(const struct rule_index *index, uint32_t key)
{
	return &index->buckets[key & (index->n_buckets - 1)];
}

static inline unsigned bits_of_grain(const struct rule_index *index, enum grain grain)
{
	return grain == GRAIN_FINE ? index->bits / 4 * 3 : index->bits / 2;
}

static inline uint64_t *area_of(const struct rule_index *index, const struct areas *areas,
				enum grain grain, wide address)
{
	uint64_t number = (uint64_t)(address >> (index->bits - bits_of_grain(index, grain)));

	return &areas->shapes[grain][mix(2, number) & (index->n_areas - 1)];
}

/* Notes that a rule of the shape is there. */
static void mark_area(struct rule_index *index, struct areas *areas, unsigned len, wide address,
		      unsigned number)
{
	enum grain grain = len >= bits_of_grain(index, GRAIN_FINE) ? GRAIN_FINE : GRAIN_HALF;

	if (!areas->shapes[grain])
		areas->shapes[grain] = arena_alloc(index->arena, index->n_areas * sizeof(uint64_t));
	*area_of(index, areas, grain, address) |= (uint64_t)1 << number;
}

static inline uint64_t shapes_near(const struct rule_index *index, const struct areas *areas,
				   wide address)
{
	uint64_t shapes = 0;

	for (enum grain grain = GRAIN_HALF; grain < GRAIN_COUNT; grain++) {
		if (areas->shapes[grain])
			shapes |= *area_of(index, areas, grain, address);
	}
	return shapes;
}

/* Where in the space is the rule of the shape? */
static void mark_place(struct rule_index *index, const struct shape *shape, unsigned number,
		       const struct values *values)
{
	if (number >= FINE_SHAPES)
		return;
	if (shape->src_len >= bits_of_grain(index, GRAIN_HALF))
		mark_area(index, &index->src_areas, shape->src_len, values->src, number);
	else if (shape->dst_len >= bits_of_grain(index, GRAIN_HALF))
		mark_area(index, &index->dst_areas, shape->dst_len, values->dst, number);
	else
		index->everywhere |= (uint64_t)1 << number;
}

static void add_rule(struct rule_index *index, uint32_t position)
{
	struct values values;
	unsigned number;
	struct shape *shape;
	uint32_t *bucket;
	struct slot *slot = &index->slots[position];

	rule_values(index->space, flow_rule(index->chain, position), &values);
	number = choose_shape(index, position, &values);
	shape = &index->shapes[number];
	slot->key = key_of(shape, &values);
	slot->next_in_shape = shape->first;
	shape->first = position;
	shape->n++;
	index->names |= shape->names;
	mark_place(index, shape, number, &values);
	*filter_of(index, slot->key) |= filter_bits(slot->key);
	bucket = bucket_of(index, slot->key);
	slot->next = *bucket;
	*bucket = position;
}

/* The positions that are wanted; only the first SMALL_CHAIN + 1 of them are stored. */
static uint32_t count_wanted(const struct flow *flow, const struct chain_flow *chain,
			     rule_index_wants *wants, uint32_t positions[SMALL_CHAIN + 1])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < chain->n; i++) {
		if (!wants(flow, chain, i))
			continue;
		if (n <= SMALL_CHAIN)
			positions[n] = i;
		n++;
	}
	return n;
}

struct rule_index *rule_index_new(struct arena *arena, struct space *space, const struct flow *flow,
				  const struct chain_flow *chain, rule_index_wants *wants)
{
	uint32_t few[SMALL_CHAIN + 1];
	uint32_t n = count_wanted(flow, chain, wants, few);
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
	index->n_areas = index->n_buckets < AREAS_MAX ? index->n_buckets : AREAS_MAX;
	index->filter = arena_alloc(arena, index->n_buckets * FILTER_BITS / 8);
	index->slots = arena_alloc(arena, chain->n * sizeof(*index->slots));
	index->orders = arena_alloc(arena, room * sizeof(*index->orders));
	memset(index->buckets, 0xff, index->n_buckets * sizeof(*index->buckets));
	/* backwards, so that the lists rise */
	for (uint32_t i = chain->n; i-- > 0;) {
		if (wants(flow, chain, i))
			add_rule(index, i);
	}
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

/* ---- finding ---- */

static bool single(const struct packets *packets, uint32_t variable, uint32_t written,
		   uint32_t *value)
{
	wide low, high;

	if (!packets->bounds(packets, variable, written, &low, &high) || low != high)
		return false;
	*value = (uint32_t)low;
	return true;
}

/* Only what the shapes name is asked for. */
static void ask(const struct rule_index *index, const struct packets *packets,
		const struct written *written, struct asked *asked)
{
	struct values *values = &asked->values;
	unsigned names = index->names;

	asked->written = *written;
	asked->is_filled = true;
	values->names = 0;
	if ((names & NAMES_SRC) &&
	    !packets->bounds(packets, VAR_SRC, written->src, &values->src, &asked->src_high)) {
		values->src = 0;
		asked->src_high = set_high(space_domain(index->space, VAR_SRC));
	}
	if ((names & NAMES_DST) &&
	    !packets->bounds(packets, VAR_DST, written->dst, &values->dst, &asked->dst_high)) {
		values->dst = 0;
		asked->dst_high = set_high(space_domain(index->space, VAR_DST));
	}
	if ((names & NAMES_PROTOCOL) &&
	    single(packets, VAR_PROTOCOL, written->transport, &values->protocol))
		values->names |= NAMES_PROTOCOL;
	if ((names & NAMES_DPORT) && single(packets, VAR_DPORT, written->transport, &values->dport))
		values->names |= NAMES_DPORT;
	if ((names & NAMES_IN) && single(packets, VAR_IN, written->link, &values->in))
		values->names |= NAMES_IN;
	if ((names & NAMES_OUT) && single(packets, VAR_OUT, written->link, &values->out))
		values->names |= NAMES_OUT;
}

struct search {
	const struct rule_index *index;
	const struct packets *packets;
	uint32_t from, limit;
	rule_index_visit *visit;
	void *context;
};

/* The first rule of that key behind the limit, from AT on. */
static void note_next(const struct search *search, uint32_t key, uint32_t at)
{
	const struct rule_index *index = search->index;

	while (at != NO_RULE && (at == search->limit || index->slots[at].key != key))
		at = index->slots[at].next;
	if (at < *search->packets->next)
		*search->packets->next = at;
}

/* AT is the first rule of the key's bucket. */
static bool look_from(const struct search *search, uint32_t key, uint32_t at)
{
	const struct rule_index *index = search->index;

	for (; at != NO_RULE && at < search->limit; at = index->slots[at].next) {
		if (index->slots[at].key == key && at >= search->from &&
		    !search->visit(search->context, at))
			return false;
	}
	if (search->packets->next)
		note_next(search, key, at);
	return true;
}

static inline bool may_have(const struct rule_index *index, uint32_t key)
{
	return !(~*filter_of(index, key) & filter_bits(key));
}

static inline bool look_in_bucket(const struct search *search, uint32_t key)
{
	return !may_have(search->index, key) ||
	       look_from(search, key, *bucket_of(search->index, key));
}

/* Is the prefix outside of the bounds? */
static bool is_apart(const struct rule_index *index, const struct prefix *prefix, bool inverted,
		     wide low, wide high)
{
	wide from, mask;

	if (!prefix || inverted || prefix_host(prefix))
		return false;
	from = space_address(index->space, &prefix->address);
	mask = space_address(index->space, prefix->mask);
	/* as a number, the last address of a mask with holes is the largest one */
	return from > high ||
	       (from | (~mask & set_high(space_domain(index->space, VAR_SRC)))) < low;
}

/* Looks at one rule of the shape, without the index. */
static bool look_at(const struct search *search, const struct shape *shape,
		    const struct asked *asked, uint32_t at)
{
	const struct rule_index *index = search->index;
	const struct rule *rule = flow_rule(index->chain, at);

	if ((shape->names & NAMES_SRC) && is_apart(index, rule->src, rule->inverted & RULE_NOT_SRC,
						   asked->values.src, asked->src_high))
		return true;
	if ((shape->names & NAMES_DST) && is_apart(index, rule->dst, rule->inverted & RULE_NOT_DST,
						   asked->values.dst, asked->dst_high))
		return true;
	if ((shape->names & asked->values.names & NAMES_PROTOCOL) &&
	    rule->protocol != asked->values.protocol)
		return true;
	return search->visit(search->context, at);
}

/* ---- rules of a shape by address ---- */

/* The number of the address in the shape. */
static wide number_of(const struct rule_index *index, const struct shape *shape, uint32_t at,
		      bool is_dst)
{
	const struct rule *rule = flow_rule(index->chain, at);

	if (is_dst)
		return space_address(index->space, &rule->dst->address) >> shape->dst_shift;
	return space_address(index->space, &rule->src->address) >> shape->src_shift;
}

struct addressed {
	wide address;
	uint32_t at;
};

static int by_address(const void *left, const void *right)
{
	const struct addressed *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* One pass of a radix sort: by 8 bits of the numbers, keeping the order of equal ones. */
static void sort_by_byte(const uint64_t *from, uint64_t *to, uint32_t n, unsigned shift)
{
	uint32_t starts[257] = { 0 };

	for (uint32_t i = 0; i < n; i++)
		starts[(from[i] >> shift & 0xff) + 1]++;
	for (unsigned byte = 0; byte < 256; byte++)
		starts[byte + 1] += starts[byte];
	for (uint32_t i = 0; i < n; i++)
		to[starts[from[i] >> shift & 0xff]++] = from[i];
}

/* Short addresses fit into one number with the position, in whose order the list begins. */
static void sort_short(const struct rule_index *index, const struct shape *shape, bool by_dst,
		       uint32_t *positions)
{
	uint64_t *list = alloc_zeroed(2 * (size_t)shape->n * sizeof(*list));
	uint64_t *other = list + shape->n;
	uint32_t n = 0;

	for (uint32_t at = shape->first; at != NO_RULE; at = index->slots[at].next_in_shape)
		list[n++] = (uint64_t)number_of(index, shape, at, by_dst) << 32 | at;
	for (unsigned shift = 32; shift < 64; shift += 16) {
		sort_by_byte(list, other, n, shift);
		sort_by_byte(other, list, n, shift + 8);
	}
	for (uint32_t i = 0; i < n; i++)
		positions[i] = (uint32_t)list[i];
	free(list);
}

static void sort_long(const struct rule_index *index, const struct shape *shape, bool by_dst,
		      uint32_t *positions)
{
	struct addressed *list = alloc_zeroed(shape->n * sizeof(*list));
	uint32_t n = 0;

	for (uint32_t at = shape->first; at != NO_RULE; at = index->slots[at].next_in_shape, n++)
		list[n] = (struct addressed){ number_of(index, shape, at, by_dst), at };
	qsort(list, n, sizeof(*list), by_address);
	for (uint32_t i = 0; i < n; i++)
		positions[i] = list[i].at;
	free(list);
}

static uint32_t *sort_shape(const struct rule_index *index, const struct shape *shape, bool by_dst)
{
	uint32_t *positions = arena_alloc(index->arena, shape->n * sizeof(*positions));

	if (shape->is_short)
		sort_short(index, shape, by_dst, positions);
	else
		sort_long(index, shape, by_dst, positions);
	return positions;
}

struct side {
	bool is_dst;
	struct range numbers; /* in the shape */
};

static bool look_between(const struct search *search, const struct shape *shape,
			 const struct asked *asked, const uint32_t *positions,
			 const struct side *side)
{
	uint32_t low = 0, high = shape->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (number_of(search->index, shape, positions[middle], side->is_dst) <
		    side->numbers.low)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < shape->n; low++) {
		uint32_t at = positions[low];

		if (number_of(search->index, shape, at, side->is_dst) > side->numbers.high)
			break;
		if (at >= search->from && at < search->limit && !look_at(search, shape, asked, at))
			return false;
	}
	return true;
}

/*
 * The narrower one of the addresses, if it leaves anything out; a shape that is asked for
 * so again and again gets into order.
 */
static const uint32_t *choose_order(const struct rule_index *index, const struct shape *shape,
				    const struct asked *asked, struct side *side)
{
	const struct values *low = &asked->values;
	wide all = set_high(space_domain(index->space, VAR_SRC));
	wide src = shape->names & NAMES_SRC ? asked->src_high - low->src : all;
	wide dst = shape->names & NAMES_DST ? asked->dst_high - low->dst : all;
	struct order *order = &index->orders[shape - index->shapes][dst < src];

	if (src == all && dst == all)
		return NULL;
	side->is_dst = dst < src;
	if (side->is_dst)
		side->numbers = (struct range){ low->dst >> shape->dst_shift,
						asked->dst_high >> shape->dst_shift };
	else
		side->numbers = (struct range){ low->src >> shape->src_shift,
						asked->src_high >> shape->src_shift };
	if (!order->positions) {
		if (order->n_walked / WALKS_FIRST < shape->n) {
			order->n_walked += shape->n;
			return NULL;
		}
		order->positions = sort_shape(index, shape, side->is_dst);
	}
	return order->positions;
}

/* All rules of the shape, or as many as the addresses leave. */
static bool look_through(const struct search *search, const struct shape *shape,
			 const struct asked *asked)
{
	struct side side;
	const uint32_t *positions = choose_order(search->index, shape, asked, &side);

	if (positions)
		return look_between(search, shape, asked, positions, &side);
	for (uint32_t at = shape->first; at != NO_RULE && at < search->limit;
	     at = search->index->slots[at].next_in_shape) {
		if (at >= search->from && !look_at(search, shape, asked, at))
			return false;
	}
	return true;
}

/* The packets have so few different addresses in the shape that it pays to look at each. */
static bool look_by_addresses(const struct search *search, const struct shape *shape,
			      const struct asked *asked)
{
	struct values values = asked->values;
	wide first_src = 0, last_src = 0, first_dst = 0, last_dst = 0;
	uint32_t most;

	if (shape->names & NAMES_SRC) {
		first_src = asked->values.src >> shape->src_shift;
		last_src = asked->src_high >> shape->src_shift;
	}
	if (shape->names & NAMES_DST) {
		first_dst = asked->values.dst >> shape->dst_shift;
		last_dst = asked->dst_high >> shape->dst_shift;
	}
	most = shape->n < ADDRESSES_MAX ? shape->n : ADDRESSES_MAX;
	if (last_src - first_src > most || last_dst - first_dst > most ||
	    (last_src - first_src + 1) * (last_dst - first_dst + 1) > most)
		return look_through(search, shape, asked);
	for (wide i = first_src; i <= last_src; i++) {
		values.src = i << shape->src_shift;
		for (wide j = first_dst; j <= last_dst; j++) {
			values.dst = j << shape->dst_shift;
			if (!look_in_bucket(search, key_of(shape, &values)))
				return false;
		}
	}
	return true;
}

static bool look_by_literals(const struct search *search, const struct shape *shape,
			     const struct asked *asked)
{
	struct values values = asked->values;

	for (unsigned i = 0; i < search->packets->n_literals; i++) {
		values.literal = search->packets->literals[i];
		if (!look_in_bucket(search, key_of(shape, &values)))
			return false;
	}
	return true;
}

/* Looks for the packets among the rules of one shape. */
static inline bool look_in_shape(const struct search *search, const struct shape *shape,
				 const struct asked *asked)
{
	const unsigned one_value = NAMES_PROTOCOL | NAMES_DPORT | NAMES_IN | NAMES_OUT;

	if (search->packets->is_point) {
		if (shape->names & NAMES_LITERAL)
			return look_by_literals(search, shape, asked);
		return look_in_bucket(search, key_of(shape, &asked->values));
	}
	if ((shape->names & one_value & ~(unsigned)asked->values.names) ||
	    (shape->names & NAMES_LITERAL))
		return look_through(search, shape, asked);
	return look_by_addresses(search, shape, asked);
}

/*
 * Keys of a point that may be there.  They are looked up together, one step of each after
 * the other, so that the memory for one is fetched while the others are looked at.
 */
struct keys {
	unsigned n;
	uint32_t keys[COARSE_SHAPES + 1];
	uint32_t first[COARSE_SHAPES + 1]; /* rule of the bucket */
};

static inline void collect(const struct search *search, const struct shape *shape,
			   const struct values *values, struct keys *keys)
{
	uint32_t key = key_of(shape, values);

	if (!may_have(search->index, key))
		return;
	__builtin_prefetch(bucket_of(search->index, key));
	keys->keys[keys->n++] = key;
}

static bool look_for_keys(const struct search *search, struct keys *keys)
{
	const struct rule_index *index = search->index;

	for (unsigned i = 0; i < keys->n; i++) {
		keys->first[i] = *bucket_of(index, keys->keys[i]);
		if (keys->first[i] != NO_RULE)
			__builtin_prefetch(&index->slots[keys->first[i]]);
	}
	for (unsigned i = 0; i < keys->n; i++) {
		if (!look_from(search, keys->keys[i], keys->first[i]))
			return false;
	}
	return true;
}

static inline bool is_of_interest(const struct search *search, const struct shape *shape)
{
	return shape->first < search->limit || search->packets->next;
}

/* Only the shapes that have a rule near the packet. */
static bool find_point(const struct search *search, struct asked *asked)
{
	const struct rule_index *index = search->index;
	uint64_t shapes = index->everywhere;
	struct keys keys;

	keys.n = 0;
	ask(index, search->packets, &unwritten, asked);
	if (index->names & NAMES_SRC)
		shapes |= shapes_near(index, &index->src_areas, asked->values.src);
	if (index->names & NAMES_DST)
		shapes |= shapes_near(index, &index->dst_areas, asked->values.dst);
	for (; shapes; shapes &= shapes - 1) {
		const struct shape *shape = &index->shapes[__builtin_ctzll(shapes)];

		if (!is_of_interest(search, shape))
			continue;
		if (!(shape->names & NAMES_LITERAL))
			collect(search, shape, &asked->values, &keys);
		else if (!look_by_literals(search, shape, asked))
			return false;
	}
	for (unsigned i = FINE_SHAPES; i < index->n_shapes; i++) {
		if (is_of_interest(search, &index->shapes[i]))
			collect(search, &index->shapes[i], &asked->values, &keys);
	}
	return look_for_keys(search, &keys);
}

bool rule_index_find(const struct rule_index *index, const struct packets *packets, uint32_t from,
		     uint32_t limit, rule_index_visit *visit, void *context)
{
	struct search search = { index, packets, from, limit, visit, context };
	struct asked asked;

	asked.is_filled = false;

	if (!index->n_buckets) {
		for (uint32_t i = 0; i < index->n_few; i++) {
			uint32_t at = index->few[i];

			if (at >= from && at < limit && !visit(context, at))
				return false;
			if (packets->next && at > limit && at < *packets->next)
				*packets->next = at;
		}
		return true;
	}
	if (packets->next && index->is_written)
		*packets->next = limit + 1;
	if (packets->is_point && !index->is_written)
		return find_point(&search, &asked);
	for (unsigned i = 0; i < index->n_shapes; i++) {
		const struct shape *shape = &index->shapes[i];

		if (shape->first >= limit)
			continue;
		if (!asked.is_filled ||
		    (index->is_written && !written_alike(&asked.written, &shape->written)))
			ask(index, packets, &shape->written, &asked);
		if (!look_in_shape(&search, shape, &asked))
			return false;
	}
	return true;
}
