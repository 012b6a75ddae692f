/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simple commands: assignments, words and redirections, in the order written.
 */
#include "shell/simple.h"

#include <string.h>

#include "shell/reader.h"

/* ---- assignments ---- */

/* "=" or "+=" at AT. */
static bool find_sign(const struct shell_part *part, uint32_t at, bool is_bash,
		      struct assignment_place *place)
{
	const char *bytes = part->of.text.bytes;
	uint32_t len = part->of.text.len;

	place->append = is_bash && at < len && bytes[at] == '+';
	at += place->append;
	if (at >= len || bytes[at] != '=')
		return false;
	place->value_part = part;
	place->value = at + 1;
	return true;
}

/* The ']' of the '[' at AT in PART. */
static bool find_bracket(const struct shell_part *part, uint32_t at, struct assignment_place *place)
{
	unsigned depth = 0;

	for (; part; part = part->next, at = 0) {
		if (part->kind != SHELL_TEXT || part->quoted)
			continue;
		for (; at < part->of.text.len; at++) {
			char c = part->of.text.bytes[at];

			depth += c == '[';
			if (c == ']' && --depth == 0) {
				place->bracket_part = part;
				place->bracket = at;
				return true;
			}
		}
	}
	return false;
}

bool assignment_find(const struct shell_word *word, bool is_bash, struct assignment_place *place)
{
	const struct shell_part *part = word->first;
	struct assignment_place unused;
	uint32_t n;

	place = place ? place : &unused;
	*place = (struct assignment_place){ 0 };
	if (!part || part->kind != SHELL_TEXT || part->quoted)
		return false;
	place->name_len = n = name_length(part->of.text.bytes, part->of.text.len);
	if (n == 0)
		return false;
	if (n < part->of.text.len && part->of.text.bytes[n] == '[' && is_bash)
		return find_bracket(part, n, place) &&
		       find_sign(place->bracket_part, place->bracket + 1, true, place);
	return find_sign(part, n, is_bash, place);
}

/* A copy of PART from one byte on; NULL if nothing is left. */
static struct shell_part *cut_start(struct shell_reader *reader, const struct shell_part *part,
				    uint32_t at)
{
	struct shell_part *copy;

	if (at == part->of.text.len)
		return NULL;
	copy = arena_memdup(reader->arena, part, sizeof(*part));
	copy->of.text.bytes += at;
	copy->of.text.len -= at;
	/* Where no backslash was taken out of it, bytes of the text are bytes of the source. */
	if (part->span.end - part->span.start == part->of.text.len)
		copy->span.start += at;
	return copy;
}

/* What stands in the brackets. */
static struct shell_word *take_subscript(struct shell_reader *reader, const struct shell_word *word,
					 const struct assignment_place *place)
{
	struct shell_word *subscript = arena_new_object(reader->arena, struct shell_word);
	struct shell_part **next = &subscript->first;
	const struct shell_part *part;
	uint32_t at = place->name_len + 1;

	subscript->span = word->span;
	for (part = word->first;; part = part->next, at = 0) {
		bool is_last = part == place->bracket_part;
		struct shell_part *copy = at ? cut_start(reader, part, at)
					     : arena_memdup(reader->arena, part, sizeof(*part));

		if (copy && is_last)
			copy->of.text.len = place->bracket - at;
		if (copy && is_last && copy->span.end - copy->span.start >= copy->of.text.len)
			copy->span.end = copy->span.start + copy->of.text.len;
		if (copy && (copy->kind != SHELL_TEXT || copy->quoted || copy->of.text.len)) {
			copy->next = NULL;
			*next = copy;
			next = &copy->next;
		}
		if (is_last)
			break;
	}
	if (subscript->first)
		subscript->span = span_join(subscript->first->span, word->span);
	return subscript;
}

static struct shell_word *take_value(struct shell_reader *reader, const struct shell_word *word,
				     const struct assignment_place *place)
{
	struct shell_word *value = arena_new_object(reader->arena, struct shell_word);
	struct shell_part *part = cut_start(reader, place->value_part, place->value);

	value->first = part ? part : place->value_part->next;
	value->span.end = word->span.end;
	value->span.start = value->first ? value->first->span.start : word->span.end;
	return value;
}

void simple_assignment(struct shell_reader *reader, struct shell_simple *simple,
		       struct shell_word *word)
{
	struct shell_assignment *assignment =
		arena_new_object(reader->arena, struct shell_assignment);
	struct assignment_place place;

	assignment_find(word, reader->is_bash, &place);
	assignment->name = arena_strndup(reader->arena, word->first->of.text.bytes, place.name_len);
	assignment->span = word->span;
	assignment->append = place.append;
	if (place.bracket_part)
		assignment->subscript = take_subscript(reader, word, &place);
	assignment->value = take_value(reader, word, &place);
	if (simple->last_assignment)
		simple->last_assignment->next = assignment;
	else
		simple->command->of.simple.assignments = assignment;
	simple->last_assignment = assignment;
}

/* ---- commands ---- */

struct shell_simple *simple_new(struct shell_reader *reader, struct span span)
{
	struct shell_simple *simple = reader->spare;

	if (simple)
		reader->spare = simple->next;
	else
		simple = arena_alloc(reader->arena, sizeof(*simple));
	*simple = (struct shell_simple){ 0 };
	simple->command = tree_new(reader, SHELL_SIMPLE, span);
	return simple;
}

/* The builtins of bash whose arguments may be arrays. */
static bool is_declaring(const struct shell_word *word)
{
	static const char *const names[] = { "declare",	 "typeset", "local", "export",
					     "readonly", "alias",   "eval",  "let" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (word_is(word, names[i]))
			return true;
	return false;
}

static const struct shell_part *find_array(const struct shell_word *word)
{
	const struct shell_part *part = word->first;

	/* It stands behind "a=". */
	return part && part->next && part->next->kind == SHELL_ARRAY ? part->next : NULL;
}

bool simple_word(struct shell_reader *reader, struct shell_simple *simple, struct shell_word *word)
{
	const struct shell_part *array = find_array(word);

	if (array && !simple->declares) {
		reader_stop(reader, (struct span){ array->span.start, array->span.start + 1 },
			    "unexpected '('",
			    "an array is assigned before a command, or by declare");
		return false;
	}
	if (!simple->words.first)
		simple->declares = reader->is_bash && is_declaring(word);
	words_add(&simple->words, word);
	return true;
}

void simple_redirection(struct shell_simple *simple, struct shell_redirection *redirection)
{
	struct shell_redirections *list = &simple->redirections;

	if (list->last)
		list->last->next = redirection;
	else
		list->first = redirection;
	list->last = redirection;
}

struct shell_command *simple_end(struct shell_reader *reader, struct shell_simple *simple,
				 struct span span)
{
	struct shell_command *command = simple->command;

	command->of.simple.words = simple->words.first;
	command->redirections = simple->redirections.first;
	command->span = span;
	simple->next = reader->spare;
	reader->spare = simple;
	return command;
}

static void set_option(struct shell_reader *reader, const struct shell_word *word)
{
	bool is_set = word && word_is(word, "-s");

	if (!is_set && !(word && word_is(word, "-u")))
		return;
	while ((word = word->next))
		if (word_is(word, "extglob"))
			reader->frame->input->is_extglob = is_set;
}

void simple_set_options(struct shell_reader *reader, const struct shell_command *command)
{
	for (; reader->is_bash && command; command = command->next)
		if (command->kind == SHELL_SIMPLE && command->of.simple.words &&
		    word_is(command->of.simple.words, "shopt"))
			set_option(reader, command->of.simple.words->next);
}
