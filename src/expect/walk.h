/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of a set of packets through all tables of a file, in the order of the kernel: what
 * trace/trace.h is for one packet.
 *
 * A set is cut at each rule into what meets it and what does not, so that it ends in parts.
 * Where a match cannot be answered, both ways are followed: the parts are then all that may
 * become of the packets, and no packet becomes anything else.  What a table of another program
 * holds, or a chain that other programs fill while the host runs, is not in the file and not
 * thought of.
 */
#ifndef EXPECT_WALK_H
#define EXPECT_WALK_H

#include <stdbool.h>

#include "analyse/region.h"
#include "analyse/space.h"
#include "base/arena.h"
#include "base/map.h"
#include "base/scratch.h"
#include "pipeline/unit.h"
#include "trace/trace.h"

/* The tables of a unit, with one space for all of them. */
struct world {
	struct arena *arena;
	const struct unit *unit;
	const struct table *tables[TABLE_COUNT]; /* NULL: the file has none */
	bool differs[TABLE_COUNT];		 /* the back ends make different ones of it */
	struct space *space;
	bool filter_writes;  /* a rule of the table filter changes something of a packet */
	struct map *simpler; /* what world_without() has made, by rule */
	struct map *asked;   /* what world_ask() has read, by rule */
	struct scratch *scratch;
	struct spare *spare; /* scratch memory that walks have had */
};

/* INTERFACES: names, N of them, that somebody will ask for beside those of the rules. */
void world_init(struct world *world, struct arena *arena, const struct unit *unit,
		const char *const *interfaces, uint32_t n);

void world_done(struct world *world);

/* Scratch memory with nothing in it.  What is taken back is kept for the next who asks: to get it
 * from the system takes as long as to fill it. */
struct scratch *world_lend(const struct world *world);
void world_take_back(const struct world *world, struct scratch *scratch);

/* The matches of the rule without those whose bit is set in GONE; the first 64 have one.  They
 * stay as long as the world, since its space remembers matches. */
const struct match *world_without(const struct world *world, const struct rule *rule,
				  uint64_t gone);

/* What a rule asks for, in version 0 of everything. */
struct asked {
	bool is_sure;	 /* analyse/condition.h */
	bool is_plain;	 /* nothing that an assumption or a mark answers */
	unsigned writes; /* set of enum field: what its matches write */
	unsigned n;
	const struct region *regions[];
};

/* Is read once. */
const struct asked *world_ask(const struct world *world, const struct rule *rule);

/* May an assumption answer for it?  Not for what the packet itself tells. */
bool world_is_opaque(const struct world *world, const struct match *match);

enum ending {
	ENDING_ACCEPT, /* no table has stopped it */
	ENDING_DROP,
	ENDING_REJECT,
	ENDING_UNKNOWN, /* walk_end.why */
};

/* What only one of two ways leads on. */
struct doubt {
	const struct rule *rule;   /* NULL: there is none */
	const struct match *match; /* that is not known; NULL: what the rule itself asks */
};

/* What becomes of a part. */
struct walk_end {
	enum ending ending;
	const struct region *region;   /* of the part, in version 0 as it was at the start */
	const struct rule *decided_by; /* NULL: the policy of ... */
	const struct chain *policy_of; /* NULL: no table of the file has a chain for it */
	const struct table *table;
	const struct rule *translated_by; /* NULL: it goes where it was sent to */
	const struct set *dst, *dport;	  /* where it goes in the end; NULL: anywhere */
	struct doubt doubt;		  /* the first one on its way */
	const char *why;		  /* ENDING_UNKNOWN: what cannot be known about the rule */
};

/* Told of each part; false ends the walk. */
typedef bool walk_visit(void *context, const struct walk_end *end);

/* What a packet brings along that is no variable. */
struct walk_marks {
	uint32_t mark, connmark;
	bool knows_mark, knows_connmark;
};

struct walk_options {
	const struct assumption *assumptions;
	size_t n_assumptions;
	enum table_id table; /* the others let everything pass; TABLE_NONE: all count */
	struct walk_marks marks;
	/*
	 * A set of 1 << enum ending: nobody asks for packets that a rule ends so, which lets their
	 * rules go by; of ENDING_ACCEPT those of the table filter, if its rules change nothing, so
	 * that the packets come to the next table as they would have.  Then what is told of the
	 * others is more than there is: a part may have packets that such a rule takes.
	 */
	unsigned let_go;
};

/*
 * REGIONS live in a scratch of the caller; each has one state, without translation, and is of
 * packets that all come in or all do not, and the same for out.  False: the set has fallen into
 * more parts than are followed; what was told is true all the same.
 */
bool walk(const struct world *world, const struct walk_options *options,
	  const struct region *const *regions, uint32_t n, walk_visit *visit, void *context);

#endif
