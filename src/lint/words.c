/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for verdicts and targets.
 */
#include "lint/words.h"

enum verdict rule_decision(const struct chain *chain, const struct rule *rule)
{
	if (!rule->unbound && rule->target_kind == TARGET_VERDICT &&
	    rule->verdict == VERDICT_RETURN && chain->policy_declared)
		return (enum verdict)chain->policy;
	return rule_verdict(rule);
}

bool verdicts_differ(const struct chain *chain, const struct rule *a, const struct rule *b)
{
	enum verdict of_a = rule_decision(chain, a), of_b = rule_decision(chain, b);

	return of_a != VERDICT_NONE && of_b != VERDICT_NONE && of_a != of_b;
}

const char *rule_action(struct arena *arena, const struct rule *rule)
{
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_VERDICT:
		return verdict_name((enum verdict)rule->verdict);
	case TARGET_EXTENSION:
		return rule->to.extension->name;
	case TARGET_JUMP:
		return arena_printf(arena, "jump to '%s'", rule->to.chain);
	case TARGET_GOTO:
		return arena_printf(arena, "goto '%s'", rule->to.chain);
	case TARGET_NONE:
		break;
	}
	return "rule without a target";
}
