/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares what two such rules are offered; knows nothing of verdicts.
 */
#include "lint/logs.h"

#include <string.h>

#include "analyse/condition.h"
#include "analyse/facts.h"
#include "analyse/prover.h"

#define LOOKED_AT 8 /* rules above; a run of more is no idiom */

bool rule_logs(const struct rule *rule)
{
	return rule_has_target(rule, "LOG") || rule_has_target(rule, "NFLOG") ||
	       rule_has_target(rule, "ULOG");
}

/* Up to a rate; what is above one is recorded on purpose by another rule. */
static bool is_rate(const struct match *match)
{
	if (!strcmp(match->real_name, "limit"))
		return true;
	return !strcmp(match->real_name, "hashlimit") && !strstr(match->text, "--hashlimit-above");
}

/* Does it ask for a rate, and otherwise for what is the same each time? */
static bool is_limited(const struct rule *rule)
{
	bool has_rate = false;

	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match->undecided)
			return false;
		if (is_rate(match))
			has_rate = true;
		else if (match_facts(match->real_name)->answer == ANSWER_FREE)
			return false;
	}
	return has_rate;
}

static bool is_offered_all(const struct reach *reach, struct scratch *scratch,
			   const struct rule *limited, const struct rule *rule)
{
	struct condition of_limited, of_rule;

	condition_read(&of_limited, scratch, reach_space(reach), &moment_untouched, limited);
	condition_read(&of_rule, scratch, reach_space(reach), &moment_untouched, rule);
	return !of_limited.silent && of_limited.n == 1 && !of_rule.silent && of_rule.sure &&
	       of_rule.n == 1 && region_contains(of_limited.regions[0], of_rule.regions[0]);
}

const struct rule *limited_log_above(const struct reach *reach, const struct chain *chain,
				     uint32_t position, const struct rule *rule)
{
	const struct chain_flow *flow = reach_of(reach, chain)->flow;
	struct scratch *scratch = scratch_new();
	const struct rule *found = NULL;

	for (uint32_t i = 0; i < LOOKED_AT && i < position && !found; i++) {
		const struct rule *above = flow_rule(flow, position - 1 - i);
		struct scratch_mark mark = scratch_mark(scratch);

		if (!rule_logs(above))
			break;
		if (!strcmp(above->to.extension->real_name, rule->to.extension->real_name) &&
		    is_limited(above) && is_offered_all(reach, scratch, above, rule))
			found = above;
		scratch_release(scratch, mark);
	}
	scratch_free(scratch);
	return found;
}
