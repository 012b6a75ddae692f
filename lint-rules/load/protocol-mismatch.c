/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder and the kernel stage report it, each what it is the first to know.
 */
#include "lint/rules.h"

const struct lint_rule lint_protocol_mismatch = {
	.name = "protocol-mismatch",
	.group = "load",
	.summary = "an extension that needs a protocol the rule does not name",
	.level = LEVEL_ERROR,
};
