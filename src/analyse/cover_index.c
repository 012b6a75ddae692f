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

/* What a rule can name in a way that a key can be made of. */
enum named {
	NAMES_SRC = 1 << 0,
	NAMES_DST = 1 << 1,
	NAMES_PROTOCOL = 1 << 2,
	NAMES_IN = 1 << 3, /* one whole name */
	NAMES_OUT = 1 << 4,
	NAMES_SPORT = 1 << 5, /* a single one */
	NAMES_DPORT = 1 << 6,
	NAMES_LITERAL = 1 << 7,
};

/* An address or a mask; IPv4 is in the first word. */
struct words {
	uint64_t word[2];
};

struct shape {
	unsigned names;	  /* set of enum named */
	struct words src; /* masks */
	struct words dst;
};

/* The values of one rule, taken out of it once for all shapes. */
struct values {
	unsigned names;
	struct words src, src_mask, dst, dst_mask;
	uint64_t in, out; /* hashes of the names */
	uint64_t protocol, sport, dport;
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

static struct words words_of(const union address *address, enum family family)
{
	struct words words = { { 0, 0 } };

	memcpy(words.word, address, family == FAMILY_IPV6 ? 16 : 4);
	return words;
}

static void take_addresses(struct values *values, const struct rule *rule, enum family family)
{
	if (is_plain(rule->src, rule->inverted & RULE_NOT_SRC)) {
		values->names |= NAMES_SRC;
		values->src = words_of(&rule->src->address, family);
		values->src_mask = words_of(&rule->src->mask, family);
	}
	if (is_plain(rule->dst, rule->inverted & RULE_NOT_DST)) {
		values->names |= NAMES_DST;
		values->dst = words_of(&rule->dst->address, family);
		values->dst_mask = words_of(&rule->dst->mask, family);
	}
}

static void take_values(struct values *values, const struct condition *condition)
{
	const struct rule *rule = condition->rule;

	values->names = condition->n_literals ? NAMES_LITERAL : 0;
	take_addresses(values, rule, condition->family);
	if (rule->protocol && !(rule->inverted & RULE_NOT_PROTOCOL)) {
		values->names |= NAMES_PROTOCOL;
		values->protocol = rule->protocol;
	}
	if (is_whole_name(rule->in, rule->inverted & RULE_NOT_IN)) {
		values->names |= NAMES_IN;
		values->in = mix_text(0, rule->in);
	}
	if (is_whole_name(rule->out, rule->inverted & RULE_NOT_OUT)) {
		values->names |= NAMES_OUT;
		values->out = mix_text(0, rule->out);
	}
	if (is_single(&condition->sport)) {
		values->names |= NAMES_SPORT;
		values->sport = condition->sport.ranges[0].low;
	}
	if (is_single(&condition->dport)) {
		values->names |= NAMES_DPORT;
		values->dport = condition->dport.ranges[0].low;
	}
}

static void shape_of(struct shape *shape, const struct values *values)
{
	memset(shape, 0, sizeof(*shape));
	shape->names = values->names;
	if (values->names & NAMES_SRC)
		shape->src = values->src_mask;
	if (values->names & NAMES_DST)
		shape->dst = values->dst_mask;
}

/* False if MASK is shorter than the one that is wanted: a wider rule is not inside. */
static bool mix_words(uint64_t *hash, const struct words *wanted, const struct words *address,
		      const struct words *mask)
{
	if ((wanted->word[0] & ~mask->word[0]) | (wanted->word[1] & ~mask->word[1]))
		return false;
	*hash = mix(*hash, wanted->word[0] & address->word[0]);
	if (wanted->word[1])
		*hash = mix(*hash, wanted->word[1] & address->word[1]);
	return true;
}

/*
 * The key that a rule of this shape has if it covers one with these values, but for a
 * literal; false if none can.
 */
static bool key_in_shape(uint64_t *key, const struct shape *shape, unsigned number,
			 const struct values *values)
{
	unsigned names = shape->names;

	*key = number;
	if (names & ~values->names)
		return false;
	if ((names & NAMES_SRC) && !mix_words(key, &shape->src, &values->src, &values->src_mask))
		return false;
	if ((names & NAMES_DST) && !mix_words(key, &shape->dst, &values->dst, &values->dst_mask))
		return false;
	if (names & NAMES_PROTOCOL)
		*key = mix(*key, values->protocol);
	if (names & NAMES_IN)
		*key = mix(*key, values->in);
	if (names & NAMES_OUT)
		*key = mix(*key, values->out);
	if (names & NAMES_SPORT)
		*key = mix(*key, values->sport);
	if (names & NAMES_DPORT)
		*key = mix(*key, values->dport);
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
	struct values values;
	struct shape shape;
	struct cover **bucket, **slot = NULL, *cover;
	unsigned number, n = 0;
	uint64_t key;

	take_values(&values, condition);
	shape_of(&shape, &values);
	number = find_shape(index, &shape);
	if (number == SHAPES_MAX || !key_in_shape(&key, &shape, number, &values))
		return;
	if (shape.names & NAMES_LITERAL)
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
	struct values values;

	if (index->n_shapes)
		take_values(&values, condition);
	for (unsigned i = 0; i < index->n_shapes; i++) {
		const struct shape *shape = &index->shapes[i];
		bool literal = shape->names & NAMES_LITERAL;
		const struct rule *rule = NULL;
		uint64_t key;

		if (!key_in_shape(&key, shape, i, &values))
			continue;
		if (!literal)
			rule = find_by_key(index, key, condition);
		for (unsigned j = 0; literal && !rule && j < condition->n_literals; j++)
			rule = find_by_key(index, mix_text(key, condition->literals[j]->text),
					   condition);
		if (rule)
			return rule;
	}
	return NULL;
}
