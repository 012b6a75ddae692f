/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that record packets below the rules that take those packets away.
 */
#include "analyse/analysis.h"
#include "lint/dead.h"
#include "lint/logs.h"
#include "lint/rules.h"
#include "lint/words.h"

/* Above the only rule that takes its packets: a LOG that records some of them. */
static const struct rule *limited_log(const struct dead_line *line)
{
	const struct reach *reach = analysis_reach(line->unit->analysis, line->table->id);

	if (line->first->n_covers != 1)
		return NULL;
	return limited_log_above(reach, line->chain->chain, line->first->cover, line->first->rule);
}

static void report(const struct dead_line *line, struct diags *diags)
{
	struct arena *arena = line->unit->arena;
	const struct rule *limited = limited_log(line);
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
	if (!limited)
		return;
	diag_related(diags, diag, limited->origin->base.span, "this one records up to its limit");
	diag_hint(diags, diag,
		  "what exceeds the limit of the %s above is not recorded; if it is to be, log it "
		  "before the verdict",
		  rule_action(arena, limited));
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
