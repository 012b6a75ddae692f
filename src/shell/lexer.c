/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens for the grammar: operators, words, and words that are reserved.
 *
 * A reserved word is a token of its own wherever it stands; that "echo if" is no "if" is
 * the grammar's business.  What [[ ]] makes of words is decided here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "shell/lexer.h"
#include "shell/reader.h"
#include "shell/simple.h"

#define MAX_DIGITS 9 /* of a file descriptor */

struct reserved {
	const char *text;
	int token;
	bool is_bash;
};

static const struct reserved reserved_words[] = {
	{ "if", IF, false },
	{ "then", THEN, false },
	{ "elif", ELIF, false },
	{ "else", ELSE, false },
	{ "fi", FI, false },
	{ "for", FOR, false },
	{ "in", IN, false },
	{ "do", DO, false },
	{ "done", DONE, false },
	{ "while", WHILE, false },
	{ "until", UNTIL, false },
	{ "case", CASE, false },
	{ "esac", ESAC, false },
	{ "{", LBRACE, false },
	{ "}", RBRACE, false },
	{ "!", BANG, false },
	{ "function", FUNCTION, true },
	{ "select", SELECT, true },
	{ "[[", LTEST, true },
	{ "time", TIME, true },
};

static const char *const binary_operators[] = {
	"=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
};

static const char unary_operators[] = "abcdefghknoprstuvwxzGLNORS";

/* ---- comments ---- */

/* Is nothing but blanks before it in its line? */
static bool is_alone(const struct shell_input *input, uint32_t at)
{
	while (at > 0 && (input->text[at - 1] == ' ' || input->text[at - 1] == '\t'))
		at--;
	return at == 0 || input->text[at - 1] == '\n';
}

void lexer_add_comment(struct shell_reader *reader)
{
	const struct shell_input *input = reader->frame->input;
	struct shell_comment *comment;
	struct span span = input_piece_span(input);

	if (input->outer || span.start < reader->comment_end || !is_alone(input, input->start))
		return;
	if (span.end > span.start && reader->source->bytes[span.end - 1] == '\r')
		span.end--;
	if (reader->n_comments == reader->max_comments) {
		reader->max_comments = reader->max_comments ? 2 * reader->max_comments : 64;
		reader->comments = alloc_resize(reader->comments,
						reader->max_comments * sizeof(*reader->comments));
	}
	comment = &reader->comments[reader->n_comments++];
	comment->span = span;
	comment->line = source_line(reader->source, span.start);
	reader->comment_end = span.end;
}

/* ---- words ---- */

/* Where "a[i]=x" is an assignment, so that blanks may stand in its brackets. */
static bool begins_command(int last)
{
	switch (last) {
	case START_SCRIPT:
	case START_NESTED:
	case NEWLINE:
	case SEMICOLON:
	case AMPERSAND:
	case AND_IF:
	case OR_IF:
	case BAR:
	case BAR_AMPERSAND:
	case LPAREN:
	case RPAREN:
	case IF:
	case THEN:
	case ELIF:
	case ELSE:
	case DO:
	case WHILE:
	case UNTIL:
	case LBRACE:
	case BANG:
	case TIME:
	case ASSIGNMENT:
		return true;
	default:
		return false;
	}
}

/* "a[" with what is in the brackets. */
static bool read_subscript(struct shell_reader *reader, struct shell_builder *builder)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->end;
	uint32_t n = name_length(input->text + start, input->len - start);
	enum shell_piece end;

	if (!n || input->text[start + n] != '[' || !reader->is_bash ||
	    !begins_command(reader->frame->last))
		return true;
	n++;
	builder_text(reader, builder, input->text + start, n, input_span(input, start, start + n),
		     false);
	if (!reader_open(reader, input_span(input, start + n - 1, start + n), NULL,
			 "this '[' is not closed"))
		return false;
	input_seek(input, start + n);
	if (!words_read(reader, builder, MODE_ARITHMETIC, false, "]", &end))
		return false;
	if (end == PIECE_EOF) {
		reader_stop_at_end(reader);
		return false;
	}
	builder_text(reader, builder, input->text + input->start, 1, input_piece_span(input),
		     false);
	reader_close(reader);
	return true;
}

/* "a=" or "a+=", and a '(' behind it. */
static bool begins_array(const struct shell_reader *reader, const struct shell_builder *builder)
{
	const struct shell_input *input = reader->frame->input;
	uint32_t n;

	if (!reader->is_bash || input->text[input->end] != '(' || builder->first ||
	    !builder->has_text || builder->quoted)
		return false;
	n = name_length(builder->bytes, builder->len);
	if (n && n < builder->len && builder->bytes[n] == '+')
		n++;
	return n && n + 1 == builder->len && builder->bytes[n] == '=';
}

static bool read_parts(struct shell_reader *reader, struct shell_builder *builder)
{
	enum shell_piece end;

	return read_subscript(reader, builder) &&
	       words_read(reader, builder, MODE_WORD, false, NULL, &end) &&
	       (!begins_array(reader, builder) || words_array(reader, builder));
}

static struct shell_word *read_word(struct shell_reader *reader)
{
	struct shell_input *input = reader->frame->input;
	struct shell_builder builder = { 0 };
	uint32_t start = input->end;

	if (!read_parts(reader, &builder)) {
		builder_free(&builder);
		return NULL;
	}
	return builder_word(reader, &builder, input_span(input, start, input->end));
}

static int token_of(const struct shell_reader *reader, const struct shell_word *word)
{
	const struct shell_part *part = word_plain(word);

	for (size_t i = 0;
	     part && part->of.text.len <= 8 && i < sizeof(reserved_words) / sizeof(*reserved_words);
	     i++) {
		const struct reserved *reserved = &reserved_words[i];

		if (*reserved->text == *part->of.text.bytes && word_is(word, reserved->text) &&
		    (!reserved->is_bash || reader->is_bash))
			return reserved->token;
	}
	return assignment_find(word, reader->is_bash, NULL) ? ASSIGNMENT : WORD;
}

/* ---- [[ ]] ---- */

static const char *find_binary(const struct shell_word *word)
{
	for (size_t i = 0; i < sizeof(binary_operators) / sizeof(*binary_operators); i++)
		if (word_is(word, binary_operators[i]))
			return binary_operators[i];
	return NULL;
}

static bool is_unary(const struct shell_word *word)
{
	const struct shell_part *part = word_plain(word);

	return part && part->of.text.len == 2 && part->of.text.bytes[0] == '-' &&
	       part->of.text.bytes[1] && strchr(unary_operators, part->of.text.bytes[1]);
}

static int classify_term(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_word *word = value->word;

	if (word_is(word, "!"))
		return BANG;
	if (!is_unary(word)) {
		reader->frame->test = TEST_MIDDLE;
		return WORD;
	}
	reader->frame->test = TEST_OPERAND;
	value->text = arena_strndup(reader->arena, word->first->of.text.bytes, 2);
	return UNARY;
}

static int classify_operator(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	const char *operator= find_binary(value->word);

	if (!operator)
		return WORD;
	value->text = operator;
	if (strcmp(operator, "=~") == 0)
		reader->frame->test = TEST_REGEX;
	else
		reader->frame->test = strchr(operator, '=') ? TEST_PATTERN : TEST_OPERAND;
	return BINARY;
}

static int classify_in_test(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_frame *frame = reader->frame;

	if (word_is(value->word, "]]")) {
		frame->test = TEST_NONE;
		return RTEST;
	}
	switch (frame->test) {
	case TEST_TERM:
		return classify_term(reader, value);
	case TEST_MIDDLE:
		return classify_operator(reader, value);
	default:
		frame->test = TEST_DONE;
		return WORD;
	}
}

static int read_in_test(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_input *input = reader->frame->input;
	enum shell_test_state state = reader->frame->test;
	bool is_extglob = input->is_extglob;

	/* "Any pattern", bash(1) says, is one with ?(a|b) here. */
	input->is_extglob |= state == TEST_PATTERN;
	value->word = words_read_word(reader, state == TEST_REGEX ? MODE_REGEX : MODE_WORD);
	input->is_extglob = is_extglob;
	return value->word ? classify_in_test(reader, value) : SHELL_GRAMMAR_error;
}

static int operator_in_test(struct shell_reader *reader, int token, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_frame *frame = reader->frame;

	switch (token) {
	case LPAREN:
		if (frame->test == TEST_REGEX) {
			input_seek(frame->input, frame->input->start);
			return read_in_test(reader, value);
		}
		return token;
	case AND_IF:
	case OR_IF:
		frame->test = TEST_TERM;
		return token;
	case RPAREN:
		frame->test = TEST_DONE;
		return token;
	case LESS:
	case GREATER:
		if (frame->test != TEST_MIDDLE)
			return STRANGE;
		frame->test = TEST_OPERAND;
		value->text = token == LESS ? "<" : ">";
		return BINARY;
	default:
		return token;
	}
}

/* ---- tokens ---- */

static int read_heredoc_delimiter(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_word *word = words_read_word(reader, MODE_DELIMITER);

	if (!word)
		return SHELL_GRAMMAR_error;
	value->word = heredoc_add(reader, word, reader->frame->last == HEREDOC_TABS);
	return WORD;
}

static int word_token(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	int last = reader->frame->last;

	if (reader->frame->test != TEST_NONE)
		return read_in_test(reader, value);
	if (last == HEREDOC || last == HEREDOC_TABS)
		return read_heredoc_delimiter(reader, value);
	value->word = read_word(reader);
	if (!value->word)
		return SHELL_GRAMMAR_error;
	if (last == TIME && word_is(value->word, "-p"))
		return TIME_OPTION;
	return token_of(reader, value->word);
}

/* "((" of arithmetic */
static int left_parenthesis(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start;

	if (!reader->is_bash || input->text[input->end] != '(' ||
	    !words_is_sum(input, input->end + 1))
		return LPAREN;
	input_seek(input, input->end + 1);
	value->word = words_calculation(reader, input_span(input, start, start + 2));
	return value->word ? SUM : SHELL_GRAMMAR_error;
}

static int operator_token(struct shell_reader *reader, int token, SHELL_GRAMMAR_STYPE *value)
{
	if (token == NEWLINE && !heredoc_read(reader))
		return SHELL_GRAMMAR_error;
	if (reader->frame->test != TEST_NONE)
		return operator_in_test(reader, token, value);
	return token == LPAREN ? left_parenthesis(reader, value) : token;
}

/* Newlines mean nothing where [[ ]] goes on. */
static bool is_skipped(const struct shell_reader *reader, int token)
{
	enum shell_test_state test = reader->frame->test;

	return token == NEWLINE && (test == TEST_TERM || test == TEST_DONE);
}

static int number_token(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value)
{
	struct shell_input *input = reader->frame->input;

	if (input->end - input->start > MAX_DIGITS) {
		input_seek(input, input->start);
		return word_token(reader, value);
	}
	value->number = atoi(input->text + input->start);
	return NUMBER;
}

static int read_token(struct shell_reader *reader, SHELL_GRAMMAR_STYPE *value, uint32_t *start)
{
	struct shell_input *input = reader->frame->input;

	for (;;) {
		enum shell_mode mode = reader->frame->test == TEST_NONE ? MODE_TOKEN : MODE_TEST;
		int token = 0;

		enum shell_piece piece = input_next(input, mode, &token);

		*start = input->start;
		switch (piece) {
		case PIECE_EOF:
			if (reader->frame->last == END)
				return SHELL_GRAMMAR_EOF;
			return heredoc_read(reader) ? END : SHELL_GRAMMAR_error;
		case PIECE_COMMENT:
			lexer_add_comment(reader);
			continue;
		case PIECE_DIGITS:
			return number_token(reader, value);
		case PIECE_VARIABLE:
			value->text = arena_strndup(reader->arena, input->text + input->start + 1,
						    input->end - input->start - 2);
			return VARIABLE;
		case PIECE_TOKEN:
			token = operator_token(reader, token, value);
			if (is_skipped(reader, token))
				continue;
			return token;
		default:
			return word_token(reader, value);
		}
	}
}

int shell_grammar_lex(SHELL_GRAMMAR_STYPE *value, SHELL_GRAMMAR_LTYPE *location,
		      struct shell_reader *reader)
{
	struct shell_frame *frame = reader->frame;
	struct shell_input *input = frame->input;
	uint32_t start, end;
	int token = frame->first_token;

	if (token) {
		frame->first_token = 0;
		*location = input_span(input, input->end, input->end);
	} else {
		token = read_token(reader, value, &start);
		/* Behind a newline the texts of here-documents were read, too. */
		end = token == NEWLINE ? start + 1 : input->end;
		*location = input_span(input, start, end);
	}
	frame->last = token;
	frame->last_span = *location;
	return token;
}
