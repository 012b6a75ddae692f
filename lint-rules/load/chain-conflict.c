/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ruleset stage reports it: -N of a chain that is there, -X of one that is in use,
 * -P of a user-defined one and the like depend on the lines before.
 */
#include "lint/rules.h"

const struct lint_rule lint_chain_conflict = {
	.name = "chain-conflict",
	.group = "load",
	.summary = "a chain command that the state of the chain forbids",
	.level = LEVEL_ERROR,
};
