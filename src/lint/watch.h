/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that are watched while the rules change: what happens to each of them now.  A
 * change costs as much as the rules that it brings, and more only where it can matter.
 *
 * Knows nothing of scripts, and of what a packet is watched for.
 */
#ifndef LINT_WATCH_H
#define LINT_WATCH_H

#include "pipeline/unit.h"
#include "trace/packet.h"

#define WATCH_MAX 24

enum watch_fate {
	WATCH_UNKNOWN, /* it depends on what is not known of the packet, or on matches */
	WATCH_ACCEPTED,
	WATCH_BY_POLICY, /* accepted: by the policy of the chain in the table filter */
	WATCH_DENIED,
};

struct watch;

/* For packets that meet RULESET, which changes; UNIT: all rules that it can ever hold are those
 * of its lines, of BEFORE (or NULL), and of its ruleset. */
struct watch *watch_new(struct arena *arena, const struct unit *unit, const struct ruleset *ruleset,
			const struct ruleset *before);
void watch_free(struct watch *watch);

/* One more packet; all have to be there before a fate is asked for.  With "in" only it is for
 * this host, with both it is forwarded.  Returns its number. */
unsigned watch_add(struct watch *watch, const struct packet *packet);

/* A command was run in the table, or several at once. */
void watch_command(struct watch *watch, enum table_id table, const struct command *command);
void watch_section(struct watch *watch, enum table_id table);

enum watch_fate watch_fate(struct watch *watch, unsigned number);

#endif
