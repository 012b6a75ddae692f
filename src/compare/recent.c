/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packets change a list of recent (recent_mt() in the kernel's xt_recent.c).
 */
#include "compare/recent.h"

#include <string.h>

static bool changes_list(const struct match *match)
{
	return !strcmp(match->real_name, "recent") && !strstr(match->text, " --rcheck");
}

bool rule_changes_list(const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (changes_list(match))
			return true;
	}
	return false;
}

const struct rule *rule_up_to_list(struct arena *arena, const struct rule *rule)
{
	const struct match *last = rule->matches;
	const struct match **at;
	struct rule *result;

	while (last && !changes_list(last))
		last = last->next;
	if (!last || !last->next)
		return rule;
	result = arena_memdup(arena, rule, sizeof(*rule));
	at = &result->matches;
	for (const struct match *match = rule->matches; match != last->next; match = match->next) {
		struct match *copy = arena_memdup(arena, match, sizeof(*match));

		copy->next = NULL;
		*at = copy;
		at = (const struct match **)&copy->next;
	}
	return result;
}
