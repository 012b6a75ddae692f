/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of JSON as text, for formats that print their records one at a time.  The keys
 * are printed by those who know them, for 100,000 objects of jansson take their time; what
 * is not plain text is left to it.
 */
#ifndef REPORT_JSON_TEXT_H
#define REPORT_JSON_TEXT_H

#include <stdint.h>

#include "base/buf.h"

/* TEXT may be any bytes: what is not UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *text);

/* KEY stands as it is to be printed, with what is before and behind it; nothing is added if
 * TEXT is NULL. */
void json_add_member(struct buf *out, const char *key, const char *text);
void json_add_number_member(struct buf *out, const char *key, uint32_t number);

#endif
