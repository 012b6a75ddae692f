/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it: it is the one that reads the words of a line.
 */
#include "lint/rules.h"

const struct lint_rule lint_family_line_skipped = {
	.name = "family-line-skipped",
	.group = "load",
	.summary = "a line with -4 or -6 is for the other family and does nothing here",
	.level = LEVEL_INFO,
};
