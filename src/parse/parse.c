/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the scanner and the parser over a source.
 */
#include "parse/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "parse/reader.h"
#include "rules.h"

/* Every byte of a line, and a NUL for each word of it. */
#define TEXT_SIZE (2 * READER_LINE_BUFFER + 2)

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Of the scanner, which has no header. */
int rules_lex_init_extra(struct reader *reader, void **scanner);
int rules_lex_destroy(void *scanner);
int rules_lex(RULES_STYPE *value, RULES_LTYPE *location, void *scanner);

static void *start(struct reader *reader)
{
	void *scanner;

	reader->words = alloc_resize(NULL, (PARSE_MAX_WORDS + 1) * sizeof(struct word));
	reader->text = alloc_resize(NULL, TEXT_SIZE);
	if (rules_lex_init_extra(reader, &scanner) != 0)
		die_out_of_memory();
	return scanner;
}

static void stop(struct reader *reader, void *scanner)
{
	rules_lex_destroy(scanner);
	free(reader->text);
	free(reader->words);
}

static void skip_byte_order_mark(struct reader *reader)
{
	const size_t len = sizeof(byte_order_mark) - 1;
	struct diag *diag;

	if (reader->source->len < len || memcmp(reader->source->bytes, byte_order_mark, len) != 0)
		return;
	diag = diag_refuse(reader->diags, "stray-text", BACKEND_BOTH,
			   (struct span){ 0, (uint32_t)len },
			   "the file begins with a byte order mark");
	diag_hint(reader->diags, diag, "save it as UTF-8 without one");
	diag_fix(reader->diags, diag, diag->span, "", true);
	reader->fed = (uint32_t)len;
	reader->offset = (uint32_t)len;
}

void parse_rules(struct arena *arena, struct intern *names, const struct source *source,
		 struct diags *diags, const struct parse_handler *handler)
{
	struct reader reader = {
		.arena = arena,
		.names = names,
		.source = source,
		.diags = diags,
		.handler = handler,
	};
	void *scanner = start(&reader);

	reader_feed(&reader, 0, (uint32_t)source->len);
	skip_byte_order_mark(&reader);
	if (rules_parse(scanner, &reader) != 0)
		die_out_of_memory(); /* every other error is recovered from */
	reader_finish(&reader);
	stop(&reader, scanner);
}

struct word *parse_words(struct arena *arena, const struct source *source, struct span line,
			 size_t *n_words)
{
	struct reader reader = {
		.arena = arena,
		.source = source,
		.in_section = true,
	};
	void *scanner = start(&reader);
	struct word *words;
	RULES_LTYPE location = { line.start, line.start };
	RULES_STYPE value;
	int token;

	reader_feed(&reader, line.start, line.end);
	while ((token = rules_lex(&value, &location, scanner)) != RULES_EOF) {
		if (token != WORD)
			continue;
		if (reader.n_words <= PARSE_MAX_WORDS) {
			value.text = arena_strdup(arena, value.text);
			reader.words[reader.n_words++] = value;
		}
	}
	*n_words = reader.n_words;
	words = arena_memdup(arena, reader.words, reader.n_words * sizeof(*words));
	stop(&reader, scanner);
	return words;
}
