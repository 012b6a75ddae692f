/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a packet meet a rule?  Yes, no, or: that depends on something which is not known
 * of it.
 */
#ifndef TRACE_ASK_H
#define TRACE_ASK_H

#include "analyse/space.h"
#include "base/scratch.h"
#include "ruleset/rule.h"
#include "trace/packet.h"

enum trace_answer {
	TRACE_NO,
	TRACE_YES,
	TRACE_UNKNOWN,
};

/*
 * What is assumed about an opaque match: asked with the match, NULL for what a rule says
 * itself of something that is not known of the packet.
 */
typedef enum trace_answer trace_assume(void *context, const struct rule *rule,
				       const struct match *match);

/* What a match for the mark of the packet, or that of its connection, says; TRACE_UNKNOWN: it is
 * another match. */
enum trace_answer ask_marks(const struct packet *packet, const struct match *match);

/* ASSUME is only asked where nothing else has said no. */
enum trace_answer ask_rule(struct space *space, struct scratch *scratch,
			   const struct packet *packet, const struct rule *rule,
			   trace_assume *assume, void *context);

#endif
