/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What formats of one line for each diagnostic have in common.
 */
#ifndef REPORT_LINE_H
#define REPORT_LINE_H

#include <stdio.h>

#include "source/diag.h"
#include "source/source.h"

/* Is DIAG shown when infos are (not) asked for? */
bool line_is_shown(const struct diag *diag, bool show_info);

/* "error", "warning", "note" */
const char *line_level(const struct diag *diag);

/* TEXT with \xNN for what is not UTF-8 or not visible, so that a file cannot steer the
 * terminal or show something else than it holds. */
void line_text(FILE *out, const char *text, size_t len);

/* "FILE:LINE:COL: LEVEL: MESSAGE [rule-name]" without a newline. */
void line_print(FILE *out, const struct source *source, const struct diag *diag);

#endif
