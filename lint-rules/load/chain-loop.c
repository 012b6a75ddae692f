/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel stage reports it, on the final ruleset, as each back end walks it.
 */
#include "lint/rules.h"

const struct lint_rule lint_chain_loop = {
	.name = "chain-loop",
	.group = "load",
	.summary = "jumps and gotos that lead back to where they started",
	.level = LEVEL_ERROR,
};
