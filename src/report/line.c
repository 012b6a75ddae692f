/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One diagnostic on one line.
 */
#include "report/line.h"

#include <string.h>

#include "base/utf8.h"

bool line_is_shown(const struct diag *diag, bool show_info)
{
	return show_info || diag->level != LEVEL_INFO;
}

const char *line_level(const struct diag *diag)
{
	switch (diag->level) {
	case LEVEL_ERROR:
		return "error";
	case LEVEL_WARNING:
		return "warning";
	}
	return "note";
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f;
}

void line_text(FILE *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *plain = text;
		size_t sequence;

		while (text < end && is_plain(*text))
			text++;
		if (text > plain)
			fwrite_unlocked(plain, 1, (size_t)(text - plain), out);
		if (text == end)
			break;
		sequence = utf8_sequence(text, (size_t)(end - text));
		if (sequence && utf8_is_visible(text, sequence)) {
			fwrite_unlocked(text, 1, sequence, out);
			text += sequence;
			continue;
		}
		for (const char *next = text + (sequence ? sequence : 1); text < next; text++)
			fprintf(out, "\\x%02x", (unsigned char)*text);
	}
}

void line_print(FILE *out, const struct source *source, const struct diag *diag)
{
	struct position start = source_position(source, diag->span.start);

	line_text(out, source->name, strlen(source->name));
	fprintf(out, ":%u:%u: %s: ", start.line, start.column, line_level(diag));
	line_text(out, diag->message, strlen(diag->message));
	fprintf(out, " [%s]", diag->rule);
}
