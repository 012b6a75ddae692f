/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where bash and dash refuse different things that the grammar takes.
 */
#include "shell/check.h"

/* dash wants a name; bash says so when the command is run. */
static bool check_name(struct shell_reader *reader, const struct shell_word *word,
		       const char *message)
{
	const struct shell_part *part = word_plain(word);

	if (reader->is_bash ||
	    (part && name_length(part->of.text.bytes, part->of.text.len) == part->of.text.len))
		return true;
	reader_stop(reader, word->span, message, "letters, digits and '_', and no digit first");
	return false;
}

bool check_variable(struct shell_reader *reader, const struct shell_word *name)
{
	return check_name(reader, name, "this is no name of a variable");
}

bool check_function(struct shell_reader *reader, const struct shell_word *name)
{
	return check_name(reader, name, "this is no name of a function");
}

bool check_function_body(struct shell_reader *reader, const struct shell_command *body)
{
	if (!reader->is_bash || (body->kind != SHELL_SIMPLE && body->kind != SHELL_FUNCTION))
		return true;
	reader_stop(reader, body->span, "the body of a function is a command such as { ...; }",
		    NULL);
	return false;
}

bool check_bang(struct shell_reader *reader, struct span span)
{
	if (!reader->is_bash)
		reader_stop(reader, span, "unexpected '!'", NULL);
	return reader->is_bash;
}

bool check_negation(struct shell_reader *reader)
{
	if (!reader->is_bash)
		reader_stop_at_token(reader, reader->frame->last_span);
	return reader->is_bash;
}

bool check_semicolon(struct shell_reader *reader, struct span linebreak, struct span semicolon)
{
	if (!reader->is_bash || linebreak.start == linebreak.end)
		return true;
	reader_stop(reader, semicolon, "unexpected ';'", "it belongs to the line before");
	return false;
}

bool check_loop_body(struct shell_reader *reader, struct span span)
{
	if (!reader->is_bash)
		reader_stop(reader, span, "unexpected '{'", "a loop has 'do' and 'done'");
	return reader->is_bash;
}
