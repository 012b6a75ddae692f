/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the rules of a way, from its last one back to the built-in chain.
 */
#include "lint/ways.h"

#include "analyse/facts.h"
#include "lint/outside.h"
#include "lint/rates.h"

static const struct rule *rule_of(const struct way *way)
{
	return flow_rule(way->frame.chain, way->position);
}

bool way_names_host(const struct way *way)
{
	for (; way; way = way->caller) {
		const struct rule *rule = rule_of(way);

		if (rule->src && prefix_host(rule->src) && !(rule->inverted & RULE_NOT_SRC))
			return true;
	}
	return false;
}

bool way_names_interface(const struct way *way)
{
	for (; way; way = way->caller) {
		if (rule_of(way)->in)
			return true;
	}
	return false;
}

bool way_is_narrowed(const struct seek *seek, const struct way *way)
{
	if (region_has_opaque(reach_space(seek->reach), way->region))
		return true;
	for (; way; way = way->caller) {
		for (const struct match *match = rule_of(way)->matches; match;
		     match = match->next) {
			if (match->undecided ||
			    (match_rate(match) == RATE_NONE &&
			     match_facts(match->real_name)->answer == ANSWER_FREE))
				return true;
		}
	}
	return false;
}
