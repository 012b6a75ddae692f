/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counted values.  Knows nothing of the shell language.
 */
#include "evaluate/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct text *text_new(size_t *total, const char *bytes, size_t len)
{
	struct text *text = alloc_resize(NULL, sizeof(*text) + len + 1);

	text->unknown = NULL;
	text->total = total;
	text->len = len;
	text->references = 1;
	if (len)
		memcpy(text->bytes, bytes, len);
	text->bytes[len] = '\0';
	*total += sizeof(*text) + len;
	return text;
}

struct text *text_of(size_t *total, struct shell_value value)
{
	struct text *text = text_new(total, value.bytes, value.unknown ? 0 : value.len);

	text->unknown = value.unknown;
	return text;
}

struct text *text_keep(struct text *text)
{
	if (text)
		text->references++;
	return text;
}

void text_drop(struct text *text)
{
	if (!text || --text->references)
		return;
	*text->total -= sizeof(*text) + text->len;
	free(text);
}

struct shell_value text_value(const struct text *text)
{
	if (!text)
		return (struct shell_value){ "", 0, NULL };
	return (struct shell_value){ text->bytes, text->len, text->unknown };
}

bool value_same(const struct shell_value *a, const struct shell_value *b)
{
	if (a->unknown || b->unknown)
		return a->unknown && b->unknown;
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

bool text_same(const struct text *a, const struct text *b)
{
	struct shell_value x, y;

	if (a == b)
		return true;
	if (!a || !b)
		return false;
	x = text_value(a);
	y = text_value(b);
	return value_same(&x, &y);
}

struct shell_value value_of(const char *string)
{
	return (struct shell_value){ string, strlen(string), NULL };
}

struct shell_value value_unknown(const struct shell_origin *origin)
{
	return (struct shell_value){ "", 0, origin };
}
