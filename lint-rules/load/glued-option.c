/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it, with the release from the table of quirks.
 */
#include "lint/rules.h"

const struct lint_rule lint_glued_option = {
	.name = "glued-option",
	.group = "load",
	.summary = "a value glued to -p, -s, -d, -i, -o or -j, which some releases misread",
	.level = LEVEL_WARNING,
};
