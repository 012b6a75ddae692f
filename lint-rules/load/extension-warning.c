/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports what an extension prints while it reads its options.
 */
#include "lint/rules.h"

const struct lint_rule lint_extension_warning = {
	.name = "extension-warning",
	.group = "load",
	.summary = "what an extension of iptables itself warns about",
	.level = LEVEL_WARNING,
};
