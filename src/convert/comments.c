/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "convert/comments.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

struct comments {
	struct arena *arena;
	const struct shell_script *script;
	bool *is_taken; /* by number of the comment */
};

struct comments *comments_new(struct arena *arena, const struct shell_script *script)
{
	struct comments *comments = arena_new_object(arena, struct comments);

	comments->arena = arena;
	comments->script = script;
	comments->is_taken = arena_alloc(arena, (script->n_comments + 1) * sizeof(bool));
	return comments;
}

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

const char *comments_take(struct comments *comments, const struct statement *origin)
{
	const struct shell_script *script = comments->script;
	uint32_t line = source_line(script->source, origin->span.start);
	size_t last = find_line(script, line - 1), first = last;
	struct buf text = BUF_INIT;
	const char *result = NULL;

	if (line < 2 || last == script->n_comments || comments->is_taken[last])
		return NULL;
	comments->is_taken[last] = true;
	while (first > 0 && script->comments[first - 1].line + 1 == script->comments[first].line)
		first--;
	for (; first <= last; first++)
		add_line(&text, script->source, script->comments[first].span);
	if (text.len)
		result = arena_strndup(comments->arena, text.data, text.len);
	buf_free(&text);
	return result;
}
