/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequences of UTF-8, one at a time.
 */
#include "base/utf8.h"

#include <string.h>

size_t utf8_sequence(const char *text, size_t len)
{
	/* The second byte has limits of its own after some first bytes. */
	static const struct {
		unsigned char low, high;
		unsigned char second_low, second_high;
		size_t len;
	} rows[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const unsigned char *bytes = (const unsigned char *)text;

	if (len == 0)
		return 0;
	if (bytes[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (bytes[0] < rows[i].low || bytes[0] > rows[i].high)
			continue;
		if (rows[i].len > len || bytes[1] < rows[i].second_low ||
		    bytes[1] > rows[i].second_high)
			return 0;
		for (size_t n = 2; n < rows[i].len; n++)
			if ((bytes[n] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

uint32_t utf8_code_point(const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t point = len == 1 ? bytes[0] : bytes[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		point = point << 6 | (bytes[i] & 0x3f);
	return point;
}

bool utf8_is_visible(const char *text, size_t len)
{
	static const struct {
		uint32_t low, high;
	} hidden[] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },     { 0x61c, 0x61c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e },	  { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfffe, 0xffff }, { 0xe0000, 0xe007f },
	};
	uint32_t point = utf8_code_point(text, len);

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (point >= hidden[i].low && point <= hidden[i].high)
			return false;
	return true;
}

void utf8_add_clean(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		size_t sequence = utf8_sequence(text, len);

		if (sequence)
			buf_add(out, text, sequence);
		else
			buf_add_string(out, UTF8_REPLACEMENT);
		text += sequence ? sequence : 1;
		len -= sequence ? sequence : 1;
	}
}
