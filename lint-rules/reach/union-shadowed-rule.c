/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose packets several earlier rules of the chain take together.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	const struct rule *rule = line->first->rule;
	uint32_t n = line->first->n_covers;
	struct diag *diag;

	if (line->n_dead < line->n_rules)
		diag = dead_diag(line, diags, "union-shadowed-rule",
				 "%u earlier rules together take all their packets", n);
	else if (rule->target_kind == TARGET_NONE)
		diag = dead_diag(
			line, diags, "union-shadowed-rule",
			"this rule never matches: %u earlier rules together take all its packets",
			n);
	else
		diag = dead_diag(line, diags, "union-shadowed-rule",
				 "this %s %s: %u earlier rules together take all its packets",
				 rule_action(line->unit->arena, rule),
				 line->against ? "never happens" : "is never reached", n);
	dead_relate_covers(line, diags, diag);
	if (line->against)
		diag_hint(diags, diag, "move it above those rules if it is meant to act");
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "union-shadowed-rule", report, diags);
}

const struct lint_rule lint_union_shadowed_rule = {
	.name = "union-shadowed-rule",
	.group = "reach",
	.summary = "earlier rules together take all packets of this one",
	.level = LEVEL_WARNING,
	.check = check,
};
