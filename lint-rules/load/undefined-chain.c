/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it for targets, the ruleset stage for -A and the like.
 */
#include "lint/rules.h"

const struct lint_rule lint_undefined_chain = {
	.name = "undefined-chain",
	.group = "load",
	.summary = "a chain that is not declared before this line",
	.level = LEVEL_ERROR,
};
