/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it.  No name is ever looked up.
 */
#include "lint/rules.h"

const struct lint_rule lint_hostname_in_address = {
	.name = "hostname-in-address",
	.group = "names",
	.summary = "a host name instead of an address",
	.level = LEVEL_ERROR,
};
