/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at the beginnings of lines.  A "*table" line makes a rules file whatever else
 * stands in it, but behind "#!/bin/sh" and in a here-document for a restore program.
 */
#include "cmd/recognize.h"

#include <ctype.h>
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

/* What may stand before the program: "sudo", "if !", "A=b"; and what ends a command. */
static bool is_before(struct text word)
{
	static const char *const words[] = { "sudo", "if",   "elif", "while", "!", "then", "do",
					     "else", "exec", "{",    "(",     "|", "||",   "&&" };

	if (word.at[word.len - 1] == ';')
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (is_word(word, words[i]))
			return true;
	return (isalpha((unsigned char)*word.at) || *word.at == '_') &&
	       memchr(word.at, '=', word.len);
}

/* Does the line call iptables? */
static bool is_call(struct text line)
{
	bool is_expected = true; /* a program is */
	struct text word;

	while ((word = next_word(&line)).len && *word.at != '#') {
		struct text rest = line, next = next_word(&rest);

		/* "iptables v1.8.9: ..." is what it says itself */
		if (is_expected && is_program(word) &&
		    !(next.len && isalpha((unsigned char)*next.at)))
			return true;
		is_expected = is_before(word);
	}
	return false;
}

static bool has_heredoc(struct text line)
{
	const char *two = memmem(line.at, line.len, "<<", 2);

	return two && memmem(line.at, line.len, "restore", strlen("restore"));
}

/* ---- what stands on a terminal ---- */

/* The bytes of the prompt before a command, blanks behind it included: "$ ", "# ",
 * "root@fw:~# ", "[root@fw ~]# "; 0: there is none. */
static size_t prompt_length(struct text line)
{
	const char *end;
	size_t n = 0;

	if (line.len && *line.at == '[' && (end = memchr(line.at, ']', line.len)))
		n = (size_t)(end - line.at) + 1;
	while (n < line.len && !isspace((unsigned char)line.at[n]))
		n++;
	if (n == 0 || n == line.len || !strchr("#$", line.at[n - 1]))
		return 0;
	/* a name before it has a host, a folder or brackets: "C#" has not */
	if (n > 1 && *line.at != '[' && !memchr(line.at, '@', n))
		return 0;
	while (n < line.len && isspace((unsigned char)line.at[n]))
		n++;
	return n;
}

static struct text behind(struct text line, size_t n)
{
	return (struct text){ line.at + n, line.len - n };
}

/* "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)", "Chain x (1 references)" */
static bool is_listed_chain(struct text line)
{
	struct text rest = line;

	if (!is_word(next_word(&rest), "Chain") || next_word(&rest).len == 0)
		return false;
	rest = behind(rest, rest.len ? 1 : 0);
	return begins_with(rest, "(policy ") ||
	       (begins_with(rest, "(") && memmem(rest.at, rest.len, " references)", 12));
}

/* "-P INPUT DROP", "-N x", "-A x ..." */
static bool is_printed(struct text word)
{
	return is_word(word, "-P") || is_word(word, "-N") || is_word(word, "-A");
}

/* ---- the whole ---- */

struct marks {
	bool table;	/* "*filter", not in a here-document */
	bool heredoc;	/* for a restore program */
	size_t calls;	/* of iptables */
	size_t rules;	/* "-A INPUT ...", ":INPUT DROP" */
	size_t appends; /* of these: "-A" ... */
	size_t printed; /* ... "-P" and "-N" */
	size_t prompts; /* before calls */
	size_t chains;	/* of iptables -L */
	size_t others;
};

static void look_at_rule(struct marks *marks, struct text word)
{
	if (marks->heredoc)
		return;
	marks->rules++;
	if (is_word(word, "-A"))
		marks->appends++;
	else if (is_printed(word))
		marks->printed++;
}

static void look_at(struct marks *marks, struct text line)
{
	struct text rest = line;
	struct text word = next_word(&rest);
	size_t prompt = prompt_length(line);

	if (prompt && is_call(behind(line, prompt))) {
		marks->prompts++;
		return;
	}
	if (word.len == 0 || *word.at == '#')
		return;
	if (*word.at == '*' && word.len > 1 && islower((unsigned char)word.at[1]))
		marks->table |= !marks->heredoc;
	else if (is_call(line))
		marks->calls++;
	else if ((*word.at == '-' || *word.at == ':') && word.at == line.at)
		look_at_rule(marks, word);
	else if (is_listed_chain(line))
		marks->chains++;
	else
		marks->others++;
	marks->heredoc |= has_heredoc(line);
}

static enum content judge(const struct marks *marks, const char *name)
{
	if (marks->table)
		return marks->calls ? CONTENT_MIXED : CONTENT_RULES;
	if (marks->chains && !marks->calls && !marks->rules)
		return CONTENT_LISTING;
	if (marks->prompts && !marks->calls && !marks->rules)
		return CONTENT_PASTED;
	if (marks->calls > marks->rules)
		return CONTENT_SCRIPT;
	if (marks->appends + marks->printed == marks->rules && marks->rules && !marks->calls &&
	    !marks->others)
		return marks->printed ? CONTENT_PRINTED : CONTENT_APPENDS;
	return !marks->rules && ends_with(name, ".sh") ? CONTENT_SCRIPT : CONTENT_UNKNOWN;
}

/* The next line of the bytes up to END. */
static struct text next_line(const char **at, const char *end)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	struct text line = { *at, (size_t)((newline ? newline : end) - *at) };

	*at = newline ? newline + 1 : end;
	return line;
}

enum content recognize(const char *name, const char *bytes, size_t len)
{
	struct marks marks = { 0 };
	const char *at, *end;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		bytes += 3, len -= 3;
	end = bytes + (len < RECOGNIZE_LOOKED_AT ? len : RECOGNIZE_LOOKED_AT);
	for (at = bytes; at < end;) {
		bool is_first = at == bytes;
		struct text line = next_line(&at, end);

		if (is_first && names_shell(line))
			return CONTENT_SCRIPT;
		look_at(&marks, line);
	}
	return judge(&marks, name);
}

static struct text without(struct text word, const char *marks)
{
	while (word.len && strchr(marks, *word.at))
		word = behind(word, 1);
	while (word.len && strchr(marks, word.at[word.len - 1]))
		word.len--;
	return word;
}

/* "iptables -A ..." anywhere in the line, "FW=/sbin/iptables", "FW=$(which iptables)",
 * "for fw in iptables ip6tables". */
static bool names_program(struct text line)
{
	bool is_list = false; /* a variable gets one of these words */
	struct text word;

	while ((word = next_word(&line)).len && *word.at != '#') {
		const char *equals = is_before(word) ? memchr(word.at, '=', word.len) : NULL;
		struct text rest = line;

		if (equals) {
			word = without(behind(word, (size_t)(equals - word.at) + 1), "\"");
			is_list = begins_with(word, "$(") || begins_with(word, "`");
		}
		is_list |= is_word(word, "in");
		word = without(word, "\"'`$();&|");
		if (is_program(word) && (equals || is_list || begins_with(next_word(&rest), "-")))
			return true;
	}
	return false;
}

bool recognize_calls(const char *bytes, size_t len)
{
	const char *at = bytes;
	const char *end = bytes + (len < RECOGNIZE_LOOKED_AT ? len : RECOGNIZE_LOOKED_AT);

	while (at < end) {
		struct text line = next_line(&at, end);

		if (!begins_with(line, "#"))
			line = behind(line, prompt_length(line));
		if (is_call(line) || names_program(line))
			return true;
	}
	return false;
}

const struct source *recognize_commands(struct arena *arena, const struct source *source,
					struct span *prompt)
{
	char *bytes = arena_strndup(arena, source->bytes, source->len);
	const char *at = bytes, *end = bytes + source->len;
	bool goes_on = false;

	*prompt = (struct span){ 0, 0 };
	while (at < end) {
		struct text line = next_line(&at, end), rest = line;
		size_t n = prompt_length(line), from = (size_t)(line.at - bytes);
		bool is_command = n && (*line.at != '#' || is_call(behind(line, n)));

		if (is_command && prompt->end == 0)
			*prompt = (struct span){ (uint32_t)from, (uint32_t)(from + 1) };
		if (is_command)
			memset(bytes + from, ' ', n);
		else if (goes_on && begins_with(line, "> "))
			bytes[from] = ' ';
		else if (!goes_on && next_word(&rest).len && *line.at != '#')
			memset(bytes + from, ' ', line.len);
		goes_on = (is_command || goes_on) && line.len && line.at[line.len - 1] == '\\';
	}
	return source_new(arena, source->name, bytes, source->len);
}
