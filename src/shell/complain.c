/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is open, and the one error that ends the reading of a script.
 */
#include <string.h>

#include "shell.h"
#include "shell/reader.h"

#define SHOWN	     40	  /* bytes of a word in a message */
#define MAX_DEFERRED 1000 /* warnings; what is expanded later is bad all the same */

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

void reader_stop(struct shell_reader *reader, struct span span, const char *message,
		 const char *hint)
{
	struct diag *diag;

	if (reader->failed)
		return;
	reader->failed = true;
	reader->error = NULL;
	if (reader->is_bash && reader->n_deferring && reader->n_deferred >= MAX_DEFERRED)
		return;
	diag = diag_add(reader->diags, "syntax-error", span, "%s", message);
	diag->level = LEVEL_ERROR;
	reader->error = diag;
	relate(reader, diag);
	/* A CR belongs to the word before it: "then\r" is no "then". */
	if (reader->is_crlf)
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
	return arena_printf(reader->arena, "add '%s' where it is meant to end", opener->missing);
}

void reader_stop_at_end(struct shell_reader *reader)
{
	struct shell_input *input = reader->frame->input;
	const char *what = input->outer ? "the text ends too early" : "the script ends too early";
	const struct shell_opener *opener =
		reader->n_openers ? &reader->openers[reader->n_openers - 1] : NULL;
	uint32_t at = input->len;

	/* A quote takes all that follows: only its beginning is a place to look at. */
	if (opener && !opener->name) {
		reader->n_openers--;
		reader_stop(reader, opener->span, opener->missing,
			    "close it where it is meant to end");
		reader->n_openers++;
		return;
	}
	/* Behind the last thing that is there. */
	while (at > 0 && input->text[at - 1] && strchr(" \t\r\n", input->text[at - 1]))
		at--;
	reader_stop(reader, input_span(input, at, at), what, end_hint(reader));
}

static const char *text_of(struct shell_reader *reader, struct span span)
{
	uint32_t len = span.end - span.start;

	return arena_printf(reader->arena, "unexpected '%.*s%s'", (int)(len < SHOWN ? len : SHOWN),
			    reader->source->bytes + span.start, len < SHOWN ? "" : "...");
}

/* ---- hints ---- */

/* Ends something, or goes on with it. */
static bool is_closing(int token)
{
	switch (token) {
	case THEN:
	case ELIF:
	case ELSE:
	case FI:
	case DO:
	case DONE:
	case ESAC:
	case RBRACE:
	case RPAREN:
		return true;
	default:
		return false;
	}
}

/* What a script for sh may have of bash. */
static const char *dialect_hint(const struct shell_reader *reader, int token)
{
	if (reader->is_bash)
		return NULL;
	if (token == LPAREN)
		return "arrays, '((', '<(' and patterns with '(' need bash: '#!/bin/bash', or "
		       "--shell bash";
	if (token == LESS || token == GREATER)
		return "'<<<' needs bash: '#!/bin/bash', or --shell bash";
	if (token == AMPERSAND)
		return "'|&' and ';&' need bash: '#!/bin/bash', or --shell bash";
	if (token == RBRACE && reader->n_openers == 0)
		return "'function' and '{ }' in a loop need bash: '#!/bin/bash', or --shell bash";
	return NULL;
}

static bool is_text(const struct shell_reader *reader, struct span span, const char *text)
{
	return span.end - span.start == strlen(text) &&
	       memcmp(reader->source->bytes + span.start, text, strlen(text)) == 0;
}

static const char *opener_hint(struct shell_reader *reader, const struct shell_opener *opener,
			       struct span span, int token)
{
	bool begins_body =
		strcmp(opener->missing, "then") == 0 || strcmp(opener->missing, "do") == 0;

	if (strcmp(opener->name, "[[") == 0)
		return "an operator such as '==', '=~', '-eq', '&&', or ']]'";
	if (!is_closing(token))
		return NULL;
	if (is_text(reader, span, opener->missing))
		return "a command has to stand before it; ':' is one that does nothing";
	if (strcmp(opener->name, "case") == 0 && token == RPAREN)
		return "';;' has to end the commands of the pattern before";
	if (begins_body)
		return arena_printf(reader->arena,
				    "'%s' stands behind ';' or at the start of a line",
				    opener->missing);
	return arena_printf(reader->arena, "add '%s' before it", opener->missing);
}

static const char *token_hint(struct shell_reader *reader, struct span span, int token)
{
	const struct shell_opener *opener;
	const char *hint = dialect_hint(reader, token);

	if (hint)
		return hint;
	if (reader->n_openers == 0)
		return is_closing(token) ? "nothing is open here that it would end" : NULL;
	opener = &reader->openers[reader->n_openers - 1];
	return opener->name ? opener_hint(reader, opener, span, token) : NULL;
}

void reader_stop_at_token(struct shell_reader *reader, struct span span)
{
	int token = reader->frame->last;

	if (reader->failed)
		return;
	if (token == END)
		reader_stop_at_end(reader);
	else if (token == NEWLINE)
		reader_stop(reader, span, "the line ends too early", end_hint(reader));
	else
		reader_stop(reader, span, text_of(reader, span), token_hint(reader, span, token));
}

bool reader_defer(struct shell_reader *reader, unsigned n_openers, struct shell_builder *builder,
		  struct span span, bool quoted)
{
	struct shell_parameter *bad;

	if (!reader->is_bash)
		return false;
	reader->failed = false;
	reader->n_deferred++;
	if (reader->error)
		reader->error->level = LEVEL_WARNING;
	reader->n_openers = n_openers;
	bad = arena_new_object(reader->arena, struct shell_parameter);
	bad->operation = SHELL_BAD;
	bad->name = "";
	builder_part(reader, builder, SHELL_PARAMETER, span, quoted)->of.parameter = bad;
	return true;
}
