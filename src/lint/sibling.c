/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares texts by a number: FNV-1a over the lines that count.
 */
#include "lint/sibling.h"

#include "base/fnv.h"
#include "source/source.h"

/* The length of a line, without what iptables-save writes anew each time. */
static size_t counted_length(const char *line, size_t len)
{
	if (*line == ':') {
		for (size_t i = 0; i < len; i++) {
			if (line[i] == '[')
				return i;
		}
	}
	return *line == '#' ? 0 : len;
}

uint64_t sibling_text(const struct source *source)
{
	uint64_t hash = FNV_BASIS;

	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct span span = source_line_span(source, line);
		const char *text = source->bytes + span.start;
		size_t len = counted_length(text, span.end - span.start);

		if (len)
			hash = fnv_byte(fnv_bytes(hash, text, len), '\n');
	}
	return hash;
}
