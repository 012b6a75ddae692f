/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One list of events in order.  Each knows, for each field, the last event up to itself
 * that writes it.
 */
#include "analyse/writes.h"

#include <string.h>

#include "analyse/facts.h"

struct event {
	uint64_t moment;
	uint32_t last[N_FIELDS]; /* number of an event; 0: none so far */
};

struct writes {
	struct arena *arena;
	struct event *events;
	uint32_t n, capacity;
};

struct writes *writes_new(struct arena *arena)
{
	struct writes *writes = arena_new_object(arena, struct writes);

	writes->arena = arena;
	return writes;
}

static uint64_t moment(uint32_t position, unsigned match)
{
	return (uint64_t)position << 16 | (match < WRITES_AT_TARGET ? match : WRITES_AT_TARGET);
}

void writes_add(struct writes *writes, uint32_t position, unsigned match, unsigned fields)
{
	struct event *event;

	if (writes->n == writes->capacity) {
		struct event *old = writes->events;

		writes->capacity = writes->capacity ? writes->capacity * 2 : 1;
		writes->events = arena_alloc(writes->arena, writes->capacity * sizeof(*old));
		if (old)
			memcpy(writes->events, old, writes->n * sizeof(*old));
	}
	event = &writes->events[writes->n++];
	if (writes->n > 1)
		*event = event[-1];
	event->moment = moment(position, match);
	for (unsigned i = 0; i < N_FIELDS; i++) {
		if (fields >> i & 1)
			event->last[i] = writes->n;
	}
}

/* How many events there are before that moment. */
static uint32_t count_before(const struct writes *writes, uint64_t when)
{
	uint32_t low = 0, high = writes->n;

	/* the first one is often the only one of interest */
	if (!high || writes->events[0].moment >= when)
		return 0;
	if (writes->events[high - 1].moment < when)
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (writes->events[middle].moment < when)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t writes_last(const struct writes *writes, uint32_t position, unsigned match,
		     unsigned fields)
{
	uint32_t n = writes ? count_before(writes, moment(position, match)) : 0;
	uint32_t last = 0;

	for (unsigned i = 0; n && fields; i++, fields >>= 1) {
		if ((fields & 1) && writes->events[n - 1].last[i] > last)
			last = writes->events[n - 1].last[i];
	}
	return last;
}
