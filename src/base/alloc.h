/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that does not fail: where memory ends, the handler that the
 * command layer has set is called, and must not return.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* Set once at start-up; the default handler aborts. */
void alloc_set_handler(void (*handler)(void));

_Noreturn void die_out_of_memory(void);

/* Zeroed memory; to be given back with free(). */
void *alloc_zeroed(size_t size);

/* The same, and the kernel need not look for huge pages. */
void *alloc_in_small_pages(size_t size);

/* realloc() that does not fail. */
void *alloc_resize(void *memory, size_t size);

#endif
