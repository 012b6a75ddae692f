/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stage that loads a unit reports it: it binds the saved text once more.
 */
#include "lint/rules.h"

const struct lint_rule lint_save_changes_meaning = {
	.name = "save-changes-meaning",
	.group = "load",
	.summary = "the text that iptables-save prints for the rule is not the rule",
	.level = LEVEL_WARNING,
};
