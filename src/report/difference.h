/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was found out about two rulesets, as text: one file for each format.
 */
#ifndef REPORT_DIFFERENCE_H
#define REPORT_DIFFERENCE_H

#include <stdio.h>

#include "base/buf.h"
#include "compare/compare.h"

struct difference_format {
	const char *name;
	const char *begin, *separator,
		*end; /* around and between the comparisons of all families */
	/* All of LIST, which is of one family. */
	void (*print)(FILE *out, const struct comparison *list);
};

extern const struct difference_format difference_full;
extern const struct difference_format difference_markdown;
extern const struct difference_format difference_json;

const struct difference_format *difference_find(const char *name);

/* ---- what the formats have in common ---- */

/* "newly accepted" ... */
const char *change_title(enum change_kind kind);

/* The line of its rule, or of the policy of its chain; 0: it stands in no line. */
uint32_t decision_line(const struct unit *unit, const struct decision *decision);

/* Adds the words as they stand in the file. */
void add_source(struct buf *out, const struct unit *unit, const struct rule *rule);

/* Adds "ACCEPT, old.v4:12: -A INPUT ..." or "DROP, the policy of INPUT, old.v4:3". */
void add_decision(struct buf *out, const struct unit *unit, const struct decision *decision);

/* Adds the packet of a change, with the answers that it needs. */
void add_packet(struct buf *out, const struct table_changes *table, const struct change *change);

/* Adds what is said of a doubt, without a newline. */
void add_doubt(struct buf *out, const struct comparison *comparison,
	       const struct table_changes *table, const struct chain_changes *chain,
	       const struct doubt *doubt);

/* What comes into the chain at all. */
const struct region *chain_packets(const struct table_changes *table,
				   const struct chain_changes *chain);

/* Adds "filter INPUT". */
void add_chain(struct buf *out, const struct table_changes *table,
	       const struct chain_changes *chain);

/* One line that sums up: "the two are not the same". */
const char *summary_text(const struct comparison *comparison);

/* Adds " (IPv6, iptables-nft)": the family of a script, which may have both, and the back end where
 * it is one. */
void add_scope(struct buf *out, const struct comparison *comparison);

#endif
