/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules of nat that ask for states which the packets that come to nat never have.
 */
#include "lint/dead.h"
#include "lint/rules.h"

static void report(const struct dead_line *line, struct diags *diags)
{
	struct diag *diag = dead_diag(line, diags, "nat-state-match-dead",
				      "this rule never acts: table nat is asked for the first "
				      "packet of a connection only, which is NEW or RELATED");

	diag->level = LEVEL_WARNING;
	diag_hint(diags, diag,
		  "leave the state out: what is translated once is translated for the whole "
		  "connection");
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "nat-state-match-dead", report, diags);
}

const struct lint_rule lint_nat_state_match_dead = {
	.name = "nat-state-match-dead",
	.group = "nat",
	.summary = "a rule of nat asks for a state that no packet has there",
	.level = LEVEL_WARNING,
	.check = check,
};
