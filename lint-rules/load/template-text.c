/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser reports it, once, and the lint stage then drops everything else.
 */
#include "lint/rules.h"

const struct lint_rule lint_template_text = {
	.name = "template-text",
	.group = "load",
	.summary = "a template that was not rendered yet",
	.level = LEVEL_ERROR,
};
