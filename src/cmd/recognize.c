/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at the beginnings of lines.  A "*table" line makes a rules file whatever else
 * stands in it, but behind "#!/bin/sh" and in a here-document for a restore program.
 */
#include "cmd/recognize.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "convert/journal.h"

struct text {
	const char *at;
	size_t len;
};

static bool begins_with(struct text text, const char *word)
{
	return text.len >= strlen(word) && memcmp(text.at, word, strlen(word)) == 0;
}

static bool is_word(struct text text, const char *word)
{
	return text.len == strlen(word) && begins_with(text, word);
}

static bool ends_with(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && !strcmp(name + strlen(name) - strlen(end), end);
}

/* Takes the next word off the line; an empty one: there is none. */
static struct text next_word(struct text *line)
{
	struct text word;

	while (line->len && isspace((unsigned char)*line->at))
		line->at++, line->len--;
	word = (struct text){ line->at, 0 };
	while (line->len && !isspace((unsigned char)*line->at))
		line->at++, line->len--, word.len++;
	return word;
}

static struct text base_name(struct text word)
{
	const char *slash = memrchr(word.at, '/', word.len);
	size_t folder = slash ? (size_t)(slash - word.at) + 1 : 0;

	return (struct text){ word.at + folder, word.len - folder };
}

/* ---- the first line ---- */

/* "#!/bin/sh", "#! /usr/bin/env bash": of any shell. */
static bool names_shell(struct text line)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh" };
	struct text word;

	if (!begins_with(line, "#!"))
		return false;
	line.at += 2;
	line.len -= 2;
	word = base_name(next_word(&line));
	if (is_word(word, "env") || is_word(word, "busybox"))
		do
			word = base_name(next_word(&line));
		while (word.len && (*word.at == '-' || memchr(word.at, '=', word.len)));
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (is_word(word, shells[i]))
			return true;
	return false;
}

/* ---- other lines ---- */

/* "$IPT", "${IPTABLES}", "\"$ipt6\"". */
static bool is_variable(struct text word)
{
	while (word.len && (*word.at == '"' || *word.at == '$' || *word.at == '{'))
		word.at++, word.len--;
	return word.len >= 3 && !strncasecmp(word.at, "ip", 2) &&
	       (tolower((unsigned char)word.at[2]) == 't' || word.at[2] == '6');
}

/* iptables in any spelling, as the program of a command. */
static bool is_program(struct text word)
{
	enum family family;
	char name[64];

	if (word.len && (*word.at == '$' || begins_with(word, "\"$")))
		return is_variable(word);
	word = base_name(word);
	if (word.len == 0 || word.len >= sizeof(name))
		return false;
	memcpy(name, word.at, word.len);
	name[word.len] = '\0';
	return filter_program_of(name, &family) != FILTER_NONE;
}

/* What may stand before the program: "sudo", "if !", "A=b". */
static bool is_before(struct text word)
{
	static const char *const words[] = { "sudo", "if", "!", "then", "do", "else", "{", "(" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (is_word(word, words[i]))
			return true;
	return (isalpha((unsigned char)*word.at) || *word.at == '_') &&
	       memchr(word.at, '=', word.len);
}

/* Does the line call iptables? */
static bool is_call(struct text line)
{
	struct text word = next_word(&line);

	while (word.len && is_before(word))
		word = next_word(&line);
	return word.len && is_program(word);
}

static bool has_heredoc(struct text line)
{
	const char *two = memmem(line.at, line.len, "<<", 2);

	return two && memmem(line.at, line.len, "restore", strlen("restore"));
}

struct marks {
	bool table;   /* "*filter", not in a here-document */
	bool heredoc; /* for a restore program */
	size_t calls; /* of iptables */
	size_t rules; /* "-A INPUT ...", ":INPUT DROP" */
};

static void look_at(struct marks *marks, struct text line)
{
	struct text rest = line;
	struct text word = next_word(&rest);

	if (word.len == 0 || *word.at == '#')
		return;
	if (*word.at == '*')
		marks->table |=
			!marks->heredoc && word.len > 1 && islower((unsigned char)word.at[1]);
	else if (is_call(line))
		marks->calls++;
	else if (*word.at == '-' || *word.at == ':')
		marks->rules += !marks->heredoc && word.at == line.at;
	marks->heredoc |= has_heredoc(line);
}

enum content recognize(const char *name, const char *bytes, size_t len)
{
	struct marks marks = { 0 };
	const char *end;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		bytes += 3, len -= 3;
	end = bytes + (len < RECOGNIZE_LOOKED_AT ? len : RECOGNIZE_LOOKED_AT);
	for (const char *at = bytes, *next; at < end && !marks.table; at = next) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct text line = { at, (size_t)((newline ? newline : end) - at) };

		next = newline ? newline + 1 : end;
		if (at == bytes && names_shell(line))
			return CONTENT_SCRIPT;
		look_at(&marks, line);
	}
	if (marks.table)
		return CONTENT_RULES;
	if (marks.calls > marks.rules || (!marks.rules && ends_with(name, ".sh")))
		return CONTENT_SCRIPT;
	return CONTENT_RULES;
}
