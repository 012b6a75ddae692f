/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The evaluation of scripts reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_script_needs_argument = {
	.name = "script-needs-argument",
	.group = "script",
	.summary = "a script that makes rules only with an argument",
	.level = LEVEL_WARNING,
};
