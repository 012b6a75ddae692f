/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lint stage reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_malformed_suppression = {
	.name = "malformed-suppression",
	.group = "suppression",
	.summary = "a comment that looks like a suppression and is none",
	.level = LEVEL_WARNING,
	.fixable = true,
};
