/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ruleset stage reports it: only there is it known which rules stand in the chain at
 * this line.
 */
#include "lint/rules.h"

const struct lint_rule lint_delete_without_match = {
	.name = "delete-without-match",
	.group = "load",
	.summary = "-D, -R, -I or -C that names a rule or place that is not there",
	.level = LEVEL_ERROR,
};
