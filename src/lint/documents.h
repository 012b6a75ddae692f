/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Markdown documents of the lint rules as strings.  The table is written at
 * build time by lint-rules/documents.awk, so that the program needs no data file.
 */
#ifndef LINT_DOCUMENTS_H
#define LINT_DOCUMENTS_H

struct lint_document {
	const char *name;
	const char *text;
};

/* Ends with a NULL name. */
extern const struct lint_document lint_documents[];

#endif
