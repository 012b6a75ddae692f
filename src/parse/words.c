/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scanner's side of the reader: feeds it bytes, and makes words of its tokens.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "parse/reader.h"

void *reader_resize(void *memory, size_t size)
{
	return alloc_resize(memory, size);
}

void reader_release(void *memory)
{
	free(memory);
}

_Noreturn void reader_fail(const char *message)
{
	(void)message; /* out of memory is all that the scanner and the parser know */
	die_out_of_memory();
}

/* ---- bytes ---- */

void reader_feed(struct reader *reader, uint32_t start, uint32_t end)
{
	reader->fed = start;
	reader->fed_end = end;
	reader->offset = start;
	reader->has_nul =
		end > start && memchr(reader->source->bytes + start, '\0', end - start) != NULL;
}

/* The real program takes a NUL for the end of the line: nothing is seen behind it. */
static void blank_out(struct reader *reader, char *bytes, size_t len, bool ends_line)
{
	char *nul = reader->is_cut ? bytes : memchr(bytes, '\0', len);

	if (nul) {
		memset(nul, ' ', (size_t)(bytes + len - nul) - ends_line);
		reader->is_cut = true;
	}
	if (ends_line)
		reader->is_cut = false;
}

/*
 * A line that does not fit into the real program's buffer goes on as a new line; so
 * a newline is put in there.  It has no place in the source: reader_end_line().
 */
size_t reader_fill(struct reader *reader, char *buffer, size_t max)
{
	const char *bytes = reader->source->bytes;
	size_t filled = 0;

	while (filled < max && reader->fed < reader->fed_end) {
		size_t room = READER_LINE_BUFFER - 1 - reader->line_fed;
		size_t len = reader->fed_end - reader->fed;
		const char *newline;

		if (room == 0) {
			buffer[filled++] = '\n';
			reader->line_fed = 0;
			reader->is_cut = false;
			continue;
		}
		if (len > room)
			len = room;
		if (len > max - filled)
			len = max - filled;
		newline = memchr(bytes + reader->fed, '\n', len);
		if (newline)
			len = (size_t)(newline - (bytes + reader->fed)) + 1;
		memcpy(buffer + filled, bytes + reader->fed, len);
		if (reader->has_nul)
			blank_out(reader, buffer + filled, len, newline != NULL);
		filled += len;
		reader->fed += (uint32_t)len;
		reader->line_fed = newline ? 0 : reader->line_fed + (uint32_t)len;
	}
	return filled;
}

/* The NUL that cuts the line at START, or NULL. */
static const char *find_cut(const struct reader *reader, uint32_t start)
{
	const char *line = reader->source->bytes + start;
	size_t len = reader->fed_end - start;
	const char *newline;

	if (len > READER_LINE_BUFFER - 1)
		len = READER_LINE_BUFFER - 1;
	newline = memchr(line, '\n', len);
	return memchr(line, '\0', newline ? (size_t)(newline - line) : len);
}

static void remark_cut(struct reader *reader)
{
	const char *bytes = reader->source->bytes;
	const char *nul = find_cut(reader, reader->offset);
	char first = bytes[reader->offset];
	struct diag *diag;
	uint32_t at;

	if (!nul)
		return;
	reader->line_cut = true;
	/* Of comments, and of lines that are wrong as a whole, enough is said. */
	if (!reader->handler || first == '#' || (!reader->in_section && first != '*'))
		return;
	at = (uint32_t)(nul - bytes);
	diag = diag_add(reader->diags, "stray-text", (struct span){ at, at + 1 },
			"a NUL byte ends the line: what follows it is not read");
	diag->level = LEVEL_WARNING;
}

void reader_begin_line(struct reader *reader)
{
	reader->line_start = reader->offset;
	reader->n_words = 0;
	reader->text_len = 0;
	reader->line_failed = false;
	reader->line_cut = false;
	reader->line_crlf = false;
	if (reader->has_nul)
		remark_cut(reader);
}

/* Does the line end here in the source, and not only in the buffer? */
static bool ends_line(const struct reader *reader, uint32_t offset)
{
	return offset - reader->line_start < READER_LINE_BUFFER - 1 &&
	       offset < reader->source->len && reader->source->bytes[offset] == '\n';
}

void reader_end_line(struct reader *reader, struct span *location)
{
	uint32_t end = location->end - 1;

	if (end > location->start)
		reader->line_crlf = true;
	if (!ends_line(reader, end)) {
		reader->offset = end;
		location->end = end;
	}
}

/* ---- words ---- */

static void too_long(struct reader *reader, struct span span, size_t len)
{
	if (!reader->handler)
		return;
	reader->line_failed = true;
	diag_refuse(reader->diags, "syntax-error", BACKEND_BOTH, span,
		    "this word has %zu bytes; at most %d are read", len, READER_MAX_WORD);
}

static void set_word(struct reader *reader, struct word *word, const char *text, struct span span,
		     bool quoted)
{
	size_t len = (size_t)(reader->text + reader->text_len - text);

	reader->text[reader->text_len++] = '\0';
	*word = (struct word){ text, span, quoted };
	if (len > READER_MAX_WORD)
		too_long(reader, span, len);
}

static char *word_start(const struct reader *reader)
{
	return reader->text + reader->text_len;
}

static void add_bytes(struct reader *reader, const char *text, size_t len)
{
	memcpy(word_start(reader), text, len);
	reader->text_len += len;
}

/* The CR of a line's end is no part of the last word. */
static size_t without_cr(struct reader *reader, const char *text, size_t len, struct span *span)
{
	if (text[len - 1] != '\r' || !ends_line(reader, span->end))
		return len;
	reader->line_crlf = true;
	span->end--;
	return len - 1;
}

/* What stands between quotes: a backslash takes the next byte as it is. */
static void add_quoted(struct reader *reader, const char *text, const char *end)
{
	while (text < end) {
		if (*text == '\\' && ++text == end)
			break;
		reader->text[reader->text_len++] = *text++;
	}
}

bool reader_plain(struct reader *reader, const char *text, size_t len, struct word *word,
		  struct span *span)
{
	char *start = word_start(reader);

	while (text[len - 1] == ' ' || text[len - 1] == '\t')
		len--;
	span->end = span->start + (uint32_t)len;
	len = without_cr(reader, text, len, span);
	if (len == 0)
		return false;
	add_bytes(reader, text, len);
	set_word(reader, word, start, *span, false);
	return true;
}

void reader_quoted(struct reader *reader, const char *text, size_t len, struct word *word,
		   struct span *span)
{
	const char *quote = memchr(text, '"', len);
	char *start = word_start(reader);

	add_bytes(reader, text, (size_t)(quote - text));
	add_quoted(reader, quote + 1, text + len - 1);
	set_word(reader, word, start, *span, true);
}

void reader_open_quote(struct reader *reader, const char *text, size_t len, bool takes_newline,
		       struct word *word, struct span *span)
{
	const char *quote = memchr(text, '"', len);
	char *start = word_start(reader);
	uint32_t at = span->start + (uint32_t)(quote - text);
	struct diag *diag;

	if (reader->line_cut) {
		const char *nul = find_cut(reader, reader->line_start);
		size_t until = (size_t)(nul - reader->source->bytes) - span->start;

		if (until < len)
			len = until;
		takes_newline = false;
	}
	add_bytes(reader, text, (size_t)(quote - text));
	add_quoted(reader, quote + 1, text + len);
	if (takes_newline && ends_line(reader, span->end))
		reader->text[reader->text_len++] = '\n';
	set_word(reader, word, start, *span, true);
	reader->has_open_quote = true;
	if (!reader->handler)
		return;
	diag = diag_add(reader->diags, "unbalanced-quote", (struct span){ at, at + 1 },
			"this quote has no end: it takes the rest of the line");
	diag_hint(reader->diags, diag, "close it with '\"'");
}
