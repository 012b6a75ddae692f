/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache: each set has room for two segments, the one that was of use last in front;
 * beside it the hashes of what has come once.
 */
#include "bind/segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fnv.h"

/* These bound the memory; what has no room goes the long way more often. */
#define N_SETS	 8192
#define N_WAYS	 2
#define N_ONCE	 32768
#define MAX_TEXT 1024

struct kept {
	const struct option *before;
	char *text;
	uint32_t len, room; /* of text */
	uint16_t protocol;
	uint8_t kind;
	bool inverted;
	struct segment segment;
};

/* One place of a set.  The hash stands here, since most that is looked for is not there. */
struct way {
	uint64_t hash;
	struct kept *kept; /* NULL: free */
};

struct segments {
	struct arena *arena;
	struct way sets[N_SETS][N_WAYS];
	uint32_t once[N_ONCE]; /* other bits of the last hash that came here */
};

/* The words of a key with a NUL behind each. */
struct text {
	size_t len;
	uint64_t hash;
	char bytes[MAX_TEXT];
};

struct segments *segments_new(struct arena *arena)
{
	struct segments *segments = alloc_zeroed(sizeof(*segments));

	segments->arena = arena;
	return segments;
}

void segments_free(struct segments *segments)
{
	free(segments);
}

/* FNV-1a, eight bytes at a time. */
static uint64_t hash_bytes(const char *bytes, size_t len, uint64_t hash)
{
	uint64_t part;

	for (; len >= sizeof(part); bytes += sizeof(part), len -= sizeof(part)) {
		memcpy(&part, bytes, sizeof(part));
		hash = (hash ^ part) * FNV_PRIME;
		hash ^= hash >> 29;
	}
	part = 0;
	memcpy(&part, bytes, len);
	hash = (hash ^ part) * FNV_PRIME;
	return hash ^ hash >> 32;
}

/* False if the words are too long to keep, or none. */
static bool make_text(const struct segment_key *key, struct text *text)
{
	text->len = 0;
	for (size_t i = 0; i < key->n_words; i++) {
		size_t size = strlen(key->words[i].text) + 1;

		if (text->len + size > MAX_TEXT)
			return false;
		memcpy(text->bytes + text->len, key->words[i].text, size);
		text->len += size;
	}
	text->hash = hash_bytes(text->bytes, text->len,
				FNV_BASIS ^ (uintptr_t)key->before ^ key->protocol ^
					(uint64_t)key->kind << 60);
	return text->len > 0;
}

static bool has_key(const struct kept *kept, const struct segment_key *key, const struct text *text)
{
	return kept->before == key->before && kept->protocol == key->protocol &&
	       kept->kind == key->kind && kept->inverted == key->inverted &&
	       kept->len == text->len && memcmp(kept->text, text->bytes, text->len) == 0;
}

/* Brings the segment to the front of its set; NULL: it is not there. */
static struct kept *find(struct segments *segments, const struct segment_key *key,
			 const struct text *text)
{
	struct way *set = segments->sets[text->hash % N_SETS];

	for (unsigned i = 0; i < N_WAYS && set[i].kept; i++) {
		struct way found = set[i];

		if (found.hash != text->hash || !has_key(found.kept, key, text))
			continue;
		memmove(set + 1, set, i * sizeof(*set));
		set[0] = found;
		return found.kept;
	}
	return NULL;
}

const struct segment *segments_find(struct segments *segments, const struct segment_key *key)
{
	const struct kept *kept;
	struct text text;

	if (!make_text(key, &text))
		return NULL;
	kept = find(segments, key, &text);
	return kept ? &kept->segment : NULL;
}

/* Notes that it comes; had it come before? */
static bool comes_again(struct segments *segments, uint64_t hash)
{
	uint32_t *once = &segments->once[hash % N_ONCE];
	uint32_t part = (uint32_t)(hash >> 32);
	bool again = *once == part;

	*once = part;
	return again;
}

/* The last one of the set gives its place, and its memory as far as that will do. */
static struct kept *take_place(struct segments *segments, const struct text *text)
{
	struct way *set = segments->sets[text->hash % N_SETS];
	struct kept *kept = set[N_WAYS - 1].kept;

	if (!kept)
		kept = arena_new_object(segments->arena, struct kept);
	memmove(set + 1, set, (N_WAYS - 1) * sizeof(*set));
	set[0] = (struct way){ text->hash, kept };
	if (text->len > kept->room) {
		kept->room = (uint32_t)text->len;
		kept->text = arena_alloc(segments->arena, text->len);
	}
	memcpy(kept->text, text->bytes, text->len);
	kept->len = (uint32_t)text->len;
	return kept;
}

void segments_offer(struct segments *segments, const struct segment_key *key,
		    const struct segment *segment)
{
	struct kept *kept;
	struct text text;

	if (!make_text(key, &text) || !comes_again(segments, text.hash) ||
	    find(segments, key, &text))
		return;
	kept = take_place(segments, &text);
	kept->before = key->before;
	kept->protocol = key->protocol;
	kept->kind = key->kind;
	kept->inverted = key->inverted;
	kept->segment = *segment;
}
