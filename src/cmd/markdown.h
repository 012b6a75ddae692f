/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Markdown of the lint rules' documents as plain text.
 */
#ifndef CMD_MARKDOWN_H
#define CMD_MARKDOWN_H

#include <stdio.h>

/* Headings, lists, paragraphs, fenced blocks and `code`; anything else stays as written. */
void markdown_print(FILE *out, const char *text);

#endif
