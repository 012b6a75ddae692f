/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is open, and the one error that ends the reading of a script.
 */
#include <string.h>

#include "shell.h"
#include "shell/reader.h"

#define SHOWN 40 /* bytes of a word in a message */

bool reader_open(struct shell_reader *reader, struct span span, const char *name,
		 const char *missing)
{
	if (reader->n_openers == SHELL_MAX_DEPTH) {
		reader_stop(
			reader, span,
			arena_printf(reader->arena, "nested more than %d deep", SHELL_MAX_DEPTH),
			NULL);
		return false;
	}
	reader->openers[reader->n_openers++] = (struct shell_opener){ span, name, missing };
	return true;
}

void reader_await(struct shell_reader *reader, const char *missing)
{
	reader->openers[reader->n_openers - 1].missing = missing;
}

void reader_close(struct shell_reader *reader)
{
	reader->n_openers--;
}

static void relate(struct shell_reader *reader, struct diag *diag)
{
	const struct shell_opener *opener;

	if (reader->n_openers == 0)
		return;
	opener = &reader->openers[reader->n_openers - 1];
	if (opener->name)
		diag_related(reader->diags, diag, opener->span, "this '%s' has no '%s'",
			     opener->name, opener->missing);
	else
		diag_related(reader->diags, diag, opener->span, "%s", opener->missing);
}

/* A CR belongs to the word before it: "then\r" is no "then". */
static bool has_crlf(const struct source *source)
{
	const char *end = memchr(source->bytes, '\n', source->len);

	return end && end > source->bytes && end[-1] == '\r';
}

void reader_stop(struct shell_reader *reader, struct span span, const char *message,
		 const char *hint)
{
	struct diag *diag;

	if (reader->failed)
		return;
	reader->failed = true;
	diag = diag_add(reader->diags, "syntax-error", span, "%s", message);
	diag->level = LEVEL_ERROR;
	reader->error = diag;
	relate(reader, diag);
	if (has_crlf(reader->source))
		diag_hint(reader->diags, diag,
			  "the lines end in CR LF, and the CR belongs to the word before it; "
			  "save the file with LF alone");
	else if (hint)
		diag_hint(reader->diags, diag, "%s", hint);
}

static const char *end_hint(struct shell_reader *reader)
{
	const struct shell_opener *opener;

	if (reader->n_openers == 0)
		return NULL;
	opener = &reader->openers[reader->n_openers - 1];
	if (!opener->name)
		return "close it where it is meant to end";
	return arena_printf(reader->arena, "add '%s' where it is meant to end", opener->missing);
}

void reader_stop_at_end(struct shell_reader *reader)
{
	struct shell_input *input = reader->frame->input;
	const char *what = input->outer ? "the text ends too early" : "the script ends too early";

	reader_stop(reader, input_span(input, input->len, input->len), what, end_hint(reader));
}

static const char *text_of(struct shell_reader *reader, struct span span)
{
	uint32_t len = span.end - span.start;

	return arena_printf(reader->arena, "unexpected '%.*s%s'", (int)(len < SHOWN ? len : SHOWN),
			    reader->source->bytes + span.start, len < SHOWN ? "" : "...");
}

static const char *token_hint(const struct shell_reader *reader, int token)
{
	if (reader->is_bash)
		return NULL;
	if (token == LPAREN)
		return "if this is meant for bash: '#!/bin/bash', or --shell bash";
	if (token == RBRACE || token == AMPERSAND || token == HEREDOC || token == LESS)
		return "a '#!' line with sh asks for a shell that has no bash extensions";
	return NULL;
}

void reader_stop_at_token(struct shell_reader *reader, struct span span)
{
	int token = reader->frame->last;

	if (reader->failed)
		return;
	if (token == SHELL_GRAMMAR_EOF)
		reader_stop_at_end(reader);
	else if (token == NEWLINE)
		reader_stop(reader, span, "the line ends too early", end_hint(reader));
	else
		reader_stop(reader, span, text_of(reader, span), token_hint(reader, token));
}

bool reader_defer(struct shell_reader *reader, unsigned n_openers, struct shell_builder *builder,
		  struct span span, bool quoted)
{
	struct shell_parameter *bad;

	if (!reader->is_bash)
		return false;
	reader->failed = false;
	reader->error->level = LEVEL_WARNING;
	reader->n_openers = n_openers;
	bad = arena_new_object(reader->arena, struct shell_parameter);
	bad->operation = SHELL_BAD;
	bad->name = "";
	builder_part(reader, builder, SHELL_PARAMETER, span, quoted)->of.parameter = bad;
	return true;
}
