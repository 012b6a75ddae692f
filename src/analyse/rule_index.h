/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of one chain, kept so that those which can meet certain packets are found
 * without looking at all of them: a tuple-space index.
 *
 * Only a way to find candidates fast: it may give rules that do not meet the packets,
 * but never leaves out one that does.
 */
#ifndef ANALYSE_RULE_INDEX_H
#define ANALYSE_RULE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/flow.h"
#include "analyse/space.h"

struct rule_index;

/* Which rules of a chain are put into the index. */
typedef bool rule_index_wants(const struct chain_flow *chain, uint32_t position);

/* Of the rules of CHAIN that are wanted; lives in ARENA. */
struct rule_index *rule_index_new(struct arena *arena, struct space *space,
				  const struct chain_flow *chain, rule_index_wants *wants);

/*
 * The rule at POSITION never meets a packet that comes to it: a point need not be told of it
 * any more.
 */
void rule_index_drop(struct rule_index *index, uint32_t position);

/* Packets that the rule at POSITION takes will soon be asked for: what tells whether there are
 * rules near them, or like it, is fetched meanwhile. */
void rule_index_expect(const struct rule_index *index, uint32_t position);

/*
 * The packets that are asked for.  bounds() tells between which values a variable is
 * in them; WRITTEN is the number of the write in the chain (writes.h) that it had its
 * version from.  If all that is known is that it may be anything, it returns false.
 */
struct packets {
	bool (*bounds)(const struct packets *packets, uint32_t variable, uint32_t written,
		       wide *low, wide *high);
	/* Opaque matches whose answer is ANSWER_YES in all of the packets.  If is_point, no
	 * other one answers yes; else every other one may. */
	const uint32_t *literals;
	unsigned n_literals;
	bool is_point;
	/* For a point: lowered to the position of the first rule behind the limit, and not at it,
	 * that may meet the point; NULL: nobody asks. */
	uint32_t *next;
};

/* False: look no further. */
typedef bool rule_index_visit(void *context, uint32_t position);

/*
 * Calls VISIT for the rules at positions from FROM on and below LIMIT that may meet some of
 * the packets, in no certain order.  Returns false if VISIT did.
 */
bool rule_index_find(const struct rule_index *index, const struct packets *packets, uint32_t from,
		     uint32_t limit, rule_index_visit *visit, void *context);

#endif
