/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of a rules file need not be UTF-8, and may be made to deceive whoever reads it
 * on a terminal.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Length of the UTF-8 sequence that begins the LEN bytes at TEXT (RFC 3629); 0 if
 * there is none. */
size_t utf8_sequence(const char *text, size_t len);

/* What the sequence of LEN bytes at TEXT stands for. */
uint32_t utf8_code_point(const char *text, size_t len);

/*
 * May the sequence of LEN bytes at TEXT be shown as it is?  Not if it is a control
 * character, turns the direction of the text, or has no width.
 */
bool utf8_is_visible(const char *text, size_t len);

/* Adds TEXT with U+FFFD for each byte that is not UTF-8. */
void utf8_add_clean(struct buf *out, const char *text);

#endif
