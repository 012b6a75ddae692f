/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The evaluation of scripts reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_script_error = {
	.name = "script-error",
	.group = "script",
	.summary = "an error at which the shell ends the script",
	.level = LEVEL_INFO,
};
