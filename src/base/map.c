/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open addressing with linear probes, at most half full; a removed key's followers
 * are moved up, so that no marks of removed keys are needed.
 */
#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_SIZE 64

static size_t home(const struct map *map, const void *key)
{
	uint64_t hash = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15;

	return (size_t)(hash >> 32) & (map->size - 1);
}

/* The slot of KEY, or the free one where it belongs. */
static size_t find(const struct map *map, const void *key)
{
	size_t i = home(map, key);

	while (map->slots[i].key && map->slots[i].key != key)
		i = (i + 1) & (map->size - 1);
	return i;
}

void *map_get(const struct map *map, const void *key)
{
	return map->size ? map->slots[find(map, key)].value : NULL;
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->size = old.size ? 2 * old.size : FIRST_SIZE;
	map->slots = alloc_zeroed(map->size * sizeof(*map->slots));
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].key)
			map->slots[find(map, old.slots[i].key)] = old.slots[i];
	free(old.slots);
}

void map_set(struct map *map, const void *key, void *value)
{
	size_t i;

	if (2 * (map->used + 1) > map->size)
		grow(map);
	i = find(map, key);
	if (!map->slots[i].key)
		map->used++;
	map->slots[i] = (struct map_slot){ key, value };
}

void map_remove(struct map *map, const void *key)
{
	size_t mask = map->size - 1;
	size_t hole, i;

	if (!map->size)
		return;
	hole = find(map, key);
	if (!map->slots[hole].key)
		return;
	map->used--;
	for (i = (hole + 1) & mask; map->slots[i].key; i = (i + 1) & mask) {
		size_t distance = (i - home(map, map->slots[i].key)) & mask;

		/* It can move up if its home is not behind the hole. */
		if (distance >= ((i - hole) & mask)) {
			map->slots[hole] = map->slots[i];
			hole = i;
		}
	}
	map->slots[hole] = (struct map_slot){ NULL, NULL };
}

void map_clear(struct map *map)
{
	if (map->used)
		memset(map->slots, 0, map->size * sizeof(*map->slots));
	map->used = 0;
}

void map_free(struct map *map)
{
	free(map->slots);
	*map = (struct map)MAP_INIT;
}
