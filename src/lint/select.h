/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a selection of lint rules says about one rule, for the lint stage alone.
 */
#ifndef LINT_SELECT_H
#define LINT_SELECT_H

#include "lint/lint.h"

/* Are findings of RULE wanted?  SELECTION may be NULL. */
bool selection_has(const struct lint_selection *selection, const struct lint_rule *rule);

/* The level that the selection gives RULE, LEVEL_DEFAULT if it gives none. */
enum level selection_level(const struct lint_selection *selection, const struct lint_rule *rule);

/* Is RULE to look for its findings?  Not if they are not wanted, and not if all would be
 * infos that nobody reads. */
bool selection_runs(const struct lint_selection *selection, const struct lint_rule *rule);

#endif
