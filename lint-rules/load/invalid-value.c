/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports what an extension refuses, the kernel stage what only the kernel does.
 */
#include "lint/rules.h"

const struct lint_rule lint_invalid_value = {
	.name = "invalid-value",
	.group = "load",
	.summary = "a value that its option does not take",
	.level = LEVEL_ERROR,
};
