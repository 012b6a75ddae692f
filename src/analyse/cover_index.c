/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tuple-space index: rules that name the same kinds of things (a source with a /24
 * mask, a protocol and one port, say) have one "shape" and share a hash table key
 * made of the values.  A rule is looked up once for each shape there is.
 *
 * Bounded on purpose: at most SHAPES_MAX shapes and BUCKET_MAX rules for one key.
 * So the time is proportional to the number of rules, whatever they are.
 */
#include "analyse/cover_index.h"

#include <string.h>

#include "analyse/facts.h"

#define SHAPES_MAX 48
#define BUCKET_MAX 8
#define CACHE_SIZE 128
#define N_FIELDS   11

struct shape {
	union address src; /* mask; all zero: no key on it */
	union address dst;
	bool protocol;
	bool in; /* one whole name */
	bool out;
	bool sport; /* a single one */
	bool dport;
	bool literal;
};

struct cover {
	struct cover *next; /* in the bucket */
	const struct rule *rule;
	uint64_t key;
	unsigned reads;
	uint32_t position;
	uint32_t cached; /* where its condition was put; may belong to another by now */
};

/* The condition of a cover that was asked for lately. */
struct cached {
	const struct cover *owner;
	struct condition condition;
};

struct cover_index {
	struct arena *arena;
	enum family family;
	unsigned n_shapes;
	uint32_t next_cached;
	uint32_t n_buckets; /* a power of 2 */
	uint32_t capacity;  /* of buckets */
	bool empty;	    /* nothing was added since the start */
	struct cover **buckets;
	uint32_t written[N_FIELDS]; /* position of the last rule that may write the field */
	struct shape shapes[SHAPES_MAX];
	struct cached cache[CACHE_SIZE];
};

struct cover_index *cover_index_new(struct arena *scratch, enum family family)
{
	struct cover_index *index = arena_new_object(scratch, struct cover_index);

	index->arena = scratch;
	index->family = family;
	return index;
}

void cover_index_start(struct cover_index *index, uint32_t n_rules)
{
	uint32_t n_buckets = 8;

	while (n_buckets < n_rules && n_buckets < (1u << 24))
		n_buckets *= 2;
	if (n_buckets > index->capacity) {
		index->buckets = arena_alloc(index->arena, n_buckets * sizeof(struct cover *));
		index->capacity = n_buckets;
	} else if (!index->empty) {
		memset(index->buckets, 0, index->n_buckets * sizeof(struct cover *));
	}
	index->n_buckets = n_buckets;
	index->n_shapes = 0;
	index->empty = true;
	memset(index->written, 0, sizeof(index->written));
}

void cover_index_written(struct cover_index *index, unsigned fields, uint32_t position)
{
	for (unsigned i = 0; fields; i++, fields >>= 1) {
		if (fields & 1)
			index->written[i] = position;
	}
}

/* Has something that the rule tests been written since? */
static bool is_stale(const struct cover_index *index, const struct cover *cover)
{
	unsigned fields = cover->reads;

	for (unsigned i = 0; fields; i++, fields >>= 1) {
		if ((fields & 1) && index->written[i] > cover->position)
			return true;
	}
	return false;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ (hash >> 32);
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return mix(hash, 1);
}

static bool is_zero(const union address *address)
{
	static const union address zero;

	return !memcmp(address, &zero, sizeof(zero));
}

static bool is_plain(const struct prefix *prefix, bool inverted)
{
	return prefix && !inverted && !prefix->host;
}

static bool is_whole_name(const char *name, bool inverted)
{
	return name && name[0] && !inverted && name[strlen(name) - 1] != '+';
}

static bool is_single(const struct port_set *ports)
{
	return !ports->any && ports->n == 1 && ports->ranges[0].low == ports->ranges[0].high;
}

static void copy_mask(union address *mask, const struct prefix *prefix, enum family family)
{
	if (family == FAMILY_IPV6)
		mask->v6 = prefix->mask.v6;
	else
		mask->v4 = prefix->mask.v4;
}

static void shape_of(struct shape *shape, const struct condition *condition)
{
	const struct rule *rule = condition->rule;

	memset(shape, 0, sizeof(*shape));
	if (is_plain(rule->src, rule->inverted & RULE_NOT_SRC))
		copy_mask(&shape->src, rule->src, condition->family);
	if (is_plain(rule->dst, rule->inverted & RULE_NOT_DST))
		copy_mask(&shape->dst, rule->dst, condition->family);
	shape->protocol = rule->protocol && !(rule->inverted & RULE_NOT_PROTOCOL);
	shape->in = is_whole_name(rule->in, rule->inverted & RULE_NOT_IN);
	shape->out = is_whole_name(rule->out, rule->inverted & RULE_NOT_OUT);
	shape->sport = is_single(&condition->sport);
	shape->dport = is_single(&condition->dport);
	shape->literal = condition->n_literals > 0;
}

static bool mix_address(uint64_t *hash, const union address *mask, const struct prefix *prefix,
			bool inverted, enum family family)
{
	unsigned bytes = family == FAMILY_IPV6 ? 16 : 4;
	const unsigned char *wanted = (const unsigned char *)mask;
	unsigned char masked[16] = { 0 };
	uint64_t words[2];

	if (is_zero(mask))
		return true;
	if (!is_plain(prefix, inverted))
		return false;
	for (unsigned i = 0; i < bytes; i++) {
		/* a wider rule cannot be inside */
		if (wanted[i] & ~((const unsigned char *)&prefix->mask)[i])
			return false;
		masked[i] = wanted[i] & ((const unsigned char *)&prefix->address)[i];
	}
	memcpy(words, masked, sizeof(words));
	*hash = mix(mix(*hash, words[0]), words[1]);
	return true;
}

/*
 * The key that a rule of this shape has if it covers CONDITION, but for a literal;
 * false if none can.
 */
static bool key_in_shape(uint64_t *key, const struct shape *shape, unsigned number,
			 const struct condition *condition)
{
	const struct rule *rule = condition->rule;
	uint64_t hash = mix(0, number);

	if (!mix_address(&hash, &shape->src, rule->src, rule->inverted & RULE_NOT_SRC,
			 condition->family) ||
	    !mix_address(&hash, &shape->dst, rule->dst, rule->inverted & RULE_NOT_DST,
			 condition->family))
		return false;
	if (shape->protocol) {
		if (!rule->protocol || (rule->inverted & RULE_NOT_PROTOCOL))
			return false;
		hash = mix(hash, rule->protocol);
	}
	if (shape->in) {
		if (!is_whole_name(rule->in, rule->inverted & RULE_NOT_IN))
			return false;
		hash = mix_text(hash, rule->in);
	}
	if (shape->out) {
		if (!is_whole_name(rule->out, rule->inverted & RULE_NOT_OUT))
			return false;
		hash = mix_text(hash, rule->out);
	}
	if (shape->sport) {
		if (!is_single(&condition->sport))
			return false;
		hash = mix(hash, condition->sport.ranges[0].low);
	}
	if (shape->dport) {
		if (!is_single(&condition->dport))
			return false;
		hash = mix(hash, condition->dport.ranges[0].low);
	}
	*key = hash;
	return true;
}

static struct cover **bucket_of(struct cover_index *index, uint64_t key)
{
	return &index->buckets[(key ^ (key >> 40)) & (index->n_buckets - 1)];
}

/* The number of the shape; SHAPES_MAX if there is no room for another. */
static unsigned find_shape(struct cover_index *index, const struct shape *shape)
{
	unsigned i = 0;

	while (i < index->n_shapes && memcmp(&index->shapes[i], shape, sizeof(*shape)))
		i++;
	if (i == index->n_shapes && i < SHAPES_MAX) {
		index->shapes[i] = *shape;
		index->n_shapes++;
	}
	return i;
}

void cover_index_add(struct cover_index *index, const struct condition *condition,
		     uint32_t position)
{
	struct shape shape;
	struct cover **bucket, **slot = NULL, *cover;
	unsigned number, n = 0;
	uint64_t key;

	shape_of(&shape, condition);
	number = find_shape(index, &shape);
	if (number == SHAPES_MAX || !key_in_shape(&key, &shape, number, condition))
		return;
	if (shape.literal)
		key = mix_text(key, condition->literals[0]->text);
	index->empty = false;
	bucket = bucket_of(index, key);
	while (*bucket) {
		if ((*bucket)->key == key) {
			n++;
			if (!slot && is_stale(index, *bucket))
				slot = bucket;
		}
		bucket = &(*bucket)->next;
	}
	if (slot) { /* reuse the place of one that no longer holds */
		cover = *slot;
	} else if (n < BUCKET_MAX) {
		cover = arena_new_object(index->arena, struct cover);
		*bucket = cover;
	} else {
		return;
	}
	cover->rule = condition->rule;
	cover->cached = CACHE_SIZE;
	cover->key = key;
	cover->reads = condition->reads;
	cover->position = position;
}

static const struct condition *condition_of(struct cover_index *index, struct cover *cover)
{
	struct cached *cached;

	if (cover->cached < CACHE_SIZE && index->cache[cover->cached].owner == cover)
		return &index->cache[cover->cached].condition;
	cover->cached = index->next_cached;
	index->next_cached = (index->next_cached + 1) % CACHE_SIZE;
	cached = &index->cache[cover->cached];
	cached->owner = cover;
	condition_read(&cached->condition, index->family, cover->rule);
	return &cached->condition;
}

static const struct rule *find_by_key(struct cover_index *index, uint64_t key,
				      const struct condition *condition)
{
	for (struct cover *each = *bucket_of(index, key); each; each = each->next) {
		if (each->key == key && !is_stale(index, each) &&
		    condition_covers(condition_of(index, each), condition))
			return each->rule;
	}
	return NULL;
}

const struct rule *cover_index_find(struct cover_index *index, const struct condition *condition)
{
	for (unsigned i = 0; i < index->n_shapes; i++) {
		const struct shape *shape = &index->shapes[i];
		const struct rule *rule = NULL;
		uint64_t key;

		if (!key_in_shape(&key, shape, i, condition))
			continue;
		if (!shape->literal)
			rule = find_by_key(index, key, condition);
		for (unsigned j = 0; shape->literal && !rule && j < condition->n_literals; j++)
			rule = find_by_key(index, mix_text(key, condition->literals[j]->text),
					   condition);
		if (rule)
			return rule;
	}
	return NULL;
}
