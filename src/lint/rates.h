/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that ask for a rate, and what becomes of the packets on its other side.
 */
#ifndef LINT_RATES_H
#define LINT_RATES_H

#include "analyse/reach.h"
#include "lint/outside.h"
#include "pipeline/unit.h"

enum rate {
	RATE_NONE,
	RATE_UNDER, /* takes what is within the rate, or the number */
	RATE_OVER,  /* takes what exceeds it */
};

/* What the match asks for. */
enum rate match_rate(const struct match *match);

/* The first match of the rule that asks for a rate; NULL: none, or the rule asks for other
 * things too that come by chance. */
const struct match *rule_rate(const struct rule *rule);

/* Does it ask for what comes in by lo, which nobody else sends? */
bool rule_is_for_loopback(const struct rule *rule);

/* ACCEPT or DROP if the rule decides so, or jumps to a chain that drops every packet. */
enum verdict rate_decision(const struct reach *reach, const struct chain_flow *chain,
			   uint32_t position);

/* Asks about the other side of the rates of one table. */
struct rate_search {
	const struct unit *unit;
	const struct reach *reach;
	struct outside outside;
	bool has_outside;
	uint64_t steps_left; /* for all of its rules */
};

void rate_search_begin(struct rate_search *search, const struct unit *unit,
		       const struct reach *reach);

/* A packet that such a rule would take if it were not for the rate, and who decides. */
struct other_side {
	const struct rule *rule; /* NULL: the policy */
	const char *sample;
};

/*
 * Is there a packet of a new connection (of the others, if the rule takes none of these) on
 * the other side of the rule's rate that is decided as VERDICT further down?
 */
bool rate_other_side(struct rate_search *search, const struct chain_flow *chain, uint32_t position,
		     enum verdict verdict, struct other_side *result);

#endif
