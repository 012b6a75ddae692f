/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The evaluation of scripts reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_assumed_absent_file = {
	.name = "assumed-absent-file",
	.group = "script",
	.summary = "an optional file that is taken as absent",
	.level = LEVEL_WARNING,
};
