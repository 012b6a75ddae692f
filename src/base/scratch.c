/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of blocks, filled one after the other.  Blocks behind the current one are
 * empty and wait to be filled again.
 */
#include "base/scratch.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"

#define FIRST_BLOCK ((size_t)8 * 1024)
#define LAST_BLOCK  ((size_t)256 * 1024)
#define ALIGNMENT   ((size_t)16)

struct block {
	struct block *next;
	size_t size;
	_Alignas(16) unsigned char bytes[];
};

struct scratch {
	struct arena *arena; /* where blocks come from; NULL: from the heap */
	size_t next_size;
	struct block *first;
	struct block *current; /* NULL: nothing is taken */
	size_t used;	       /* of the current block */
};

struct scratch *scratch_new(void)
{
	struct scratch *scratch = alloc_zeroed(sizeof(*scratch));

	scratch->next_size = FIRST_BLOCK;
	return scratch;
}

struct scratch *scratch_new_in(struct arena *arena)
{
	struct scratch *scratch = arena_new_object(arena, struct scratch);

	scratch->arena = arena;
	scratch->next_size = FIRST_BLOCK;
	return scratch;
}

void scratch_free(struct scratch *scratch)
{
	struct block *block, *next;

	if (!scratch || scratch->arena)
		return;
	for (block = scratch->first; block; block = next) {
		next = block->next;
		free(block);
	}
	free(scratch);
}

static struct block *new_block(struct scratch *scratch, size_t size)
{
	struct block *block;

	if (size < scratch->next_size)
		size = scratch->next_size;
	if (scratch->next_size < LAST_BLOCK)
		scratch->next_size *= 2;
	if (size > SIZE_MAX - sizeof(*block))
		die_out_of_memory();
	/* a multiple of the alignment, so that the arena aligns it */
	block = scratch->arena ? arena_alloc(scratch->arena, sizeof(*block) + size)
			       : malloc(sizeof(*block) + size);
	if (!block)
		die_out_of_memory();
	block->size = size;
	return block;
}

/* Makes a block that has SIZE bytes the current one. */
static void go_on(struct scratch *scratch, size_t size)
{
	struct block **next = scratch->current ? &scratch->current->next : &scratch->first;

	if (!*next || (*next)->size < size) {
		struct block *block = new_block(scratch, size);

		block->next = *next;
		*next = block;
	}
	scratch->current = *next;
	scratch->used = 0;
}

void *scratch_alloc(struct scratch *scratch, size_t size)
{
	void *memory;

	if (size > SIZE_MAX - ALIGNMENT)
		die_out_of_memory();
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (!scratch->current || scratch->current->size - scratch->used < size)
		go_on(scratch, size);
	memory = scratch->current->bytes + scratch->used;
	scratch->used += size;
	return memory;
}

struct scratch_mark scratch_mark(const struct scratch *scratch)
{
	return (struct scratch_mark){ scratch->current, scratch->used };
}

void scratch_release(struct scratch *scratch, struct scratch_mark mark)
{
	scratch->current = mark.block;
	scratch->used = mark.block ? mark.used : 0;
}
