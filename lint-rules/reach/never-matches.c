/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule whose own tests exclude each other.
 */
#include "lint/dead.h"
#include "lint/rules.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	struct diag *diag =
		dead_diag(line, diags, "never-matches", "no packet can pass all tests of %s",
			  line->n_dead < line->n_rules ? "them" : "this rule");

	diag->level = LEVEL_ERROR;
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "never-matches", report, diags);
}

const struct lint_rule lint_never_matches = {
	.name = "never-matches",
	.group = "reach",
	.summary = "the tests of a rule exclude each other",
	.level = LEVEL_ERROR,
	.check = check,
};
