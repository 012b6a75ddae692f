/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Markdown of the lint rules' documents as plain text.
 */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include <stdio.h>

#include "base/buf.h"

/* Headings, lists, paragraphs, fenced blocks and `code`; anything else stays as written. */
void markdown_print(FILE *out, const char *text);

/* The section of TEXT below the heading "## HEADING": each paragraph on one line, with a blank
 * line between two; nothing if there is no such heading. */
void markdown_add_section(struct buf *out, const char *text, const char *heading);

#endif
