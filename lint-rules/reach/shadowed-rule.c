/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose packets one earlier rule of the chain takes out of it.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

static const char *message(const struct dead_line *line, const char *cover)
{
	struct arena *arena = line->unit->arena;
	const struct rule *rule = line->first->rule;
	struct dead_memo *memo = line->memo;
	const char *action = rule_action(arena, rule);
	bool against = line->against != NULL;

	if (memo->message && memo->action == action && memo->cover == cover &&
	    memo->against == against)
		return memo->message;
	memo->action = action;
	memo->cover = cover;
	memo->against = against;
	if (rule->target_kind == TARGET_NONE)
		memo->message = arena_printf(
			arena, "this rule never matches: an earlier %s takes all its packets",
			cover);
	else
		memo->message =
			arena_printf(arena, "this %s %s: an earlier %s takes all its packets",
				     action, against ? "never happens" : "is never reached", cover);
	return memo->message;
}

static void report(const struct dead_line *line, struct diags *diags)
{
	const char *cover = rule_action(line->unit->arena, dead_cover(line->first, 0));
	struct diag *diag;

	if (line->n_dead < line->n_rules)
		diag = dead_diag(line, diags, "shadowed-rule",
				 "an earlier %s takes all their packets", cover);
	else
		diag = dead_diag_saying(line, diags, "shadowed-rule", message(line, cover));
	dead_relate_covers(line, diags, diag);
	if (line->against)
		diag_hint(diags, diag, "move it above that rule if it is meant to act");
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
