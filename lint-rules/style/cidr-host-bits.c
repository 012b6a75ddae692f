/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it: in a rule the address has lost these bits.
 */
#include "lint/rules.h"

const struct lint_rule lint_cidr_host_bits = {
	.name = "cidr-host-bits",
	.group = "style",
	.summary = "an address of one host with the mask of a network",
	.level = LEVEL_WARNING,
	.fixable = true,
};
