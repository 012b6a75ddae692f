/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that does not fail.  Knows nothing of what to do when it would:
 * that is the handler's business.
 */
#include "base/alloc.h"

#include <stdlib.h>

static void (*out_of_memory)(void) = abort;

void alloc_set_handler(void (*handler)(void))
{
	out_of_memory = handler;
}

_Noreturn void die_out_of_memory(void)
{
	out_of_memory();
	abort();
}

void *alloc_zeroed(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		die_out_of_memory();
	return memory;
}

void *alloc_resize(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory)
		die_out_of_memory();
	return memory;
}
