/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suppressions: comments of a rules file that silence findings.
 *
 *     # iptlint: ignore[shadowed-rule, reach] -- why       the next line that counts
 *     # iptlint: file-ignore[policy] -- why                before the first table
 *     -A ... -m comment --comment "iptlint: ignore[shadowed-rule] why"
 *
 * Knows comments and positions; nothing of what the lint rules look for.
 */
#ifndef LINT_SUPPRESS_H
#define LINT_SUPPRESS_H

#include "lint/lint.h"
#include "pipeline/unit.h"

struct suppressions;

/*
 * All suppressions of the unit; NULL if there are none.  What is malformed or names an
 * unknown rule is added to unit->diags.
 */
struct suppressions *suppressions_read(struct unit *unit);

/* Moves each record that a suppression names from unit->diags to unit->silenced. */
void suppressions_apply(struct suppressions *suppressions, struct unit *unit);

/* Reports the names that have silenced nothing, if their rules did run. */
void suppressions_report_unused(const struct suppressions *suppressions, struct unit *unit,
				const struct lint_selection *selection);

#endif
