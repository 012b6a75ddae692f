/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit over a text, for tests of the lint stage: its lines are statements of the
 * right kind and nothing more.  No parser, no binder, no ruleset.
 */
#ifndef TESTS_UNIT_BY_HAND_H
#define TESTS_UNIT_BY_HAND_H

#include <string.h>

#include "pipeline/unit.h"

static inline size_t statement_size(enum statement_kind kind)
{
	if (kind == STATEMENT_TABLE)
		return sizeof(struct table_statement);
	if (kind == STATEMENT_CHAIN)
		return sizeof(struct chain_statement);
	return kind == STATEMENT_COMMAND ? sizeof(struct command) : sizeof(struct statement);
}

static inline enum statement_kind kind_of_line(const char *line, size_t len)
{
	if (len == 0)
		return STATEMENT_BLANK;
	if (*line == '#')
		return STATEMENT_COMMENT;
	if (*line == '*')
		return STATEMENT_TABLE;
	if (*line == ':')
		return STATEMENT_CHAIN;
	return strncmp(line, "COMMIT", 6) ? STATEMENT_COMMAND : STATEMENT_COMMIT;
}

static inline void split_by_hand(struct unit *unit)
{
	const struct statement **last = &unit->statements;
	struct statement *before = NULL;

	for (uint32_t i = 1; i <= unit->source->n_lines; i++) {
		struct span span = source_line_span(unit->source, i);
		enum statement_kind kind =
			kind_of_line(unit->source->bytes + span.start, span.end - span.start);
		struct statement *statement;

		if (before && before->kind == kind &&
		    (kind == STATEMENT_COMMENT || kind == STATEMENT_BLANK)) {
			before->span.end = span.end;
			continue;
		}
		statement = arena_alloc(unit->arena, statement_size(kind));
		statement->span = span;
		statement->kind = (uint8_t)kind;
		if (kind == STATEMENT_CHAIN)
			((struct chain_statement *)statement)->name = "CHAIN";
		*last = statement;
		last = (const struct statement **)&statement->next;
		before = statement;
	}
}

static inline struct unit *unit_by_hand(const char *text)
{
	struct arena *arena = arena_new();
	struct unit *unit = arena_new_object(arena, struct unit);
	struct ruleset *ruleset = arena_new_object(arena, struct ruleset);

	unit->arena = arena;
	unit->source = source_new(arena, "test", text, strlen(text));
	unit->family = FAMILY_IPV4;
	unit->options.tools.backends = BACKEND_BOTH;
	unit->legacy = unit->nft = ruleset;
	diags_init(&unit->diags, arena);
	diags_init(&unit->silenced, arena);
	diags_init(&unit->set_aside, arena);
	split_by_hand(unit);
	return unit;
}

/* The bytes of line LINE. */
static inline struct span line_of(const struct unit *unit, uint32_t line)
{
	return source_line_span(unit->source, line);
}

#endif
