/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that does not fail.  Knows nothing of what to do when it would:
 * that is the handler's business.
 */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 * 1024 * 1024)

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

/*
 * A page fault takes longer than all that is done with 4 KiB of a rules file.  A kernel
 * that has no huge pages says so, and all stays as it is.
 */
static void ask_for_huge_pages(void *memory, size_t size)
{
	uintptr_t start = ((uintptr_t)memory + HUGE_PAGE - 1) & -(uintptr_t)HUGE_PAGE;
	uintptr_t end = ((uintptr_t)memory + size) & -(uintptr_t)HUGE_PAGE;

	if (end > start)
		(void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}

void *alloc_in_small_pages(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		die_out_of_memory();
	return memory;
}

void *alloc_zeroed(size_t size)
{
	void *memory = alloc_in_small_pages(size);

	ask_for_huge_pages(memory, size);
	return memory;
}

void *alloc_resize(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory)
		die_out_of_memory();
	return memory;
}
