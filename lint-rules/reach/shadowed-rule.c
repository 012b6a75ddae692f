/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose packets one earlier rule of the chain takes out of it.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	struct arena *arena = line->unit->arena;
	const struct rule *rule = line->first->rule;
	const char *cover = rule_action(arena, line->first->covers[0]);
	struct diag *diag;

	if (line->n_dead < line->n_rules)
		diag = dead_diag(line, diags, "shadowed-rule",
				 "an earlier %s takes all their packets", cover);
	else if (rule->target_kind == TARGET_NONE)
		diag = dead_diag(line, diags, "shadowed-rule",
				 "this rule never matches: an earlier %s takes all its packets",
				 cover);
	else
		diag = dead_diag(line, diags, "shadowed-rule",
				 "this %s %s: an earlier %s takes all its packets",
				 rule_action(arena, rule),
				 line->against ? "never happens" : "is never reached", cover);
	dead_relate_covers(line, diags, diag);
	if (line->against)
		diag->hint = "move it above that rule if it is meant to act";
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "shadowed-rule", report, diags);
}

const struct lint_rule lint_shadowed_rule = {
	.name = "shadowed-rule",
	.group = "reach",
	.summary = "an earlier rule takes all packets of this one",
	.level = LEVEL_WARNING,
	.check = check,
};
