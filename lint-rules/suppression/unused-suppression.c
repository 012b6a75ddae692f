/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lint stage reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_unused_suppression = {
	.name = "unused-suppression",
	.group = "suppression",
	.summary = "a suppression that silences nothing",
	.level = LEVEL_INFO,
	.fixable = true,
};
