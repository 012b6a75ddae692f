/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it, where it reads the value of the option.
 */
#include "lint/rules.h"

const struct lint_rule lint_log_prefix_too_long = {
	.name = "log-prefix-too-long",
	.group = "style",
	.summary = "a log prefix that is cut without a word",
	.level = LEVEL_WARNING,
	.fixable = true,
};
