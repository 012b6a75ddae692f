/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule that stands in its chain a second time, and can never act there.
 *
 * Two equal rules that both act (rates, counters, chance, targets that go on) are no
 * duplicates: together they do something else than one of them.
 */
#include "lint/dead.h"
#include "lint/rules.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	struct diag *diag = dead_diag(line, diags, "duplicate-rule",
				      line->n_dead < line->n_rules
					      ? "the same rules stand above"
					      : "the same rule stands above: this one never acts");

	diag_related(diags, diag, dead_cover(line->first, 0)->origin->base.span, "the same rule");
	diag_hint(diags, diag, "delete one of the two");
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "duplicate-rule", report, diags);
}

const struct lint_rule lint_duplicate_rule = {
	.name = "duplicate-rule",
	.group = "reach",
	.summary = "the same rule stands in the chain twice",
	.level = LEVEL_WARNING,
	.check = check,
};
