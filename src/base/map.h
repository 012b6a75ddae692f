/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map whose keys are addresses, such as those of interned names.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

struct map_slot {
	const void *key; /* NULL: free */
	void *value;
};

struct map {
	struct map_slot *slots;
	size_t size; /* 0 or a power of 2 */
	size_t used;
};

#define MAP_INIT           \
	{                  \
		NULL, 0, 0 \
	}

/* The value of KEY, or NULL. */
void *map_get(const struct map *map, const void *key);

/* KEY and VALUE are not NULL; a value that KEY had before is replaced. */
void map_set(struct map *map, const void *key, void *value);

/* Does nothing if KEY is not there. */
void map_remove(struct map *map, const void *key);

/* Makes the map empty and keeps its memory. */
void map_clear(struct map *map);

void map_free(struct map *map);

#endif
