/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A version is the number of the frame and that of the write in it.  Frames that nobody
 * called have the numbers of their chains; others are numbered by what called them, in a
 * hash table, and only where something reads what was written: most need none.
 */
#include "analyse/frame.h"

#include <string.h>

#define FIRST_SLOTS 64 /* a power of 2 */

/* What makes a frame the one that it is. */
struct key {
	uint64_t caller; /* number of the frame */
	uint32_t position;
	uint32_t chain;
};

struct slot {
	struct key key;
	uint64_t number; /* 0: free */
};

struct frames {
	struct arena *arena;
	struct slot *slots;
	uint32_t n_slots;
	uint64_t n; /* frames in it */
	uint32_t n_chains;
};

struct frames *frames_new(struct arena *arena, const struct flow *flow)
{
	struct frames *frames = arena_new_object(arena, struct frames);

	frames->arena = arena;
	frames->n_chains = flow->n;
	return frames;
}

static struct slot *find_slot(const struct frames *frames, const struct key *key)
{
	uint64_t hash = key->caller * 0x9e3779b97f4a7c15u;
	uint32_t i;

	hash = (hash ^ ((uint64_t)key->position << 32 | key->chain)) * 0xff51afd7ed558ccdu;
	i = (uint32_t)(hash >> 32) & (frames->n_slots - 1);
	while (frames->slots[i].number && (frames->slots[i].key.caller != key->caller ||
					   frames->slots[i].key.position != key->position ||
					   frames->slots[i].key.chain != key->chain))
		i = (i + 1) & (frames->n_slots - 1);
	return &frames->slots[i];
}

static void grow(struct frames *frames)
{
	struct slot *old = frames->slots;
	uint32_t n_old = frames->n_slots;

	if (frames->n * 2 < n_old)
		return;
	frames->n_slots = n_old ? n_old * 2 : FIRST_SLOTS;
	frames->slots = arena_alloc(frames->arena, frames->n_slots * sizeof(*old));
	for (uint32_t i = 0; i < n_old; i++) {
		if (old[i].number)
			*find_slot(frames, &old[i].key) = old[i];
	}
}

/* No other frame has it. */
static uint64_t number_of(const struct frame *frame)
{
	struct frames *frames = frame->frames;
	struct slot *slot;
	struct key key;

	if (!frame->caller)
		return (uint64_t)frame->chain->number + 1;
	key = (struct key){ number_of(frame->caller), frame->position, frame->chain->number };
	grow(frames);
	slot = find_slot(frames, &key);
	if (!slot->number) {
		slot->key = key;
		slot->number = frames->n_chains + ++frames->n;
	}
	return slot->number;
}

struct frame frame_make(struct frames *frames, const struct frame *caller, uint32_t position,
			const struct chain_flow *chain)
{
	return (struct frame){
		.caller = caller,
		.position = position,
		.depth = caller ? caller->depth + 1 : 0,
		.chain = chain,
		.frames = frames,
		.is_untouched = !chain->writes && (!caller || caller->is_untouched),
	};
}

uint64_t frame_version(const struct frame *frame, unsigned fields, uint32_t written)
{
	while (!written && frame->caller) {
		written = writes_last(frame->caller->chain->writes, frame->position,
				      WRITES_AT_TARGET, fields);
		frame = frame->caller;
	}
	return written ? number_of(frame) << 32 | written : 0;
}

struct frame_moment {
	struct moment moment;
	const struct frame *frame;
	uint32_t position;
};

static uint64_t version_at(const struct moment *moment, unsigned fields, unsigned match)
{
	const struct frame_moment *at = (const struct frame_moment *)moment;

	return frame_version(at->frame, fields,
			     writes_last(at->frame->chain->writes, at->position, match, fields));
}

void frame_read(const struct frame *frame, struct space *space, struct scratch *scratch,
		uint32_t position, struct condition *condition)
{
	struct frame_moment at = { { version_at }, frame, position };

	condition_read(condition, scratch, space,
		       frame->is_untouched ? &moment_untouched : &at.moment,
		       flow_rule(frame->chain, position));
}
