/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The evaluation of scripts reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_unsupported_shell = {
	.name = "unsupported-shell",
	.group = "script",
	.summary = "a part of a shell script that cannot be followed without running it",
	.level = LEVEL_ERROR,
};
