/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder and the kernel stage report it; user-defined chains are judged by the hooks
 * that reach them.
 */
#include "lint/rules.h"

const struct lint_rule lint_target_not_valid_here = {
	.name = "target-not-valid-here",
	.group = "load",
	.summary = "a target in a table or chain where the kernel does not allow it",
	.level = LEVEL_ERROR,
};
