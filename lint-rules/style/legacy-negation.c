/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it, instead of the errors that it leads to.
 */
#include "lint/rules.h"

const struct lint_rule lint_legacy_negation = {
	.name = "legacy-negation",
	.group = "style",
	.summary = "a '!' behind its option, as old releases of iptables took it",
	.level = LEVEL_ERROR,
	.fixable = true,
};
