/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds commands or arithmetic: $(...), `...`, <(...), $((...)), $[...], ((...)), and
 * the elements of an array.
 */
#include <string.h>

#include "shell/lexer.h"
#include "shell/reader.h"

/* ---- arithmetic ---- */

/* The ' that ends the one at AT; AT if there is none. */
static size_t skip_quoted(const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at + 1, '\'', len - at - 1);

	return end ? (size_t)(end - text) : at;
}

/* Where the parenthesis is closed that is open at AT; LEN if it is not.  OPEN is a stack of
 * what is open: ( { " or `. */
static size_t find_close(const char *text, size_t len, size_t at, struct buf *open)
{
	buf_add_char(open, '(');
	for (; at < len; at++) {
		char top = open->data[open->len - 1];
		char c = text[at];

		if (c == '\\') {
			at++;
		} else if (c == top && (c == '"' || c == '`')) {
			open->len--;
		} else if (top == '`') {
			continue;
		} else if (c == '`' || (c == '"' && top != '"')) {
			buf_add_char(open, c);
		} else if (c == '$' && at + 1 < len &&
			   (text[at + 1] == '(' || text[at + 1] == '{')) {
			buf_add_char(open, text[++at]);
		} else if (top == '"') {
			continue;
		} else if (c == '\'') {
			at = skip_quoted(text, len, at);
		} else if (c == '(') {
			buf_add_char(open, c);
		} else if ((c == ')' && top == '(') || (c == '}' && top == '{')) {
			if (--open->len == 0)
				return at;
		}
	}
	return len;
}

bool words_is_sum(const struct shell_input *input, uint32_t offset)
{
	struct buf open = BUF_INIT;
	size_t at = find_close(input->text, input->len, offset, &open);

	buf_free(&open);
	/* What is not closed is an error, which the reading finds. */
	return at >= input->len || input->text[at + 1] == ')';
}

/* The second ')' of "))". */
static bool end_sum(struct shell_reader *reader)
{
	struct shell_input *input = reader->frame->input;

	if (input->text[input->end] != ')') {
		if (input->end == input->len)
			reader_stop_at_end(reader);
		else
			reader_stop(reader, input_piece_span(input),
				    "arithmetic ends with '))', and this is a single ')'",
				    "write '$( (' with a blank for a command in a subshell");
		return false;
	}
	input_next(input, MODE_ARITHMETIC, NULL);
	return true;
}

/* Behind "$((" or "((". */
static struct shell_word *read_sum(struct shell_reader *reader, struct span opener)
{
	struct shell_word *word;

	if (!reader_open(reader, opener, NULL, "this '((' is not closed"))
		return NULL;
	word = words_read_until(reader, MODE_ARITHMETIC, false, ")");
	if (!word || !end_sum(reader))
		return NULL;
	reader_close(reader);
	return word;
}

static void add_arithmetic(struct shell_reader *reader, struct shell_builder *builder,
			   struct shell_word *word, uint32_t start, bool quoted)
{
	struct shell_input *input = reader->frame->input;

	builder_part(reader, builder, SHELL_ARITHMETIC, input_span(input, start, input->end),
		     quoted)
		->of.arithmetic = word;
}

bool words_sum(struct shell_reader *reader, struct shell_builder *builder, bool quoted)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start;
	struct shell_word *word = read_sum(reader, input_piece_span(input));

	if (!word)
		return false;
	add_arithmetic(reader, builder, word, start, quoted);
	return true;
}

struct shell_word *words_calculation(struct shell_reader *reader, struct span opener)
{
	return read_sum(reader, opener);
}

bool words_bracket(struct shell_reader *reader, struct shell_builder *builder, bool quoted)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start;
	struct shell_word *word;

	if (!reader_open(reader, input_piece_span(input), NULL, "this '$[' is not closed"))
		return false;
	word = words_read_until(reader, MODE_ARITHMETIC, false, "]");
	if (!word)
		return false;
	reader_close(reader);
	add_arithmetic(reader, builder, word, start, quoted);
	return true;
}

/* ---- commands ---- */

bool words_command(struct shell_reader *reader, struct shell_builder *builder,
		   enum shell_part_kind kind, bool quoted)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start;
	struct shell_command *body;
	struct shell_part *part;

	if (!reader_open(reader, input_piece_span(input), NULL,
			 kind == SHELL_COMMAND ? "this '$(' is not closed"
					       : "this '(' is not closed") ||
	    !reader_run(reader, input, true, &body))
		return false;
	reader_close(reader);
	part = builder_part(reader, builder, kind, input_span(input, start, input->end), quoted);
	part->of.command = body;
	part->output = input->text[start] == '>';
	return true;
}

/* The offset of the '`' that ends what begins at AT; LEN if there is none. */
static uint32_t find_backquote(const struct shell_input *input, uint32_t at, uint32_t *n_escapes)
{
	*n_escapes = 0;
	while (at < input->len && input->text[at] != '`') {
		if (input->text[at] == '\\' && at + 1 < input->len) {
			at++;
			++*n_escapes;
		}
		at++;
	}
	return at;
}

/* What a backslash protects within `...` loses it. */
static struct shell_input *take_backquoted(struct shell_reader *reader, uint32_t start,
					   uint32_t end, uint32_t n_escapes, bool quoted)
{
	struct shell_input *outer = reader->frame->input;
	char *text = arena_alloc(reader->arena, end - start + 1);
	uint32_t *dropped = arena_alloc(reader->arena, n_escapes * sizeof(*dropped));
	uint32_t n_dropped = 0, len = 0;
	struct shell_input *input;

	for (uint32_t at = start; at < end; at++) {
		char c = outer->text[at];

		if (c == '\\' && at + 1 < end) {
			char next = outer->text[++at];

			if (strchr("$`\\", next) || (quoted && next == '"'))
				dropped[n_dropped++] = len;
			else
				text[len++] = c;
			c = next;
		}
		text[len++] = c;
	}
	input = input_new(reader->arena, outer, start, text, len);
	input->dropped = dropped;
	input->n_dropped = n_dropped;
	return input;
}

/* INNER is the text between the two '`', SPAN that of both. */
static bool read_backquoted(struct shell_reader *reader, struct shell_builder *builder,
			    struct shell_input *inner, struct span span, bool quoted)
{
	const unsigned n_openers = reader->n_openers;
	struct shell_command *body;
	bool ok;

	reader->n_deferring++;
	ok = reader_enter(reader, inner) && reader_run(reader, inner, false, &body);
	reader->n_deferring--;
	input_close(inner);
	if (!ok)
		return reader_defer(reader, n_openers, builder, span, quoted);
	builder_part(reader, builder, SHELL_COMMAND, span, quoted)->of.command = body;
	return true;
}

bool words_backquote(struct shell_reader *reader, struct shell_builder *builder, bool quoted)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start, from = input->end, n_escapes;
	uint32_t end = find_backquote(input, from, &n_escapes);
	struct shell_input *inner;

	if (!reader_open(reader, input_piece_span(input), NULL, "this '`' is not closed"))
		return false;
	if (end == input->len) {
		reader_stop_at_end(reader);
		return false;
	}
	inner = take_backquoted(reader, from, end, n_escapes, quoted);
	if (!read_backquoted(reader, builder, inner, input_span(input, start, end + 1), quoted))
		return false;
	reader_close(reader);
	input_seek(input, end + 1);
	return true;
}

/* ---- arrays ---- */

/* The next element; NULL and *DONE behind the last one. */
static struct shell_word *read_element(struct shell_reader *reader, bool *done)
{
	struct shell_input *input = reader->frame->input;
	int token;

	for (;;) {
		switch (input_next(input, MODE_TOKEN, &token)) {
		case PIECE_COMMENT:
			lexer_add_comment(reader);
			continue;
		case PIECE_TOKEN:
			if (token == NEWLINE)
				continue;
			if (token == RPAREN)
				*done = true;
			else
				reader_stop(reader, input_piece_span(input),
					    "the elements of an array are words", NULL);
			return NULL;
		case PIECE_EOF:
			reader_stop_at_end(reader);
			return NULL;
		default:
			input_seek(input, input->start);
			return words_read_word(reader, MODE_WORD);
		}
	}
}

bool words_array(struct shell_reader *reader, struct shell_builder *builder)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->end;
	struct shell_words words = { 0 };
	struct shell_word *word;
	bool done = false;

	if (!reader_open(reader, input_span(input, start, start + 1), NULL,
			 "this '(' is not closed"))
		return false;
	input_seek(input, start + 1);
	while ((word = read_element(reader, &done)))
		words_add(&words, word);
	if (!done)
		return false;
	reader_close(reader);
	builder_part(reader, builder, SHELL_ARRAY, input_span(input, start, input->end), false)
		->of.array = words.first;
	return true;
}
