/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any stage reports a reason of one back end under the name that fits it; the lint stage
 * gives it this name when both back ends were asked for.
 */
#include "lint/rules.h"

const struct lint_rule lint_backend_difference = {
	.name = "backend-difference",
	.group = "load",
	.summary = "what only one of iptables-legacy-restore and iptables-nft-restore accepts",
	.level = LEVEL_WARNING,
	.fixable = true,
};
