/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes through the scanner and the parser: lines come in order and lie inside the
 * source, and words lie inside their line.
 */
#include <stdint.h>
#include <stdlib.h>

#include "parse/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct place {
	size_t len;
	uint32_t end; /* of the line before */
};

static void check_line(struct place *place, struct span span)
{
	if (span.start > span.end || span.end > place->len || span.start < place->end)
		abort();
	place->end = span.end;
}

static void on_statement(void *context, struct statement *statement)
{
	check_line(context, statement->span);
}

static bool on_command(void *context, struct command *command, const struct counters *counters,
		       const struct word *words, size_t n_words)
{
	const struct span line = command->base.span;

	(void)counters;
	check_line(context, line);
	for (size_t i = 0; i < n_words; i++)
		if (words[i].span.start < line.start || words[i].span.end > line.end ||
		    words[i].span.start > words[i].span.end ||
		    (i > 0 && words[i].span.start < words[i - 1].span.end))
			abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct intern *names = intern_new(arena);
	char *text = arena_strndup(arena, (const char *)data, size);
	struct source *source = source_new(arena, "fuzz", text, size);
	struct place place = { size, 0 };
	struct parse_handler handler = { on_statement, on_command, &place };
	struct diags diags;

	diags_init(&diags, arena);
	parse_rules(arena, names, source, &diags, &handler);
	for (const struct diag *diag = diags.first; diag; diag = diag->next)
		if (diag->span.start > diag->span.end || diag->span.end > size)
			abort();
	intern_free(names);
	arena_free(arena);
	return 0;
}
