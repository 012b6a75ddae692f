/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports -i and -o by the name of the chain, the kernel stage everything that
 * depends on the hooks from which a chain is reached.
 */
#include "lint/rules.h"

const struct lint_rule lint_match_not_valid_here = {
	.name = "match-not-valid-here",
	.group = "load",
	.summary = "a match in a table or chain where the kernel does not allow it",
	.level = LEVEL_ERROR,
};
