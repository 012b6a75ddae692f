/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it.
 */
#include "lint/rules.h"

const struct lint_rule lint_multiport_limits = {
	.name = "multiport-limits",
	.group = "load",
	.summary = "more ports than one multiport match holds",
	.level = LEVEL_ERROR,
};
