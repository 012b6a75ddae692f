/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open addressing with linear probes; the table is at most half full.
 */
#include "base/intern.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fnv.h"

#define FIRST_SIZE 256 /* a power of 2, like every size after it */

struct slot {
	uint32_t hash;
	uint32_t len;
	const char *text; /* NULL: free */
};

struct intern {
	struct arena *arena;
	struct slot *slots;
	size_t size;
	size_t used;
	const char *latest; /* what was added last: the rules of a chain follow each other */
	size_t latest_len;
};

struct intern *intern_new(struct arena *arena)
{
	struct intern *intern = alloc_zeroed(sizeof(*intern));

	intern->arena = arena;
	intern->size = FIRST_SIZE;
	intern->slots = alloc_zeroed(intern->size * sizeof(*intern->slots));
	return intern;
}

void intern_free(struct intern *intern)
{
	if (!intern)
		return;
	free(intern->slots);
	free(intern);
}

static uint32_t hash_text(const char *text, size_t len)
{
	uint64_t hash = fnv_bytes(FNV_BASIS, text, len);

	return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of the string, or the free one where it belongs. */
static struct slot *find_slot(const struct intern *intern, uint32_t hash, const char *text,
			      size_t len)
{
	size_t mask = intern->size - 1;
	size_t i = hash & mask;

	for (;; i = (i + 1) & mask) {
		struct slot *slot = &intern->slots[i];

		if (!slot->text ||
		    (slot->hash == hash && slot->len == len && memcmp(slot->text, text, len) == 0))
			return slot;
	}
}

static void grow(struct intern *intern)
{
	struct slot *old = intern->slots;
	size_t old_size = intern->size;

	intern->size *= 2;
	intern->slots = alloc_zeroed(intern->size * sizeof(*intern->slots));
	for (size_t i = 0; i < old_size; i++)
		if (old[i].text)
			*find_slot(intern, old[i].hash, old[i].text, old[i].len) = old[i];
	free(old);
}

static const char *add(struct intern *intern, const char *text, size_t len)
{
	uint32_t hash = hash_text(text, len);
	struct slot *slot = find_slot(intern, hash, text, len);

	if (slot->text)
		return slot->text;
	if (2 * (intern->used + 1) > intern->size) {
		grow(intern);
		slot = find_slot(intern, hash, text, len);
	}
	intern->used++;
	slot->hash = hash;
	slot->len = (uint32_t)len;
	slot->text = arena_strndup(intern->arena, text, len);
	return slot->text;
}

const char *intern_add(struct intern *intern, const char *text, size_t len)
{
	if (!intern->latest || intern->latest_len != len ||
	    memcmp(intern->latest, text, len) != 0) {
		intern->latest = add(intern, text, len);
		intern->latest_len = len;
	}
	return intern->latest;
}

const char *intern_find(const struct intern *intern, const char *text, size_t len)
{
	return find_slot(intern, hash_text(text, len), text, len)->text;
}
