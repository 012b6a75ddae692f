/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a script may run often: what is found at it is said once.
 */
#ifndef LINT_REPEATS_H
#define LINT_REPEATS_H

#include "pipeline/unit.h"

/* Of the sorted records of a script, keeps one for each lint rule and line, which tells how
 * many more there are.  Other units stay as they are. */
void repeats_merge(struct unit *unit, struct diags *diags);

#endif
