/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One copy of each string: interned strings are equal if and only if their
 * addresses are.  Names of chains and interfaces are interned.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stddef.h>

#include "base/arena.h"

struct intern;

/* The strings live in ARENA; the table itself is given back by intern_free(). */
struct intern *intern_new(struct arena *arena);
void intern_free(struct intern *intern);

/* The one copy of the LEN bytes at TEXT, NUL-terminated. */
const char *intern_add(struct intern *intern, const char *text, size_t len);

/* The same, or NULL if the string was never added. */
const char *intern_find(const struct intern *intern, const char *text, size_t len);

#endif
