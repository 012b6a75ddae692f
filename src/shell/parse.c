/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the scanner and the parser over a script, and again for each command
 * substitution.
 */
#include "shell/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/word.h"
#include "shell.h"
#include "shell/reader.h"

#define BINARY_SAMPLE 80 /* bytes that bash looks at */

bool reader_run(struct shell_reader *reader, struct shell_input *input, bool is_nested,
		struct shell_command **body)
{
	struct shell_frame frame = {
		.outer = reader->frame,
		.input = input,
		.first_token = is_nested ? START_NESTED : START_SCRIPT,
		.is_nested = is_nested,
	};
	bool ok;

	frame.last_heredoc = &frame.heredocs;
	reader->frame = &frame;
	ok = shell_grammar_parse(reader) == 0;
	if (ok)
		heredoc_leave(reader);
	else if (!reader->failed)
		reader_stop(reader, frame.last_span, "nested too deep", NULL);
	reader->frame = frame.outer;
	*body = tree_list(reader, frame.body);
	return ok;
}

bool reader_enter(struct shell_reader *reader, struct shell_input *input)
{
	if (input->depth > INPUT_MAX_DEPTH) {
		reader_stop(reader, input_span(input, 0, 0),
			    "'`' and here-documents are nested too deep",
			    "$(...) may be nested deeper");
		return false;
	}
	input_seek(input, 0);
	return true;
}

/* ---- bytes that are no text ---- */

/* Both shells read on as if no NUL were there. */
static struct shell_input *without_nuls(struct shell_reader *reader)
{
	const struct source *source = reader->source;
	struct shell_input *input;
	char *text;

	if (!memchr(source->bytes, '\0', source->len))
		return input_new(reader->arena, NULL, 0, source->bytes, (uint32_t)source->len);
	text = arena_alloc(reader->arena, source->len + 1);
	input = input_new(reader->arena, NULL, 0, text, 0);
	input->dropped = arena_alloc(reader->arena, source->len * sizeof(*input->dropped));
	for (size_t i = 0; i < source->len; i++) {
		if (source->bytes[i])
			text[input->len++] = source->bytes[i];
		else
			input->dropped[input->n_dropped++] = input->len;
	}
	return input;
}

/* bash does not run a file with a NUL in its first line. */
static bool is_binary(const struct source *source, uint32_t *at)
{
	size_t len = source->len < BINARY_SAMPLE ? source->len : BINARY_SAMPLE;
	const char *end = memchr(source->bytes, '\n', len);
	const char *nul = memchr(source->bytes, '\0', end ? (size_t)(end - source->bytes) : len);

	if (nul)
		*at = (uint32_t)(nul - source->bytes);
	return nul != NULL;
}

static void warn_of_crlf(struct shell_reader *reader)
{
	const struct source *source = reader->source;
	const char *end = memchr(source->bytes, '\n', source->len);
	struct diag *diag;
	uint32_t at;

	if (!end || end == source->bytes || end[-1] != '\r')
		return;
	reader->is_crlf = true;
	at = (uint32_t)(end - source->bytes) - 1;
	diag = diag_add(reader->diags, "stray-text", (struct span){ at, at + 1 },
			"the lines end in CR LF");
	diag->level = LEVEL_WARNING;
	diag_hint(reader->diags, diag,
		  "to a shell the CR belongs to the last word of a line; save the file with LF "
		  "alone");
}

/* ---- scripts ---- */

static void finish(struct shell_reader *reader, struct shell_script *script)
{
	script->broken = reader->failed;
	script->n_comments = reader->n_comments;
	script->comments = arena_memdup(reader->arena, reader->comments,
					reader->n_comments * sizeof(*reader->comments));
	free(reader->comments);
}

struct shell_script *shell_parse(struct arena *arena, const struct source *source,
				 enum shell_dialect dialect, struct diags *diags)
{
	struct shell_script *script = arena_new_object(arena, struct shell_script);
	struct shell_reader *reader = arena_new_object(arena, struct shell_reader);
	struct shell_input *input;
	uint32_t nul;

	script->source = source;
	script->dialect = dialect;
	reader->arena = arena;
	reader->source = source;
	reader->diags = diags;
	reader->is_bash = dialect == SHELL_BASH;
	warn_of_crlf(reader);
	if (reader->is_bash && is_binary(source, &nul)) {
		reader_stop(reader, (struct span){ nul, nul + 1 }, "this is no text file", NULL);
	} else {
		input = without_nuls(reader);
		input->is_bash = reader->is_bash;
		input_seek(input, 0);
		reader_run(reader, input, false, &script->body);
		input_close(input);
	}
	finish(reader, script);
	return script;
}

/* ---- #! ---- */

/* The next word of a line; false at its end. */
static bool next_word(const char **at, const char *end, const char **word, size_t *len)
{
	while (*at < end && strchr(" \t\r", **at) && **at)
		++*at;
	*word = *at;
	while (*at < end && (!strchr(" \t\r", **at) || !**at))
		++*at;
	*len = (size_t)(*at - *word);
	return *len > 0;
}

/* The program that "env" runs: behind its options and NAME=VALUE. */
static const char *after_env(struct arena *arena, const char **at, const char *end)
{
	const char *word;
	size_t len;

	while (next_word(at, end, &word, &len))
		if (*word != '-' && !memchr(word, '=', len))
			return base_name(arena_strndup(arena, word, len));
	return "env";
}

bool shell_dialect_of(struct arena *arena, const struct source *source, enum shell_dialect *dialect,
		      const char **other)
{
	const struct span line = source_line_span(source, 1);
	const char *end = source->bytes + line.end;
	const char *at = source->bytes + 2;
	const char *word, *name;
	size_t len;

	*dialect = SHELL_BASH;
	if (line.end < 2 || memcmp(source->bytes, "#!", 2) != 0 ||
	    !next_word(&at, end, &word, &len))
		return true;
	name = base_name(arena_strndup(arena, word, len));
	if (strcmp(name, "env") == 0)
		name = after_env(arena, &at, end);
	if (strcmp(name, "bash") == 0)
		return true;
	if (strcmp(name, "sh") == 0 || strcmp(name, "dash") == 0 || strcmp(name, "ash") == 0) {
		*dialect = SHELL_SH;
		return true;
	}
	*other = name;
	return false;
}

const char *shell_flags_of(struct arena *arena, const struct source *source)
{
	const struct span line = source_line_span(source, 1);
	const char *end = source->bytes + line.end;
	const char *at = source->bytes + 2;
	const char *word;
	size_t len;

	if (line.end < 2 || memcmp(source->bytes, "#!", 2) != 0 ||
	    !next_word(&at, end, &word, &len) ||
	    strcmp(base_name(arena_strndup(arena, word, len)), "env") == 0 ||
	    !next_word(&at, end, &word, &len))
		return NULL;
	return *word == '-' ? arena_strndup(arena, word, len) : NULL;
}
