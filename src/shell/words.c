/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of words: pieces to parts, with quotes taken away.  Expands nothing.
 */
#include <string.h>

#include "shell/ansi.h"
#include "shell/reader.h"

/* ---- builder ---- */

static void flush(struct shell_reader *reader, struct shell_builder *builder)
{
	struct shell_part *part;

	if (!builder->has_text)
		return;
	builder->has_text = false;
	part = builder_part(reader, builder, SHELL_TEXT, builder->span, builder->quoted);
	part->of.text.len = builder->len;
	part->of.text.bytes = builder->bytes;
	if (builder->buf.data && builder->bytes == builder->buf.data)
		part->of.text.bytes =
			arena_strndup(reader->arena, builder->buf.data, builder->buf.len);
}

void builder_text(struct shell_reader *reader, struct shell_builder *builder, const char *bytes,
		  uint32_t len, struct span span, bool quoted)
{
	if (builder->has_text && builder->quoted == quoted) {
		struct buf *buf = &builder->buf;

		builder->span.end = span.end;
		if (builder->bytes != buf->data && builder->bytes + builder->len == bytes) {
			builder->len += len;
			return;
		}
		if (!buf->data || builder->bytes != buf->data) {
			buf_clear(buf);
			buf_add(buf, builder->bytes, builder->len);
		}
		buf_add(buf, bytes, len);
		builder->bytes = buf_string(buf);
		builder->len = (uint32_t)buf->len;
		return;
	}
	flush(reader, builder);
	builder->has_text = true;
	builder->quoted = quoted;
	builder->bytes = bytes;
	builder->len = len;
	builder->span = span;
}

struct shell_part *builder_part(struct shell_reader *reader, struct shell_builder *builder,
				enum shell_part_kind kind, struct span span, bool quoted)
{
	struct shell_part *part;

	flush(reader, builder);
	part = arena_new_object(reader->arena, struct shell_part);
	part->kind = (uint8_t)kind;
	part->span = span;
	part->quoted = quoted;
	if (builder->last)
		builder->last->next = part;
	else
		builder->first = part;
	builder->last = part;
	return part;
}

struct shell_word *builder_word(struct shell_reader *reader, struct shell_builder *builder,
				struct span span)
{
	struct shell_word *word = arena_new_object(reader->arena, struct shell_word);

	flush(reader, builder);
	word->first = builder->first;
	word->span = span;
	builder_free(builder);
	return word;
}

void builder_free(struct shell_builder *builder)
{
	buf_free(&builder->buf);
}

/* ---- pieces ---- */

struct reading {
	struct shell_reader *reader;
	struct shell_input *input;
	struct shell_builder *builder;
	const char *stops;
	unsigned depth;	   /* of ( ) in arithmetic and patterns */
	unsigned brackets; /* of [ ] in arithmetic */
	enum shell_mode mode;
	bool quoted;
	bool in_single; /* "${x-'...'}": a '}' within does not end it, in bash */
};

static void add_bytes(struct reading *r, uint32_t start, uint32_t end, bool quoted)
{
	builder_text(r->reader, r->builder, r->input->text + start, end - start,
		     input_span(r->input, start, end), quoted);
}

static void add_piece(struct reading *r)
{
	add_bytes(r, r->input->start, r->input->end, r->quoted);
}

/* Without its quotes, or its backslash, the text of the piece. */
static void add_quoted(struct reading *r, uint32_t start, uint32_t end)
{
	/* The text of a here-document is no pattern and is not split, whatever is in it. */
	bool quoted = r->mode != MODE_BODY;

	builder_text(r->reader, r->builder, r->input->text + start, end - start,
		     input_piece_span(r->input), quoted);
}

static bool add_open_quote(struct reading *r)
{
	uint32_t start = r->input->start;

	if (reader_open(r->reader, input_span(r->input, start, start + 1), NULL,
			"this quote is not closed"))
		reader_stop_at_end(r->reader);
	return false;
}

static void add_ansi(struct reading *r)
{
	struct shell_input *input = r->input;
	struct buf text = BUF_INIT;
	uint32_t len;

	ansi_decode(&text, input->text + input->start + 2, input->end - input->start - 3);
	len = (uint32_t)text.len;
	builder_text(r->reader, r->builder, arena_strndup(r->reader->arena, buf_string(&text), len),
		     len, input_piece_span(input), true);
	buf_free(&text);
}

static bool add_double(struct reading *r)
{
	const struct shell_builder before = *r->builder;
	uint32_t start = r->input->start;
	enum shell_piece end;

	if (!reader_open(r->reader, input_piece_span(r->input), NULL, "this quote is not closed"))
		return false;
	if (!words_read(r->reader, r->builder, MODE_DOUBLE, true, NULL, &end))
		return false;
	if (end == PIECE_EOF) {
		reader_stop_at_end(r->reader);
		return false;
	}
	if (r->builder->last == before.last && r->builder->has_text == before.has_text &&
	    r->builder->len == before.len)
		builder_text(r->reader, r->builder, "", 0,
			     input_span(r->input, start, r->input->end), true);
	reader_close(r->reader);
	return true;
}

static void add_name(struct reading *r)
{
	struct shell_input *input = r->input;
	struct shell_parameter *parameter =
		arena_new_object(r->reader->arena, struct shell_parameter);
	uint32_t start = input->start + 1;

	while (input->text[start] == '\\') /* and a newline */
		start += 2;
	parameter->name = arena_strndup(r->reader->arena, input->text + start, input->end - start);
	builder_part(r->reader, r->builder, SHELL_PARAMETER, input_piece_span(input), r->quoted)
		->of.parameter = parameter;
}

/* ?( up to its ')' is text, but for quotes and expansions. */
static bool add_pattern(struct reading *r)
{
	enum shell_piece end;

	add_piece(r);
	if (!reader_open(r->reader, input_piece_span(r->input), NULL, "this '(' is not closed") ||
	    !words_read(r->reader, r->builder, MODE_PARENTHESES, false, ")", &end))
		return false;
	if (end == PIECE_EOF) {
		reader_stop_at_end(r->reader);
		return false;
	}
	add_piece(r);
	reader_close(r->reader);
	return true;
}

/* 'x' in a subscript. */
static void add_single_in_subscript(struct reading *r)
{
	const char *text = r->input->text;
	const char *end = memchr(text + r->input->end, '\'', r->input->len - r->input->end);

	if (!end || !strchr(r->stops, ']')) {
		add_piece(r);
		return;
	}
	add_bytes(r, r->input->end, (uint32_t)(end - text), true);
	input_seek(r->input, (uint32_t)(end - text) + 1);
}

/* A byte that may end the reading; true: it does. */
static bool stops_at(struct reading *r)
{
	char c = r->input->text[r->input->start];

	if (r->mode == MODE_DOUBLE)
		return true;
	if (r->mode == MODE_OPERAND_DOUBLE && c == '\'')
		r->in_single = r->input->is_bash && !r->in_single;
	else if (!r->in_single && r->depth == 0 && r->brackets == 0 && strchr(r->stops, c))
		return true;
	if (c == '\'' && r->mode == MODE_ARITHMETIC) {
		add_single_in_subscript(r);
		return false;
	}
	if (r->mode == MODE_ARITHMETIC || r->mode == MODE_PARENTHESES) {
		r->depth += c == '(';
		r->depth -= c == ')' && r->depth > 0;
		/* "x ? y : z" in ${v:x:y} is one expression */
		r->depth += c == '?' && strchr(r->stops, ':') != NULL;
		r->depth -= c == ':' && r->depth > 0;
		if (strchr(r->stops, ']')) {
			r->brackets += c == '[';
			r->brackets -= c == ']' && r->brackets > 0;
		}
	}
	add_piece(r);
	return false;
}

static bool add_expansion(struct reading *r, enum shell_piece piece)
{
	switch (piece) {
	case PIECE_BRACE:
		return words_parameter(r->reader, r->builder, r->mode, r->quoted);
	case PIECE_SUM:
		return words_sum(r->reader, r->builder, r->quoted);
	case PIECE_BRACKET:
		return words_bracket(r->reader, r->builder, r->quoted);
	case PIECE_COMMAND:
		return words_command(r->reader, r->builder, SHELL_COMMAND, r->quoted);
	case PIECE_PROCESS:
		return words_command(r->reader, r->builder, SHELL_PROCESS, r->quoted);
	default:
		return words_backquote(r->reader, r->builder, r->quoted);
	}
}

static bool add(struct reading *r, enum shell_piece piece)
{
	struct shell_input *input = r->input;

	switch (piece) {
	case PIECE_TEXT:
		add_piece(r);
		return true;
	case PIECE_NOTHING:
		return true;
	case PIECE_ESCAPED:
		add_quoted(r, input->start + 1, input->end);
		return true;
	case PIECE_SINGLE:
		add_quoted(r, input->start + 1, input->end - 1);
		return true;
	case PIECE_ANSI:
		add_ansi(r);
		return true;
	case PIECE_OPEN:
		return add_open_quote(r);
	case PIECE_DOUBLE:
		return add_double(r);
	case PIECE_NAME:
		add_name(r);
		return true;
	case PIECE_PATTERN:
		return add_pattern(r);
	default:
		return add_expansion(r, piece);
	}
}

bool words_read(struct shell_reader *reader, struct shell_builder *builder, enum shell_mode mode,
		bool quoted, const char *stops, enum shell_piece *end)
{
	struct reading r = { .reader = reader,
			     .input = reader->frame->input,
			     .builder = builder,
			     .stops = stops,
			     .mode = mode,
			     .quoted = quoted };
	enum shell_piece piece;

	for (;;) {
		piece = input_next(r.input, mode, NULL);
		if (piece == PIECE_EOF || piece == PIECE_END ||
		    (piece == PIECE_STOP && stops_at(&r)))
			break;
		if (piece != PIECE_STOP && !add(&r, piece))
			return false;
	}
	*end = piece;
	return true;
}

struct shell_word *words_read_word(struct shell_reader *reader, enum shell_mode mode)
{
	struct shell_input *input = reader->frame->input;
	struct shell_builder builder = { 0 };
	uint32_t start = input->end;
	enum shell_piece end;

	if (!words_read(reader, &builder, mode, false, NULL, &end)) {
		builder_free(&builder);
		return NULL;
	}
	return builder_word(reader, &builder, input_span(input, start, input->end));
}

struct shell_word *words_read_until(struct shell_reader *reader, enum shell_mode mode, bool quoted,
				    const char *stops)
{
	struct shell_input *input = reader->frame->input;
	struct shell_builder builder = { 0 };
	uint32_t start = input->end;
	enum shell_piece end;
	bool ok = words_read(reader, &builder, mode, quoted, stops, &end);

	if (ok && end == PIECE_EOF) {
		reader_stop_at_end(reader);
		ok = false;
	}
	if (!ok) {
		builder_free(&builder);
		return NULL;
	}
	return builder_word(reader, &builder, input_span(input, start, input->start));
}

/* ---- questions ---- */

const struct shell_part *word_plain(const struct shell_word *word)
{
	const struct shell_part *part = word->first;

	return part && !part->next && part->kind == SHELL_TEXT && !part->quoted ? part : NULL;
}

bool word_is(const struct shell_word *word, const char *text)
{
	const struct shell_part *part = word_plain(word);

	return part && part->of.text.len == strlen(text) &&
	       memcmp(part->of.text.bytes, text, part->of.text.len) == 0;
}

uint32_t name_length(const char *bytes, uint32_t len)
{
	uint32_t n = 0;

	while (n < len && (bytes[n] == '_' || (bytes[n] >= 'A' && bytes[n] <= 'Z') ||
			   (bytes[n] >= 'a' && bytes[n] <= 'z') ||
			   (n > 0 && bytes[n] >= '0' && bytes[n] <= '9')))
		n++;
	return n;
}
