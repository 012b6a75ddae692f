/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The escapes of $'...', as bash(1) has them under QUOTING.
 */
#include "shell/ansi.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Up to MAX digits of BASE at *AT. */
static uint32_t number(const char *bytes, size_t len, size_t *at, int base, int max)
{
	uint32_t value = 0;

	for (; max > 0 && *at < len && digit(bytes[*at]) < base; max--)
		value = value * (uint32_t)base + (uint32_t)digit(bytes[(*at)++]);
	return value;
}

static void add_code_point(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_char(out, (char)(0xe0 | c >> 12));
		} else {
			buf_add_char(out, (char)(0xf0 | (c >> 18 & 7)));
			buf_add_char(out, (char)(0x80 | (c >> 12 & 63)));
		}
		buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
	}
	buf_add_char(out, (char)(0x80 | (c & 63)));
}

/* A number behind a letter; without digits it is text.  False: it was a NUL. */
static bool add_number(struct buf *out, const char *bytes, size_t len, size_t *at, int base,
		       int max, bool is_code_point)
{
	size_t start = *at;
	uint32_t value = number(bytes, len, at, base, max);

	if (*at == start) {
		buf_add(out, bytes + start - 2, 2);
		return true;
	}
	if (is_code_point)
		add_code_point(out, value);
	else
		buf_add_char(out, (char)value);
	return is_code_point ? value != 0 : (value & 0xff) != 0;
}

/* What stands behind the backslash at AT - 1. */
static bool add_escape(struct buf *out, const char *bytes, size_t len, size_t *at)
{
	static const char letters[] = "abeEfnrtv\\'\"?";
	static const char meanings[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	char c = bytes[(*at)++];
	const char *found = c ? strchr(letters, c) : NULL;

	if (found) {
		buf_add_char(out, meanings[found - letters]);
		return true;
	}
	switch (c) {
	case 'x':
		return add_number(out, bytes, len, at, 16, 2, false);
	case 'u':
		return add_number(out, bytes, len, at, 16, 4, true);
	case 'U':
		return add_number(out, bytes, len, at, 16, 8, true);
	case 'c':
		if (*at == len)
			break;
		buf_add_char(out, (char)(bytes[*at] == '?' ? 0x7f : bytes[*at] & 0x1f));
		return (bytes[(*at)++] & 0x1f) != 0;
	default:
		if (c >= '0' && c <= '7') {
			--*at;
			return add_number(out, bytes, len, at, 8, 3, false);
		}
	}
	buf_add_char(out, '\\');
	buf_add_char(out, c);
	return true;
}

void ansi_decode(struct buf *out, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		if (bytes[at] != '\\' || at + 1 == len) {
			buf_add_char(out, bytes[at++]);
			continue;
		}
		at++;
		if (!add_escape(out, bytes, len, &at)) {
			if (out->len && out->data[out->len - 1] == '\0')
				out->len--;
			return;
		}
	}
}
