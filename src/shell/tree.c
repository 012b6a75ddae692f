/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the nodes of the tree, for the actions of the grammar.
 */
#include <string.h>

#include "shell.h"
#include "shell/check.h"
#include "shell/reader.h"

struct shell_command *tree_new(struct shell_reader *reader, enum shell_command_kind kind,
			       struct span span)
{
	struct shell_command *command = arena_new_object(reader->arena, struct shell_command);

	command->kind = (uint8_t)kind;
	command->span = span;
	return command;
}

/* ---- lists ---- */

void tree_append(struct shell_list *list, struct shell_command *command)
{
	if (list->last)
		list->last->next = command;
	else
		list->first = command;
	list->last = command;
}

void tree_append_all(struct shell_list *list, struct shell_list more)
{
	if (list->last)
		list->last->next = more.first;
	else
		list->first = more.first;
	list->last = more.last;
}

struct shell_command *tree_list(struct shell_reader *reader, struct shell_list list)
{
	struct shell_command *sequence;

	if (list.first == list.last)
		return list.first;
	sequence = tree_new(reader, SHELL_SEQUENCE, span_join(list.first->span, list.last->span));
	sequence->of.list = list.first;
	return sequence;
}

/* The last command of the list runs in the background: what it was becomes its body. */
void tree_background(struct shell_reader *reader, struct shell_list *list, struct span end)
{
	struct shell_command *command = list->last;
	struct shell_command *body = arena_memdup(reader->arena, command, sizeof(*command));

	*command = (struct shell_command){ .kind = SHELL_BACKGROUND,
					   .span = span_join(body->span, end) };
	command->of.body = body;
}

struct shell_command *tree_pair(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_command *left, struct shell_command *right,
				struct span span)
{
	struct shell_command *command = tree_new(reader, kind, span);

	command->of.pair.left = left;
	command->of.pair.right = right;
	return command;
}

void tree_add_redirections(struct shell_command *command, struct shell_redirections redirections)
{
	struct shell_redirection **next = &command->redirections;

	while (*next)
		next = &(*next)->next;
	*next = redirections.first;
}

/* "|&" is "2>&1 |". */
static struct shell_redirection *join_errors(struct shell_reader *reader, struct span bar)
{
	struct shell_redirection *redirection =
		arena_new_object(reader->arena, struct shell_redirection);
	struct shell_builder builder = { 0 };

	builder_text(reader, &builder, "1", 1, bar, false);
	redirection->word = builder_word(reader, &builder, bar);
	redirection->span = bar;
	redirection->kind = SHELL_DUPLICATE;
	redirection->fd = 2;
	return redirection;
}

void tree_join_errors(struct shell_reader *reader, struct shell_list *list, struct span bar)
{
	struct shell_redirection *redirection = join_errors(reader, bar);

	tree_add_redirections(list->last, (struct shell_redirections){ redirection, redirection });
}

struct shell_command *tree_pipeline(struct shell_reader *reader, struct shell_list list,
				    struct span span)
{
	struct shell_command *command;

	if (list.first == list.last)
		return list.first;
	command = tree_new(reader, SHELL_PIPELINE, span);
	command->of.list = list.first;
	return command;
}

/* "! ! x" is not "x": what fails in another way than 1 fails with 1. */
struct shell_command *tree_not(struct shell_reader *reader, struct shell_command *command,
			       int count, struct span span)
{
	for (int i = count % 2 ? 1 : 2; count && i > 0; i--) {
		struct shell_command *not = tree_new(reader, SHELL_NOT, span);

		not ->of.body = command;
		command = not ;
	}
	return command;
}

/* ---- compound commands ---- */

struct shell_command *tree_body(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_list list, struct span span)
{
	struct shell_command *command = tree_new(reader, kind, span);

	command->of.body = tree_list(reader, list);
	return command;
}

struct shell_command *tree_if(struct shell_reader *reader, struct shell_list condition,
			      struct shell_list then, struct span span)
{
	struct shell_command *command = tree_new(reader, SHELL_IF, span);

	command->of.branch.condition = tree_list(reader, condition);
	command->of.branch.then = tree_list(reader, then);
	return command;
}

/* The list holds the SHELL_IFs of each "elif"; a chain of them, with OTHERWISE at its end. */
void tree_otherwise(struct shell_command *command, struct shell_list elifs,
		    struct shell_command *otherwise)
{
	struct shell_command *next;

	for (struct shell_command *elif = elifs.first; elif; elif = next) {
		next = elif->next;
		elif->next = NULL;
		command->of.branch.otherwise = elif;
		command = elif;
	}
	command->of.branch.otherwise = otherwise;
}

struct shell_command *tree_loop(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_list condition, struct shell_command *body,
				struct span span)
{
	struct shell_command *command = tree_new(reader, kind, span);

	command->of.loop.condition = tree_list(reader, condition);
	command->of.loop.body = body;
	return command;
}

/* A word as it stands in the source. */
static const char *source_text(struct shell_reader *reader, const struct shell_word *word)
{
	const struct shell_part *part = word_plain(word);

	if (part)
		return arena_strndup(reader->arena, part->of.text.bytes, part->of.text.len);
	return arena_strndup(reader->arena, reader->source->bytes + word->span.start,
			     word->span.end - word->span.start);
}

struct shell_command *tree_each(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_word *name, struct shell_words words, bool has_words,
				struct shell_command *body, struct span span)
{
	struct shell_command *command = tree_new(reader, kind, span);

	command->of.each.name = source_text(reader, name);
	command->of.each.words = words.first;
	command->of.each.has_words = has_words;
	command->of.each.body = body;
	return command;
}

/* ---- for ((a; b; c)) ---- */

/* What a word holds between two of its semicolons. */
struct cut {
	struct shell_word *word;
	struct shell_part **next;
};

static struct cut begin_cut(struct shell_reader *reader, struct span span)
{
	struct cut cut = { arena_new_object(reader->arena, struct shell_word), NULL };

	cut.word->span = span;
	cut.next = &cut.word->first;
	return cut;
}

static void add_part(struct shell_reader *reader, struct cut *cut, const struct shell_part *part,
		     uint32_t start, uint32_t end)
{
	struct shell_part *copy;

	if (part->kind == SHELL_TEXT && start == end)
		return;
	copy = arena_memdup(reader->arena, part, sizeof(*part));
	copy->next = NULL;
	if (part->kind == SHELL_TEXT) {
		copy->of.text.bytes += start;
		copy->of.text.len = end - start;
		if (part->span.end - part->span.start == part->of.text.len)
			copy->span =
				(struct span){ part->span.start + start, part->span.start + end };
	}
	*cut->next = copy;
	cut->next = &copy->next;
}

/* Nothing but blanks is no expression. */
static struct shell_word *end_cut(const struct cut *cut)
{
	const struct shell_part *part = cut->word->first;

	if (!part)
		return NULL;
	if (part->kind == SHELL_TEXT && !part->next) {
		uint32_t n = 0;

		while (n < part->of.text.len && strchr(" \t\n", part->of.text.bytes[n]) &&
		       part->of.text.bytes[n])
			n++;
		if (n == part->of.text.len)
			return NULL;
	}
	return cut->word;
}

static bool cut_at_semicolons(struct shell_reader *reader, const struct shell_word *word,
			      struct shell_word *words[3])
{
	struct cut cut = begin_cut(reader, word->span);
	unsigned n = 0;

	for (const struct shell_part *part = word->first; part; part = part->next) {
		bool is_text = part->kind == SHELL_TEXT && !part->quoted;
		uint32_t start = 0;

		for (uint32_t at = 0; is_text && at < part->of.text.len; at++) {
			if (part->of.text.bytes[at] != ';')
				continue;
			add_part(reader, &cut, part, start, at);
			if (n == 2)
				return false;
			words[n++] = end_cut(&cut);
			cut = begin_cut(reader, word->span);
			start = at + 1;
		}
		add_part(reader, &cut, part, start,
			 part->kind == SHELL_TEXT ? part->of.text.len : 0);
	}
	words[n] = end_cut(&cut);
	return n == 2;
}

struct shell_command *tree_count(struct shell_reader *reader, struct shell_word *expressions,
				 struct span span)
{
	struct shell_command *command = tree_new(reader, SHELL_FOR_ARITHMETIC, span);
	struct shell_word *words[3] = { NULL, NULL, NULL };

	if (!cut_at_semicolons(reader, expressions, words)) {
		reader_stop(reader, expressions->span,
			    "three expressions with ';' between them belong here",
			    "for ((i = 0; i < 10; i++))");
		return NULL;
	}
	command->of.count.start = words[0];
	command->of.count.test = words[1];
	command->of.count.step = words[2];
	return command;
}

/* ---- case, functions, tests ---- */

struct shell_case_item *tree_item(struct shell_reader *reader, struct shell_words patterns,
				  struct shell_list body, int end)
{
	struct shell_case_item *item = arena_new_object(reader->arena, struct shell_case_item);

	item->patterns = patterns.first;
	item->body = body.first ? tree_list(reader, body) : NULL;
	item->end = end == SEMICOLON_AMPERSAND ? '&' : end == SEMICOLONS_AMPERSAND ? '+' : ';';
	return item;
}

void tree_append_item(struct shell_items *items, struct shell_case_item *item)
{
	if (items->last)
		items->last->next = item;
	else
		items->first = item;
	items->last = item;
}

struct shell_command *tree_case(struct shell_reader *reader, struct shell_word *word,
				struct shell_items items, struct span span)
{
	struct shell_command *command = tree_new(reader, SHELL_CASE, span);

	command->of.choice.word = word;
	command->of.choice.items = items.first;
	return command;
}

struct shell_command *tree_function(struct shell_reader *reader, struct shell_word *name,
				    struct shell_command *body, struct span span)
{
	struct shell_command *command;

	if (!check_function_body(reader, body))
		return NULL;
	reader_close(reader);
	command = tree_new(reader, SHELL_FUNCTION, span);
	command->of.function.name = source_text(reader, name);
	command->of.function.body = body;
	return command;
}

struct shell_word *tree_empty_word(struct shell_reader *reader, struct span span)
{
	struct shell_builder builder = { 0 };

	return builder_word(reader, &builder, span);
}

struct shell_test *tree_test(struct shell_reader *reader, enum shell_test_kind kind,
			     struct span span)
{
	struct shell_test *test = arena_new_object(reader->arena, struct shell_test);

	test->kind = (uint8_t)kind;
	test->span = span;
	return test;
}

/* ---- redirections ---- */

/* bash: ">&f" is "&>f" where f is neither a number nor "-". */
static bool names_file(const struct shell_word *word)
{
	const struct shell_part *part = word_plain(word);

	return part && part->of.text.len > 0 && *part->of.text.bytes != '-' &&
	       (*part->of.text.bytes < '0' || *part->of.text.bytes > '9');
}

struct shell_redirection *tree_redirection(struct shell_reader *reader, int token,
					   struct shell_word *word, struct span span)
{
	static const struct {
		int token;
		uint8_t kind;
		int fd;
		bool append;
	} kinds[] = {
		{ LESS, SHELL_READ, 0, false },
		{ GREATER, SHELL_WRITE, 1, false },
		{ CLOBBER, SHELL_WRITE, 1, false },
		{ APPEND, SHELL_APPEND, 1, false },
		{ LESS_GREATER, SHELL_READ_WRITE, 0, false },
		{ LESS_AMPERSAND, SHELL_DUPLICATE_IN, 0, false },
		{ GREATER_AMPERSAND, SHELL_DUPLICATE, 1, false },
		{ BOTH, SHELL_WRITE_BOTH, 1, false },
		{ APPEND_BOTH, SHELL_WRITE_BOTH, 1, true },
		{ HEREDOC, SHELL_HEREDOC, 0, false },
		{ HEREDOC_TABS, SHELL_HEREDOC, 0, false },
		{ HERESTRING, SHELL_HERESTRING, 0, false },
	};
	struct shell_redirection *redirection =
		arena_new_object(reader->arena, struct shell_redirection);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].token != token)
			continue;
		redirection->kind = kinds[i].kind;
		redirection->fd = kinds[i].fd;
		redirection->append = kinds[i].append;
	}
	if (token == GREATER_AMPERSAND && reader->is_bash && names_file(word))
		redirection->kind = SHELL_WRITE_BOTH;
	redirection->word = word;
	redirection->span = span;
	return redirection;
}
