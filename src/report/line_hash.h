/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash by which code scanning of GitHub knows a line again after others have changed:
 * partialFingerprints.primaryLocationLineHash of SARIF.
 *
 * It is a rolling hash of the 100 characters from the line's first one on, without blanks,
 * which may take in lines below, and the number of lines up to this one that have the same.
 * Lines end with LF, CR or CRLF, as GitHub counts them.
 */
#ifndef REPORT_LINE_HASH_H
#define REPORT_LINE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* "HASH:COUNT" and the NUL */
#define LINE_HASH_TEXT 28

struct line_hasher;

/* BYTES, not necessarily UTF-8, have to stay as they are. */
struct line_hasher *line_hasher_new(const char *bytes, size_t len);

/* The hash of a line; 1-based, there is one, and not before the line asked for last. */
void line_hash(struct line_hasher *hasher, uint32_t line, char text[LINE_HASH_TEXT]);

void line_hasher_free(struct line_hasher *hasher);

#endif
