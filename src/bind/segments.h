/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libxtables made of parts of lines, kept for lines that have the same parts.
 *
 * A part ("segment") is the run of words from a -m or -j to the next option of
 * iptables itself.  What an extension makes of its words depends on them, on the
 * options known at that point and on -p, and nothing else.
 */
#ifndef BIND_SEGMENTS_H
#define BIND_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "parse/parse.h"
#include "ruleset/rule.h"

struct option;

enum segment_kind {
	SEGMENT_MATCH,
	SEGMENT_IMPLICIT, /* options of the match that -p loads, without a -m */
	SEGMENT_TARGET,
};

/* What a segment is known by. */
struct segment_key {
	const struct word *words;
	size_t n_words;
	const struct option *before; /* the options known at its start */
	uint16_t protocol;
	bool inverted; /* ! -p */
	uint8_t kind;  /* enum segment_kind */
};

struct segment {
	const struct option *after; /* the options known behind it */
	bool recheck_save;
	union {
		struct match match;
		const struct target *target;
	};
};

struct segments;

/* All that is kept lives in ARENA. */
struct segments *segments_new(struct arena *arena);
void segments_free(struct segments *segments);

/* Valid until the next one is offered; NULL: none is kept that has this key. */
const struct segment *segments_find(struct segments *segments, const struct segment_key *key);

/*
 * Keeps a segment that has come for the second time, since many come once ("-j DNAT" to an
 * address) and there is no room for all.
 */
void segments_offer(struct segments *segments, const struct segment_key *key,
		    const struct segment *segment);

#endif
