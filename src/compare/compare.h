/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of packets in two rulesets: where it is the same for all, and where not,
 * for which.
 *
 * Table by table: each is compared for the same packets with the same marks.  "Changed" and
 * "equal" are proved; what could not be is said to be undecided.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "compare/walk.h"

/* Packets, as a region, and about how many: their share of all. */
struct box {
	const struct region *region;
	double size;
	bool is_part; /* not all of these are meant: there was too much to cut off */
};

#define BOXES_SHOWN 20

/* All packets of one chain that are changed in one way. */
struct change {
	enum change_kind kind;
	/* Of the packet of the sample. */
	struct decision decisions[N_SIDES];
	const struct effect *effects[N_SIDES];
	const struct region *packet;
	const char *sample; /* as iptlint trace reads it */
	/* The largest ones first. */
	struct box boxes[BOXES_SHOWN];
	unsigned n_boxes;
	uint64_t n_more; /* that are not in the list ... */
	bool is_more;	 /* ... and there may be others */
};

/* Packets of which it is not known whether they are changed. */
struct doubt {
	const struct doubt *next;
	struct decision decisions[N_SIDES];
	const struct effect *effects[N_SIDES];
	/* Where it was too much to follow: the changed rule, or NULL. */
	const struct given_up *given_up;
	const struct region *region; /* NULL: see given_up */
};

/* A built-in chain that is not the same in both. */
struct chain_changes {
	struct chain_changes *next;
	const struct pair *pair;
	bool policy_changed;
	struct change *changes[N_CHANGE_KINDS]; /* NULL: none of the kind */
	const struct doubt *doubts;
	uint32_t n_doubts; /* not more than the first ones are in the list */
};

struct table_changes {
	struct table_changes *next;
	enum table_id id;
	const struct alignment *alignment;
	const struct region *hooks[HOOK_COUNT]; /* what comes into the chains at all */
	struct chain_changes *chains;		/* that are changed, or may be */
};

/* Compares one table of two units of one family, with the rules that BACKENDS make. */
struct table_changes *compare_tables(struct arena *arena, unsigned backends,
				     const struct compared compared[N_SIDES]);

/* All tables of two units, as some back ends make them. */
struct comparison {
	struct comparison *next; /* with what the other back end makes */
	const struct unit *units[N_SIDES];
	unsigned backends;	      /* enum backend */
	struct table_changes *tables; /* that are changed, or may be */
	bool is_changed;	      /* something is, for sure */
	bool is_decided;	      /* and it is known of all the rest that it is not */
};

/*
 * Compares two units of one family, of which all rules are known, with the back ends that load
 * both; NULL: none does.  More
 * than one comparison where the back ends make different rulesets of a file.
 */
struct comparison *compare_units(struct arena *arena, const struct unit *const units[N_SIDES]);

/* The side's words for what decides: "ACCEPT", "DNAT --to-destination 192.0.2.1". */
const char *decision_text(const struct decision *decision);

#endif
