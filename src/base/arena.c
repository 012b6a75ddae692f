/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bump allocation in blocks that double up to a limit.  Blocks come zeroed from
 * the system, and nothing is ever given out twice, so no memory is cleared here.
 */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_BLOCK ((size_t)4 * 1024)
#define LAST_BLOCK  ((size_t)8 * 1024 * 1024) /* holds several huge pages */
/* The kernel makes many huge pages by moving memory about, which takes longer than they save; where
 * arrays are looked into here and there they always do. */
#define HUGE_MAX    ((size_t)128 * 1024 * 1024)
#define ALIGNMENT   _Alignof(max_align_t)

struct block {
	struct block *next;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* the newest first */
	unsigned char *free;
	size_t left;
	size_t next_size;
	size_t used; /* bytes of the blocks that many things share */
};

struct arena *arena_new(void)
{
	struct arena *arena = alloc_zeroed(sizeof(*arena));

	arena->next_size = FIRST_BLOCK;
	return arena;
}

void arena_free(struct arena *arena)
{
	struct block *block, *next;

	if (!arena)
		return;
	for (block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct block *add_block(struct arena *arena, size_t size, bool huge)
{
	struct block *block;

	if (size > SIZE_MAX - sizeof(*block))
		die_out_of_memory();
	block = huge ? alloc_zeroed(sizeof(*block) + size)
		     : alloc_in_small_pages(sizeof(*block) + size);
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

static void *allocate(struct arena *arena, size_t size, size_t alignment)
{
	size_t skip = -(uintptr_t)arena->free & (alignment - 1);
	unsigned char *memory;

	if (arena->left < skip || arena->left - skip < size) {
		/* What is large gets a block of its own; the rest of the newest one stays in use.
		 */
		if (size > arena->next_size / 4)
			return add_block(arena, size, true)->bytes;
		arena->free = add_block(arena, arena->next_size, arena->used < HUGE_MAX)->bytes;
		arena->left = arena->next_size;
		arena->used += arena->next_size;
		if (arena->next_size < LAST_BLOCK)
			arena->next_size *= 2;
		skip = 0;
	}
	memory = arena->free + skip;
	arena->free += skip + size;
	arena->left -= skip + size;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	/* Nothing here needs more than the alignment of a pointer, but long double might. */
	return allocate(arena, size, size % ALIGNMENT == 0 ? ALIGNMENT : _Alignof(void *));
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = allocate(arena, len + 1, 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

void *arena_memdup(struct arena *arena, const void *data, size_t size)
{
	void *copy = arena_alloc(arena, size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return arena_strdup(arena, format);
	text = allocate(arena, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}
