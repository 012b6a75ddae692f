/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suppressions: comments of a rules file that silence findings.
 *
 *     # iptlint: ignore[shadowed-rule, reach] -- why       the next line that counts
 *     # iptlint: file-ignore[policy] -- why                before the first table
 *     -A ... -m comment --comment "iptlint: ignore[shadowed-rule] why"
 *
 * In a shell script a comment may be indented, acts on the line behind it with all its
 * continuations, and one for the file stands before the first command.
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
 * unknown rule is added to unit->diags, if USED says that this is the first unit.
 */
struct suppressions *suppressions_read(struct unit *unit, const struct lint_used *used);

/* Moves each record that a suppression names from unit->diags to unit->silenced. */
void suppressions_apply(struct suppressions *suppressions, struct unit *unit);

/* Adds to USED which names have silenced something; in the last unit, reports those that
 * have silenced nothing in any, if their rules did run. */
void suppressions_report_unused(const struct suppressions *suppressions, struct unit *unit,
				const struct lint_selection *selection, struct lint_used *used);

#endif
