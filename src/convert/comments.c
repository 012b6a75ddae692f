/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "convert/comments.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* A loop, a condition or a list with a block above it: what stands above it is said of what
 * is in it. */
struct head {
	struct span span;
	size_t last; /* comment of the block */
};

struct comments {
	struct arena *arena;
	const struct shell_script *script;
	bool *is_taken; /* by number of the comment: the last one of its block */
	struct head *heads;
	size_t n_heads, capacity;
};

/* The number of the comment on a line, or n_comments. */
static size_t find_line(const struct shell_script *script, uint32_t line)
{
	size_t low = 0, high = script->n_comments;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (script->comments[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < script->n_comments && script->comments[low].line == line ? low
									      : script->n_comments;
}

static bool begins_with(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(text, word, strlen(word));
}

/* "iptables -A ...", "$IPT -A ...", "/sbin/modprobe x", "-A INPUT ...": behind the '#'. */
static bool is_command(const char *text, size_t len)
{
	size_t word = 0;

	while (len && (*text == '#' || isblank((unsigned char)*text)))
		text++, len--;
	while (word < len && !isspace((unsigned char)text[word]))
		word++;
	if (word == 0)
		return false;
	if (*text == '$' || (*text == '-' && word == 2 && isalpha((unsigned char)text[1])))
		return word < len;
	for (const char *slash; (slash = memchr(text, '/', word)) != NULL;) {
		word -= (size_t)(slash + 1 - text);
		len -= (size_t)(slash + 1 - text);
		text = slash + 1;
	}
	if (word == len) /* a name alone may be a heading */
		return false;
	return begins_with(text, word, "iptables") || begins_with(text, word, "ip6tables") ||
	       begins_with(text, word, "modprobe") || begins_with(text, word, "ipset") ||
	       (begins_with(text, word, "echo") && memchr(text, '>', len));
}

static bool is_wanted(const char *text, size_t len)
{
	const char *body = text + 1;
	size_t left = len - 1;

	while (left && isblank((unsigned char)*body))
		body++, left--;
	return text[1] != '!' && !begins_with(body, left, "shellcheck ") && !is_command(text, len);
}

static void add_line(struct buf *to, const struct source *source, struct span span)
{
	const char *text = source->bytes + span.start;
	size_t len = span.end - span.start;

	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	if (len == 0 || memchr(text, '\0', len) || (len > 1 && !is_wanted(text, len)))
		return;
	buf_add(to, text, len);
	buf_add_char(to, '\n');
}

/* The number of the last comment of the block above a place, or n_comments. */
static size_t find_block(const struct shell_script *script, uint32_t offset)
{
	uint32_t line = source_line(script->source, offset);

	return line < 2 ? script->n_comments : find_line(script, line - 1);
}

/* Adds the lines of a block that nobody has taken yet. */
static void take_block(struct comments *comments, size_t last, struct buf *to)
{
	const struct shell_comment *list = comments->script->comments;
	size_t first = last;

	if (last == comments->script->n_comments || comments->is_taken[last])
		return;
	comments->is_taken[last] = true;
	while (first > 0 && list[first - 1].line + 1 == list[first].line)
		first--;
	for (; first <= last; first++)
		add_line(to, comments->script->source, list[first].span);
}

/* ---- heads ---- */

static void add_head(struct comments *comments, struct span span)
{
	size_t last = find_block(comments->script, span.start);

	if (last == comments->script->n_comments)
		return;
	if (comments->n_heads == comments->capacity) {
		struct head *larger;

		comments->capacity = comments->capacity ? 2 * comments->capacity : 16;
		larger = arena_alloc(comments->arena, comments->capacity * sizeof(*larger));
		if (comments->n_heads)
			memcpy(larger, comments->heads, comments->n_heads * sizeof(*larger));
		comments->heads = larger;
	}
	comments->heads[comments->n_heads++] = (struct head){ span, last };
}

/* Outer ones before inner ones. */
static void find_heads(struct comments *comments, const struct shell_command *command)
{
	if (!command)
		return;
	if (command->kind != SHELL_SIMPLE && command->kind != SHELL_SEQUENCE &&
	    command->kind != SHELL_FUNCTION)
		add_head(comments, command->span);
	switch ((enum shell_command_kind)command->kind) {
	case SHELL_SEQUENCE:
	case SHELL_PIPELINE:
		for (command = command->of.list; command; command = command->next)
			find_heads(comments, command);
		break;
	case SHELL_AND:
	case SHELL_OR:
		while (command->kind == SHELL_AND || command->kind == SHELL_OR) {
			find_heads(comments, command->of.pair.right);
			command = command->of.pair.left;
		}
		find_heads(comments, command);
		break;
	case SHELL_NOT:
	case SHELL_BACKGROUND:
	case SHELL_GROUP:
	case SHELL_SUBSHELL:
		find_heads(comments, command->of.body);
		break;
	case SHELL_IF:
		for (; command && command->kind == SHELL_IF;
		     command = command->of.branch.otherwise) {
			find_heads(comments, command->of.branch.condition);
			find_heads(comments, command->of.branch.then);
		}
		find_heads(comments, command);
		break;
	case SHELL_WHILE:
	case SHELL_UNTIL:
		find_heads(comments, command->of.loop.body);
		break;
	case SHELL_FOR:
	case SHELL_SELECT:
		find_heads(comments, command->of.each.body);
		break;
	case SHELL_FOR_ARITHMETIC:
		find_heads(comments, command->of.count.body);
		break;
	case SHELL_CASE:
		for (const struct shell_case_item *item = command->of.choice.items; item;
		     item = item->next)
			find_heads(comments, item->body);
		break;
	case SHELL_FUNCTION:
		find_heads(comments, command->of.function.body);
		break;
	case SHELL_SIMPLE:
	case SHELL_CALCULATE:
	case SHELL_CONDITION:
		break;
	}
}

struct comments *comments_new(struct arena *arena, const struct shell_script *script)
{
	struct comments *comments = arena_new_object(arena, struct comments);

	comments->arena = arena;
	comments->script = script;
	comments->is_taken = arena_alloc(arena, (script->n_comments + 1) * sizeof(bool));
	if (script->n_comments)
		find_heads(comments, script->body);
	return comments;
}

const char *comments_take(struct comments *comments, const struct statement *origin)
{
	struct buf text = BUF_INIT;
	const char *result = NULL;

	for (size_t i = 0; i < comments->n_heads; i++) {
		const struct head *head = &comments->heads[i];

		if (head->span.start <= origin->span.start && origin->span.end <= head->span.end)
			take_block(comments, head->last, &text);
	}
	take_block(comments, find_block(comments->script, origin->span.start), &text);
	if (text.len)
		result = arena_strndup(comments->arena, text.data, text.len);
	buf_free(&text);
	return result;
}
