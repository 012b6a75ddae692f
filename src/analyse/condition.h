/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rule asks of a packet, as regions of the packet space.
 *
 * A condition describes one rule at one moment.  It knows nothing of chains, and
 * nothing of what other rules do to the packet in between: the caller says which
 * version of a variable is the current one.
 */
#ifndef ANALYSE_CONDITION_H
#define ANALYSE_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/region.h"
#include "analyse/space.h"
#include "ruleset/rule.h"

struct condition {
	/* Nothing is to be said of this rule: it could not be read, or the back ends
	 * do not agree about it.  Its regions are all packets. */
	bool silent;
	/* Each packet of the regions certainly meets the rule.  Otherwise it may or may
	 * not, and differently each time. */
	bool sure;
	/* It has more alternatives than are told apart (space_alternatives()): the regions are too
	 * many packets, and nothing is sure. */
	bool cut;
	/* The packets that meet the rule, or may, are those of the regions together.  No
	 * region: no packet can. */
	unsigned n;
	const struct region **regions;
};

/*
 * The version of a variable for which FIELDS (set of enum field) are read, at the moment
 * when the match number MATCH of the rule (from 0) is asked.
 */
struct moment {
	uint64_t (*version)(const struct moment *moment, unsigned fields, unsigned match);
};

/* Every variable has version 0. */
extern const struct moment moment_untouched;

/* The regions live in SCRATCH. */
void condition_read(struct condition *condition, struct scratch *scratch, struct space *space,
		    const struct moment *moment, const struct rule *rule);

/* Does every packet meet it? */
bool condition_is_everything(const struct condition *condition);

/*
 * What one match alone asks for, with version 0 of everything: for what is to be said about
 * the match itself.
 */
void condition_read_match(struct condition *condition, struct scratch *scratch, struct space *space,
			  const struct rule *rule, const struct match *match);

#endif
