/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lint stage reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_unknown_suppression = {
	.name = "unknown-suppression",
	.group = "suppression",
	.summary = "a suppression of a lint rule that does not exist",
	.level = LEVEL_WARNING,
	.fixable = true,
};
