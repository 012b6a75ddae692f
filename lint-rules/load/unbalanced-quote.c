/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_unbalanced_quote = {
	.name = "unbalanced-quote",
	.group = "load",
	.summary = "a quote without its partner swallows the rest of the line",
	.level = LEVEL_WARNING,
};
