/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever has the baseline reports it: the command layer.
 */
#include "lint/rules.h"

const struct lint_rule lint_stale_baseline_entry = {
	.name = "stale-baseline-entry",
	.group = "suppression",
	.summary = "a line of the baseline whose finding is gone",
	.level = LEVEL_INFO,
};
