/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may become of packets in a built-in chain: all of them surely this, or possibly that.
 *
 * Each answer errs to the side of "possibly": where a rule is not understood, takes some of
 * the packets only, or calls what another program fills, everything may happen.
 */
#ifndef LINT_FATE_H
#define LINT_FATE_H

#include "analyse/reach.h"

/* What is counted: how a rule that ends the way of packets ends it. */
enum fate_end {
	FATE_YES, /* accepts, translates: what the caller asks for */
	FATE_NO,
	FATE_EITHER,
};

typedef enum fate_end fate_judge(const struct rule *rule);

struct fate {
	bool may_yes;
	bool may_no;
	unsigned budget; /* of rules that are looked at; with 0 both may be */
};

/* ACCEPT is yes, DROP and REJECT are no. */
enum fate_end fate_of_verdict(const struct rule *rule);

/*
 * Adds to FATE what may become of the packets of REGION, which are those of the table's
 * space, in the built-in chain of HOOK; what comes to its end counts as AT_END.
 */
void fate_follow(struct fate *fate, const struct reach *reach, struct scratch *scratch,
		 enum hook hook, const struct region *region, fate_judge *judge,
		 enum fate_end at_end);

/* The same, where the policy decides at the end. */
void fate_of_packets(struct fate *fate, const struct reach *reach, struct scratch *scratch,
		     enum hook hook, const struct region *region);

#endif
