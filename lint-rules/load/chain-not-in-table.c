/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder and the ruleset stage report it where a line names the chain.
 */
#include "lint/rules.h"

const struct lint_rule lint_chain_not_in_table = {
	.name = "chain-not-in-table",
	.group = "load",
	.summary = "a built-in chain that this table does not have",
	.level = LEVEL_ERROR,
};
