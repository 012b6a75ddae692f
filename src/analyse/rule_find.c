/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For given packets the key is made once for each shape there is; where the packets do not
 * have one value of something that the shape names, all rules of the shape are looked at.
 */
#include <stdlib.h>

#include "analyse/tuple_space.h"
#include "base/alloc.h"

#define ADDRESSES_MAX 64 /* looked at one after the other */
#define WALKS_FIRST   2	 /* through a shape; after these it pays to sort it */

/* What packets that are asked for have in common, in one state of what is written. */
struct asked {
	struct written written;
	bool is_filled;
	struct values values; /* names: of which there is one value; addresses: the lowest */
	wide src_high, dst_high;
};

static const struct written unwritten;

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

/* Its end is fetched with its start: what it points to stands behind it most often. */
static inline void expect_rule(const struct rule *rule)
{
	__builtin_prefetch(rule);
	__builtin_prefetch((const char *)rule + CACHE_LINE);
}

/* AT is the first rule of the key's bucket. */
static bool look_from(const struct search *search, uint32_t key, uint32_t at)
{
	const struct rule_index *index = search->index;

	for (; at != NO_RULE && at < search->limit; at = index->slots[at].next) {
		if (index->slots[at].key != key || at < search->from)
			continue;
		expect_rule(flow_rule(index->chain, at));
		if (!search->visit(search->context, at))
			return false;
	}
	if (search->packets->next)
		note_next(search, key, at);
	return true;
}

static bool look_in_bucket(const struct search *search, const struct shape *shape,
			   const struct values *values)
{
	uint32_t key = key_of(shape, values);

	return !has_key(area_for(search->index, shape, values, key), key) ||
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
			if (!look_in_bucket(search, shape, &values))
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
		if (!look_in_bucket(search, shape, &values))
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
		return look_in_bucket(search, shape, &asked->values);
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
			   const struct values *values, const struct area *const areas[],
			   struct keys *keys)
{
	uint32_t key = key_of(shape, values);
	const struct area *area = areas[shape->place];

	if (shape->place == PLACE_KEY)
		area = area_of_key(search->index, key);
	if (!has_key(area, key))
		return;
	__builtin_prefetch(bucket_of(search->index, key));
	keys->keys[keys->n++] = key;
}

static bool look_for_keys(const struct search *search, struct keys *keys)
{
	const struct rule_index *index = search->index;

	for (unsigned i = 0; i < keys->n; i++) {
		keys->first[i] = *bucket_of(index, keys->keys[i]);
		if (keys->first[i] == NO_RULE)
			continue;
		__builtin_prefetch(&index->slots[keys->first[i]]);
		__builtin_prefetch(&index->chain->rules[keys->first[i]]);
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
	const struct area *areas[PLACE_COUNT] = { NULL };
	uint64_t shapes = index->everywhere;
	struct keys keys;

	keys.n = 0;
	ask(index, search->packets, &unwritten, asked);
	if (index->areas[PLACE_SRC]) {
		areas[PLACE_SRC] = area_of(index, PLACE_SRC, asked->values.src);
		shapes |= areas[PLACE_SRC]->shapes[part_of(index, asked->values.src)];
	}
	if (index->areas[PLACE_DST]) {
		areas[PLACE_DST] = area_of(index, PLACE_DST, asked->values.dst);
		shapes |= areas[PLACE_DST]->shapes[part_of(index, asked->values.dst)];
	}
	for (; shapes; shapes &= shapes - 1) {
		const struct shape *shape = &index->shapes[__builtin_ctzll(shapes)];

		if (!is_of_interest(search, shape))
			continue;
		if (!(shape->names & NAMES_LITERAL))
			collect(search, shape, &asked->values, areas, &keys);
		else if (!look_by_literals(search, shape, asked))
			return false;
	}
	for (unsigned i = FINE_SHAPES; i < index->n_shapes; i++) {
		if (is_of_interest(search, &index->shapes[i]))
			collect(search, &index->shapes[i], &asked->values, areas, &keys);
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
