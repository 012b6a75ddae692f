/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a chain something of a packet may be written, so that what was known of
 * it before holds no longer.
 */
#ifndef ANALYSE_WRITES_H
#define ANALYSE_WRITES_H

#include <stdint.h>

#include "base/arena.h"

struct writes;

/* The moment in a rule at which its target has not acted yet. */
#define WRITES_AT_TARGET 0xfffeu

struct writes *writes_new(struct arena *arena);

/* FIELDS (set of enum field) may be written at MATCH (its number, or WRITES_AT_TARGET) of the
 * rule at POSITION.  Calls are in the order of the rules. */
void writes_add(struct writes *writes, uint32_t position, unsigned match, unsigned fields);

/*
 * The number, from 1 on, of the last write of one of FIELDS before that moment; 0 if
 * there is none.  Two moments with the same number know the same of these fields.
 * WRITES may be NULL: none.
 */
uint32_t writes_last(const struct writes *writes, uint32_t position, unsigned match,
		     unsigned fields);

#endif
