/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which chains there are at a line of the file: what a -j can name there.
 */
#ifndef RULESET_SCOPE_H
#define RULESET_SCOPE_H

#include <stdbool.h>

#include "ruleset/statement.h"

struct scope;

struct scope *scope_new(void);
void scope_free(struct scope *scope);

/* To be called for each statement, in order, after it was read. */
void scope_statement(struct scope *scope, const struct statement *statement);

/* NAME (interned) is a chain that is loaded already. */
void scope_assume(struct scope *scope, const char *name);

/* Is NAME (interned) a chain of the table of the current section? */
bool scope_has(const struct scope *scope, const char *name);

/* Offers the name of each user-defined chain, for suggestions. */
void scope_each(const struct scope *scope, void (*offer)(void *context, const char *name),
		void *context);

#endif
