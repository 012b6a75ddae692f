/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that record packets below the rules that take those packets away.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	struct arena *arena = line->unit->arena;
	struct diag *diag =
		dead_diag(line, diags, "log-after-verdict",
			  "this %s records nothing: %s above %s its packets",
			  rule_action(arena, line->first->rule),
			  line->first->n_covers > 1
				  ? "rules"
				  : arena_printf(arena, "the %s",
						 rule_action(arena, dead_cover(line->first, 0))),
			  line->first->n_covers > 1 ? "take all" : "takes all");

	diag->level = LEVEL_WARNING;
	dead_relate_covers(line, diags, diag);
	diag_hint(diags, diag, "log first, then decide");
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "log-after-verdict", report, diags);
}

const struct lint_rule lint_log_after_verdict = {
	.name = "log-after-verdict",
	.group = "policy",
	.summary = "a LOG below the rule that takes its packets",
	.level = LEVEL_WARNING,
	.check = check,
};
