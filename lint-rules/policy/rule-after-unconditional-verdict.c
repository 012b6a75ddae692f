/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the rules behind the first one of a chain that takes every packet.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	const struct rule *final = dead_cover(line->first, 0);
	const char *action = rule_action(line->unit->arena, final);
	struct diag *diag;

	if (line->n_dead < line->n_rules)
		diag = dead_diag(line, diags, "rule-after-unconditional-verdict",
				 "the %s before them takes every packet", action);
	else
		diag = dead_diag(line, diags, "rule-after-unconditional-verdict",
				 "this rule is never reached: the %s before it takes every packet",
				 action);
	diag_related(diags, diag, final->origin->base.span, "takes every packet");
	diag_hint(diags, diag, "move it up if it is meant to act, else delete it");
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "rule-after-unconditional-verdict", report, diags);
}

const struct lint_rule lint_rule_after_unconditional_verdict = {
	.name = "rule-after-unconditional-verdict",
	.group = "policy",
	.summary = "a rule behind one that takes every packet",
	.level = LEVEL_WARNING,
	.check = check,
};
