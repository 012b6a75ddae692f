/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser and the binder report names that are refused as errors, comments that
 * are cut as infos.
 */
#include "lint/rules.h"

const struct lint_rule lint_name_too_long = {
	.name = "name-too-long",
	.group = "load",
	.summary = "a name that is longer than the kernel has room for",
	.level = LEVEL_ERROR,
};
