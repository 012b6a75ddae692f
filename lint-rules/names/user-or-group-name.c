/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder reports it, from /etc/passwd and /etc/group alone.
 */
#include "lint/rules.h"

const struct lint_rule lint_user_or_group_name = {
	.name = "user-or-group-name",
	.group = "names",
	.summary = "a user or group that this machine does not know",
	.level = LEVEL_WARNING,
};
