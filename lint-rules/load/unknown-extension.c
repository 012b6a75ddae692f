/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_unknown_extension = {
	.name = "unknown-extension",
	.group = "load",
	.summary = "a match or target whose extension is not installed",
	.level = LEVEL_ERROR,
	.fixable = true,
};
