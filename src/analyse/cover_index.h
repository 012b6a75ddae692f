/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of one chain that can cover later ones, kept so that the few that may
 * cover a certain rule are found without looking at all.
 *
 * Only a way to find candidates fast.  It may forget some, and then a dead rule is
 * not found; what it returns has passed condition_covers().
 */
#ifndef ANALYSE_COVER_INDEX_H
#define ANALYSE_COVER_INDEX_H

#include "analyse/condition.h"
#include "base/arena.h"

struct cover_index;

struct cover_index *cover_index_new(struct arena *scratch, enum family family);

/* Forgets everything and gets ready for a chain of N_RULES rules. */
void cover_index_start(struct cover_index *index, uint32_t n_rules);

/* The rule at POSITION (from 1 on) may have changed these fields of packets. */
void cover_index_written(struct cover_index *index, unsigned fields, uint32_t position);

/* The rule at POSITION takes all packets that meet CONDITION, which is exact. */
void cover_index_add(struct cover_index *index, const struct condition *condition,
		     uint32_t position);

/* A rule added before that covers CONDITION and still holds; NULL if none is known. */
const struct rule *cover_index_find(struct cover_index *index, const struct condition *condition);

#endif
