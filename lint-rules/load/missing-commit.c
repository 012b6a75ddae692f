/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_missing_commit = {
	.name = "missing-commit",
	.group = "load",
	.summary = "a table section without COMMIT, of which nothing is loaded",
	.level = LEVEL_ERROR,
	.fixable = true,
};
