/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which characters a document may hold: section 2.2 of "Extensible Markup Language (XML)
 * 1.0", fifth edition.
 */
#include "report/xml_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && !strchr("<>&\"", c);
}

/* U+FFFE and U+FFFF are UTF-8, and yet not allowed. */
static bool is_allowed(const char *text, size_t sequence)
{
	switch (sequence) {
	case 0:
		return false;
	case 1:
		return (unsigned char)*text >= ' ' || strchr("\t\n\r", *text);
	case 3:
		return memcmp(text, "\xef\xbf\xbe", 3) != 0 && memcmp(text, "\xef\xbf\xbf", 3) != 0;
	}
	return true;
}

/* A sequence that may stand in a document. */
static void print_sequence(FILE *out, const char *text, size_t len)
{
	switch (*text) {
	case '<':
		fputs_unlocked("&lt;", out);
		break;
	case '>':
		fputs_unlocked("&gt;", out);
		break;
	case '&':
		fputs_unlocked("&amp;", out);
		break;
	case '"':
		fputs_unlocked("&quot;", out);
		break;
	case '\t':
	case '\n':
	case '\r':
		/* As they are, they would be read as blanks. */
		fprintf(out, "&#%d;", *text);
		break;
	default:
		fwrite_unlocked(text, 1, len, out);
	}
}

void xml_text(FILE *out, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		const char *plain = text;
		size_t sequence;

		while (text < end && is_plain(*text))
			text++;
		fwrite_unlocked(plain, 1, (size_t)(text - plain), out);
		if (text == end)
			break;
		sequence = utf8_sequence(text, (size_t)(end - text));
		if (is_allowed(text, sequence))
			print_sequence(out, text, sequence);
		else
			fputs_unlocked(UTF8_REPLACEMENT, out);
		text += sequence ? sequence : 1;
	}
}

void xml_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	xml_text(out, text);
	putc_unlocked('"', out);
}

void xml_number(FILE *out, const char *name, uint32_t number)
{
	fprintf(out, " %s=\"%u\"", name, number);
}
