/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printable ASCII is copied, the rest goes through jansson.
 */
#include "report/json_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

/* By jansson, which takes UTF-8 only. */
static void add_encoded(struct buf *out, const char *text)
{
	struct buf clean = BUF_INIT;
	json_t *value;
	char *encoded;

	utf8_add_clean(&clean, text);
	value = json_string(buf_string(&clean));
	encoded = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	if (!encoded)
		die_out_of_memory();
	buf_add_string(out, encoded);
	free(encoded);
	json_decref(value);
	buf_free(&clean);
}

void json_add_string(struct buf *out, const char *text)
{
	size_t len = 0;

	while (text[len] >= ' ' && text[len] < 0x7f && text[len] != '"' && text[len] != '\\')
		len++;
	if (text[len]) {
		add_encoded(out, text);
		return;
	}
	buf_add_char(out, '"');
	buf_add(out, text, len);
	buf_add_char(out, '"');
}

static void add_number(struct buf *out, uint32_t number)
{
	char digits[10];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
	} while (number /= 10);
	buf_add(out, digits + at, sizeof(digits) - at);
}

void json_add_member(struct buf *out, const char *key, const char *text)
{
	if (!text)
		return;
	buf_add_string(out, key);
	json_add_string(out, text);
}

void json_add_number_member(struct buf *out, const char *key, uint32_t number)
{
	buf_add_string(out, key);
	add_number(out, number);
}
