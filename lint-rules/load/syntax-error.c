/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser reports what is wrong with a line, the binder what is wrong with its words.
 */
#include "lint/rules.h"

const struct lint_rule lint_syntax_error = {
	.name = "syntax-error",
	.group = "load",
	.summary = "a line that iptables-restore cannot read",
	.level = LEVEL_ERROR,
	.fixable = true,
};
