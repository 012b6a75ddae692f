/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it: 010.0.0.1 is 8.0.0.1.
 */
#include "lint/rules.h"

const struct lint_rule lint_octal_address = {
	.name = "octal-address",
	.group = "load",
	.summary = "an address part with a leading zero, which is read as octal",
	.level = LEVEL_WARNING,
};
