/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_stray_text = {
	.name = "stray-text",
	.group = "load",
	.summary = "text that is no part of a rules file: an inline comment, a CR, a shell prompt",
	.level = LEVEL_ERROR,
	.fixable = true,
};
