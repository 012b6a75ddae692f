/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for verdicts and targets.
 */
#include "lint/words.h"

#include <string.h>

enum verdict rule_decision(const struct chain *chain, const struct rule *rule)
{
	if (rule->unbound)
		return VERDICT_NONE;
	if (rule->target_kind == TARGET_EXTENSION)
		return strcmp(rule->to.extension->real_name, "REJECT") ? VERDICT_NONE
								       : VERDICT_DROP;
	if (rule->target_kind != TARGET_VERDICT)
		return VERDICT_NONE;
	switch ((enum verdict)rule->verdict) {
	case VERDICT_ACCEPT:
	case VERDICT_DROP:
		return (enum verdict)rule->verdict;
	case VERDICT_RETURN:
		return chain->policy_declared ? (enum verdict)chain->policy : VERDICT_NONE;
	default:
		return VERDICT_NONE;
	}
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
