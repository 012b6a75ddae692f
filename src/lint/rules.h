/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declares the objects of the registry, for the file of each lint rule.
 */
#ifndef LINT_RULES_H
#define LINT_RULES_H

#include "lint/lint.h"

#define LINT_RULE(group, rule) extern const struct lint_rule lint_##rule;
#include "lint-rules/rules.def"
#undef LINT_RULE

#endif
