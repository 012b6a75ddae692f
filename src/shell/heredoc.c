/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Here-documents: their text begins on the line behind the one with "<<", and ends at a
 * line that is their delimiter.
 */
#include <string.h>

#include "shell/reader.h"

struct shell_heredoc {
	struct shell_heredoc *next;
	struct shell_word *body;
	const char *delimiter;
	uint32_t len;
	struct span span; /* of the delimiter's word */
	bool strips_tabs;
	bool is_quoted;
};

/* Its quotes are taken off; nothing in it is expanded. */
static void read_delimiter(struct shell_reader *reader, struct shell_heredoc *heredoc,
			   const struct shell_word *word)
{
	struct buf text = BUF_INIT;

	for (const struct shell_part *part = word->first; part; part = part->next) {
		buf_add(&text, part->of.text.bytes, part->of.text.len);
		heredoc->is_quoted |= part->quoted;
	}
	heredoc->len = (uint32_t)text.len;
	heredoc->delimiter = arena_strndup(reader->arena, buf_string(&text), text.len);
	buf_free(&text);
}

struct shell_word *heredoc_add(struct shell_reader *reader, const struct shell_word *delimiter,
			       bool strips_tabs)
{
	struct shell_heredoc *heredoc = arena_new_object(reader->arena, struct shell_heredoc);
	struct shell_frame *frame = reader->frame;

	heredoc->body = arena_new_object(reader->arena, struct shell_word);
	heredoc->body->span = delimiter->span;
	heredoc->span = delimiter->span;
	heredoc->strips_tabs = strips_tabs;
	read_delimiter(reader, heredoc, delimiter);
	*frame->last_heredoc = heredoc;
	frame->last_heredoc = &heredoc->next;
	return heredoc->body;
}

/* ---- the lines ---- */

struct lines {
	uint32_t start; /* of the text */
	uint32_t end;	/* ... and of the line with the delimiter */
	uint32_t next;	/* behind that line */
	bool is_found;
	bool has_tabs; /* some are to be taken out */
	bool is_plain; /* nothing in it is expanded */
};

static uint32_t line_end(const struct shell_input *input, uint32_t at)
{
	const char *end = memchr(input->text + at, '\n', input->len - at);

	return end ? (uint32_t)(end - input->text) : input->len;
}

/* A line that ends with a backslash goes on: the next one is no delimiter. */
static bool goes_on(const struct shell_input *input, uint32_t start, uint32_t end)
{
	uint32_t n = 0;

	while (end > start && input->text[end - 1] == '\\') {
		end--;
		n++;
	}
	return n % 2;
}

static bool is_delimiter(struct shell_reader *reader, const struct shell_heredoc *heredoc,
			 uint32_t start, uint32_t end, uint32_t *next)
{
	const struct shell_input *input = reader->frame->input;
	const uint32_t len = heredoc->len;

	if (end - start < len || memcmp(input->text + start, heredoc->delimiter, len) != 0)
		return false;
	*next = end < input->len ? end + 1 : end;
	if (end - start == len)
		return true;
	/* $(cat <<E ... E) */
	*next = start + len;
	return reader->is_bash && reader->frame->is_nested && input->text[start + len] == ')';
}

static void find_lines(struct shell_reader *reader, const struct shell_heredoc *heredoc,
		       struct lines *lines)
{
	const struct shell_input *input = reader->frame->input;
	bool is_first = true;
	uint32_t at = lines->start;

	while (at < input->len) {
		uint32_t end = line_end(input, at);
		uint32_t start = at;

		while (heredoc->strips_tabs && is_first && start < end &&
		       input->text[start] == '\t')
			start++;
		if (is_first && is_delimiter(reader, heredoc, start, end, &lines->next)) {
			lines->end = at;
			lines->is_found = true;
			return;
		}
		lines->has_tabs |= start > at;
		is_first = heredoc->is_quoted || !goes_on(input, start, end);
		at = end < input->len ? end + 1 : end;
	}
	lines->end = lines->next = input->len;
}

/* ---- the text ---- */

/* The text as an input of its own, without the tabs that lead its lines. */
static struct shell_input *take_text(struct shell_reader *reader,
				     const struct shell_heredoc *heredoc, const struct lines *lines)
{
	struct shell_input *outer = reader->frame->input;
	const uint32_t size = lines->end - lines->start;
	struct shell_input *input;
	bool is_first = true;
	uint32_t len = 0;
	char *text;

	if (!lines->has_tabs)
		return input_new(reader->arena, outer, lines->start, outer->text + lines->start,
				 size);
	text = arena_alloc(reader->arena, size + 1);
	input = input_new(reader->arena, outer, lines->start, text, 0);
	input->dropped = arena_alloc(reader->arena, size * sizeof(*input->dropped));
	for (uint32_t at = lines->start; at < lines->end;) {
		uint32_t end = line_end(outer, at);
		uint32_t start = at;

		while (is_first && start < end && outer->text[start] == '\t') {
			input->dropped[input->n_dropped++] = len;
			start++;
		}
		is_first = heredoc->is_quoted || !goes_on(outer, start, end);
		at = end < lines->end ? end + 1 : end;
		memcpy(text + len, outer->text + start, at - start);
		len += at - start;
	}
	input->len = len;
	return input;
}

static bool has_expansions(const struct shell_input *input)
{
	return memchr(input->text, '$', input->len) || memchr(input->text, '`', input->len) ||
	       memchr(input->text, '\\', input->len);
}

/* Expansions are read as part of the same call of the grammar, from another text. */
static bool expand(struct shell_reader *reader, struct shell_input *input,
		   struct shell_builder *builder)
{
	struct shell_frame frame = { .outer = reader->frame, .input = input };
	enum shell_piece end;
	bool ok;

	frame.last_heredoc = &frame.heredocs;
	reader->frame = &frame;
	reader->n_deferring++;
	ok = reader_enter(reader, input) &&
	     words_read(reader, builder, MODE_BODY, false, NULL, &end);
	reader->n_deferring--;
	input_close(input);
	reader->frame = frame.outer;
	return ok;
}

static bool read_text(struct shell_reader *reader, const struct shell_heredoc *heredoc,
		      const struct lines *lines)
{
	struct shell_input *input = take_text(reader, heredoc, lines);
	struct span span = input_span(input, 0, input->len);
	const unsigned n_openers = reader->n_openers;
	struct shell_builder builder = { 0 };
	struct shell_word *word;

	if (heredoc->is_quoted || !has_expansions(input)) {
		if (input->len || heredoc->is_quoted)
			builder_text(reader, &builder, input->text, input->len, span,
				     heredoc->is_quoted);
	} else if (!expand(reader, input, &builder)) {
		builder_free(&builder);
		builder = (struct shell_builder){ 0 };
		if (!reader_defer(reader, n_openers, &builder, span, false))
			return false;
	}
	word = builder_word(reader, &builder, span);
	heredoc->body->first = word->first;
	heredoc->body->span = span;
	return true;
}

/* A line that would be the delimiter but for blanks. */
static bool find_near_miss(const struct shell_input *input, const struct shell_heredoc *heredoc,
			   uint32_t at, struct span *span)
{
	while (at < input->len) {
		uint32_t end = line_end(input, at);
		uint32_t start = at, stop = end;

		while (start < stop && memchr(" \t", input->text[start], 2))
			start++;
		while (start < stop && memchr(" \t\r", input->text[stop - 1], 3))
			stop--;
		if (stop - start == heredoc->len && heredoc->len &&
		    memcmp(input->text + start, heredoc->delimiter, heredoc->len) == 0) {
			*span = input_span(input, at, end);
			return true;
		}
		at = end < input->len ? end + 1 : end;
	}
	return false;
}

static void warn_without_end(struct shell_reader *reader, const struct shell_heredoc *heredoc)
{
	const struct shell_input *input = reader->frame->input;
	struct span near_miss;
	struct diag *diag;

	diag = diag_add(reader->diags, "syntax-error", heredoc->span,
			"this here-document does not end: no line is '%s'", heredoc->delimiter);
	diag->level = LEVEL_WARNING;
	if (find_near_miss(input, heredoc, input->end, &near_miss))
		diag_related(reader->diags, diag, near_miss, "this line has blanks beside it");
	diag_hint(reader->diags, diag, "the shell takes all that follows as its text");
}

static bool read_one(struct shell_reader *reader, const struct shell_heredoc *heredoc)
{
	struct shell_input *input = reader->frame->input;
	struct lines lines = { .start = input->end };

	find_lines(reader, heredoc, &lines);
	if (!lines.is_found)
		warn_without_end(reader, heredoc);
	if (!read_text(reader, heredoc, &lines))
		return false;
	input_seek(input, lines.next);
	return true;
}

bool heredoc_read(struct shell_reader *reader)
{
	struct shell_frame *frame = reader->frame;
	struct shell_heredoc *heredoc = frame->heredocs;

	frame->heredocs = NULL;
	frame->last_heredoc = &frame->heredocs;
	for (; heredoc; heredoc = heredoc->next)
		if (!read_one(reader, heredoc))
			return false;
	return true;
}

static void warn_without_text(struct shell_reader *reader, const struct shell_heredoc *heredoc)
{
	struct diag *diag;

	diag = diag_add(reader->diags, "syntax-error", heredoc->span,
			"this here-document is empty: its text would begin on the next line, and "
			"the '$(' ends before");
	diag->level = LEVEL_WARNING;
	diag_hint(reader->diags, diag, "close the '$(' behind the text");
}

/* What waits when $( ) ends, before its first line has: bash reads the text behind the
 * next newline, dash does not read it. */
void heredoc_leave(struct shell_reader *reader)
{
	struct shell_frame *frame = reader->frame;
	struct shell_frame *outer = frame->outer;

	if (!frame->heredocs)
		return;
	if (!reader->is_bash) {
		for (struct shell_heredoc *heredoc = frame->heredocs; heredoc;
		     heredoc = heredoc->next)
			warn_without_text(reader, heredoc);
		return;
	}
	*outer->last_heredoc = frame->heredocs;
	outer->last_heredoc = frame->last_heredoc;
}
