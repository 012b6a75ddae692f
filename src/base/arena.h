/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that lives as long as one input file.
 *
 * Everything that is read from a file or found out about it is taken from the
 * arena of that file and given back in one call.  Nothing in the tree is freed
 * on its own and nothing has a destructor.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena.  Never NULL: see die_out_of_memory() in alloc.h. */
struct arena *arena_new(void);

/* Gives back all memory ever taken from the arena, and the arena; NULL is allowed. */
void arena_free(struct arena *arena);

/* SIZE zeroed bytes, aligned for any object.  Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of the LEN bytes at TEXT. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);

/* A copy of the SIZE bytes at DATA. */
void *arena_memdup(struct arena *arena, const void *data, size_t size);

char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

#define arena_new_object(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
