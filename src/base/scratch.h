/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for a computation: taken piece by piece, given back in the opposite order
 * down to a mark.  What is taken is not cleared.
 */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stddef.h>

struct scratch;

/* A moment to go back to. */
struct scratch_mark {
	void *block;
	size_t used;
};

struct scratch *scratch_new(void);

/* The same with memory from ARENA, which gives it back; scratch_free() is not needed. */
struct arena;
struct scratch *scratch_new_in(struct arena *arena);

void scratch_free(struct scratch *scratch);

/* SIZE bytes, aligned for any object.  Never NULL. */
void *scratch_alloc(struct scratch *scratch, size_t size);

/* Gives back everything that was taken after the mark; the memory is kept for the
 * next who asks. */
struct scratch_mark scratch_mark(const struct scratch *scratch);
void scratch_release(struct scratch *scratch, struct scratch_mark mark);

#endif
