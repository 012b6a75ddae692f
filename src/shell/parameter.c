/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ${...}: the name, the operator and its operands.  What no shell understands is read
 * as SHELL_BAD, since it fails only when it is expanded.
 */
#include <string.h>

#include "shell/reader.h"

struct head {
	struct shell_reader *reader;
	struct shell_input *input;
	struct shell_parameter *parameter;
	uint32_t at; /* the next byte that was not looked at */
	bool in_double;
	bool quoted;
};

static char byte_at(const struct head *head, uint32_t at)
{
	return at < head->input->len ? head->input->text[at] : '\0';
}

static bool is_special(char c)
{
	return c && strchr("@*#?$!-", c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Of the name at AT; 0: there is none. */
static uint32_t parameter_name(const struct head *head, uint32_t at)
{
	uint32_t n = 0;

	while (is_digit(byte_at(head, at + n)))
		n++;
	if (n)
		return n;
	n = name_length(head->input->text + at, head->input->len - at);
	return n ? n : is_special(byte_at(head, at));
}

/* ---- operands ---- */

static struct shell_word *read_until(struct head *head, enum shell_mode mode, const char *stops)
{
	struct shell_word *word;
	bool is_string = mode == MODE_OPERAND_DOUBLE;

	input_seek(head->input, head->at);
	word = words_read_until(head->reader, mode, is_string && head->quoted, stops);
	head->at = head->input->end;
	return word;
}

static char stopped_at(const struct head *head)
{
	return head->input->text[head->input->start];
}

/* A value: in "..." its quotes are text. */
static bool read_value(struct head *head)
{
	head->parameter->argument =
		read_until(head, head->in_double ? MODE_OPERAND_DOUBLE : MODE_OPERAND, "}");
	return head->parameter->argument != NULL;
}

static bool read_pattern(struct head *head)
{
	head->parameter->argument = read_until(head, MODE_OPERAND, "}");
	return head->parameter->argument != NULL;
}

static bool read_replacement(struct head *head)
{
	struct shell_parameter *parameter = head->parameter;

	parameter->argument = read_until(head, MODE_OPERAND, "/}");
	if (!parameter->argument)
		return false;
	if (stopped_at(head) == '}')
		return true;
	parameter->second = read_until(head, MODE_OPERAND, "}");
	return parameter->second != NULL;
}

static bool read_substring(struct head *head)
{
	struct shell_parameter *parameter = head->parameter;

	parameter->operation = SHELL_SUBSTRING;
	parameter->argument = read_until(head, MODE_ARITHMETIC, ":}");
	if (!parameter->argument)
		return false;
	if (stopped_at(head) == '}')
		return true;
	parameter->second = read_until(head, MODE_ARITHMETIC, "}");
	return parameter->second != NULL;
}

static bool read_bad(struct head *head)
{
	head->parameter->operation = SHELL_BAD;
	return read_value(head);
}

/* ---- operators ---- */

struct operator
{
	const char *text;
	uint8_t operation;
	bool is_bash;
	bool (*read)(struct head * head);
};

/* The longer ones first. */
static const struct operator operators[] = {
	{ "-", SHELL_DEFAULT, false, read_value },
	{ "=", SHELL_ASSIGN, false, read_value },
	{ "?", SHELL_ERROR, false, read_value },
	{ "+", SHELL_ALTERNATIVE, false, read_value },
	{ "##", SHELL_CUT_LONG_PREFIX, false, read_pattern },
	{ "#", SHELL_CUT_PREFIX, false, read_pattern },
	{ "%%", SHELL_CUT_LONG_SUFFIX, false, read_pattern },
	{ "%", SHELL_CUT_SUFFIX, false, read_pattern },
	{ "//", SHELL_REPLACE_ALL, true, read_replacement },
	{ "/#", SHELL_REPLACE_PREFIX, true, read_replacement },
	{ "/%", SHELL_REPLACE_SUFFIX, true, read_replacement },
	{ "/", SHELL_REPLACE, true, read_replacement },
	{ "^^", SHELL_UPPER, true, read_pattern },
	{ "^", SHELL_UPPER_FIRST, true, read_pattern },
	{ ",,", SHELL_LOWER, true, read_pattern },
	{ ",", SHELL_LOWER_FIRST, true, read_pattern },
};

static bool read_operator(struct head *head)
{
	const char *text = head->input->text + head->at;
	bool is_bash = head->reader->is_bash;

	if (*text == ':' && text[1] && strchr("-=?+", text[1])) {
		head->parameter->colon = true;
		head->at++;
		text++;
	} else if (*text == ':' && is_bash) {
		head->at++;
		return read_substring(head);
	}
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		const struct operator* operator= & operators[i];

		if (strncmp(text, operator->text, strlen(operator->text)) != 0 ||
		    (operator->is_bash && !is_bash))
			continue;
		head->parameter->operation = operator->operation;
		head->at += (uint32_t)strlen(operator->text);
		return operator->read(head);
	}
	return read_bad(head);
}

/* ---- names ---- */

static bool read_subscript(struct head *head)
{
	if (byte_at(head, head->at) != '[' || !head->reader->is_bash)
		return true;
	head->at++;
	head->parameter->subscript = read_until(head, MODE_ARITHMETIC, "]");
	return head->parameter->subscript != NULL;
}

/* "#" is the length of what follows, or $# itself. */
static bool is_length(const struct head *head)
{
	uint32_t n;
	char next;

	if (byte_at(head, head->at) != '#')
		return false;
	n = parameter_name(head, head->at + 1);
	next = byte_at(head, head->at + 1 + n);
	return n && (next == '}' || (next == '[' && head->reader->is_bash));
}

/* "!" asks for the parameter that is named by what follows, or is $! itself. */
static bool is_indirect(const struct head *head)
{
	char next = byte_at(head, head->at + 1);

	if (byte_at(head, head->at) != '!' || !head->reader->is_bash)
		return false;
	if (next && strchr("#@*", next))
		return byte_at(head, head->at + 2) == '}';
	return is_digit(next) || name_length(&next, 1);
}

/* ${!x*} and ${!x[@]} */
static bool is_list_of_names(struct head *head)
{
	struct shell_parameter *parameter = head->parameter;
	char c = byte_at(head, head->at);

	if (!parameter->indirect)
		return false;
	if (parameter->subscript && c == '}' &&
	    (word_is(parameter->subscript, "@") || word_is(parameter->subscript, "*"))) {
		parameter->operation = SHELL_KEYS;
	} else if ((c == '*' || c == '@') && byte_at(head, head->at + 1) == '}') {
		parameter->operation = SHELL_NAMES;
		head->at++;
	} else {
		return false;
	}
	parameter->indirect = false;
	return true;
}

static bool read_rest(struct head *head)
{
	struct shell_parameter *parameter = head->parameter;
	bool has_length = is_length(head);
	uint32_t n;

	parameter->indirect = !has_length && is_indirect(head);
	head->at += has_length || parameter->indirect;
	n = parameter_name(head, head->at);
	parameter->name = arena_strndup(head->reader->arena, head->input->text + head->at, n);
	head->at += n;
	if (!n)
		return read_bad(head);
	if (!read_subscript(head))
		return false;
	if (has_length)
		parameter->operation = SHELL_LENGTH;
	if (is_list_of_names(head) || byte_at(head, head->at) == '}') {
		input_seek(head->input, head->at + 1);
		return true;
	}
	return has_length ? read_bad(head) : read_operator(head);
}

bool words_parameter(struct shell_reader *reader, struct shell_builder *builder,
		     enum shell_mode mode, bool quoted)
{
	struct shell_input *input = reader->frame->input;
	uint32_t start = input->start;
	struct head head = {
		.reader = reader,
		.input = input,
		.parameter = arena_new_object(reader->arena, struct shell_parameter),
		.at = input->end,
		.in_double = quoted || mode == MODE_BODY || mode == MODE_OPERAND_DOUBLE,
		.quoted = quoted,
	};

	if (!reader_open(reader, input_span(input, start, input->end), NULL,
			 "this '${' is not closed") ||
	    !read_rest(&head))
		return false;
	reader_close(reader);
	builder_part(reader, builder, SHELL_PARAMETER, input_span(input, start, input->end), quoted)
		->of.parameter = head.parameter;
	return true;
}
