/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lint rules as SARIF describes them.
 */
#ifndef REPORT_SARIF_RULES_H
#define REPORT_SARIF_RULES_H

#include "base/buf.h"
#include "source/diag.h"

/* "error", "warning", "note" */
const char *sarif_level(enum level level);

/* All lint rules as a JSON array, in the order of lint_rules. */
void sarif_add_rules(struct buf *out);

#endif
