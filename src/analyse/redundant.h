/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that act, but that could be deleted without a change: what they take meets the
 * same verdict further down the same chain, and nothing else on the way.
 *
 * Source: the notion of redundancy of E. Al-Shaer and H. Hamed, "Firewall Policy Advisor
 * for Anomaly Discovery and Rule Editing" (2003).
 */
#ifndef ANALYSE_REDUNDANT_H
#define ANALYSE_REDUNDANT_H

#include "analyse/reach.h"

struct redundant {
	const struct rule *rule;
	/* Later rules with the same verdict that take its packets, in order; none: the policy
	 * does. */
	uint32_t n_covers;
	uint32_t n_listed; /* at most COVERS_MAX of them */
	const struct rule *covers[COVERS_MAX];
};

typedef void redundant_visit(void *context, const struct redundant *redundant);

/*
 * Calls VISIT for the redundant rules of CHAIN, the last one first.  All of them could be
 * deleted together, and with them those that are dead.
 */
void redundant_find(const struct reach *reach, const struct chain *chain, redundant_visit *visit,
		    void *context);

#endif
