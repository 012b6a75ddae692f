/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through findings and lines side by side, and writes the names of a line's findings
 * where src/lint/suppress.c will read them.
 */
#include "fix/ignore.h"

#include <string.h>

#include "base/buf.h"
#include "lint/lint.h"
#include "parse/parse.h"

#define MARKER	    "iptlint:"
#define MAX_COMMENT 255	 /* of the comment match */
#define MAX_LINE    8192 /* a longer one may get too long for iptables-restore */

struct ignoring {
	const struct unit *unit;
	const struct ignore_options *options;
	const struct statement *at; /* for the lines that come */
	const struct edit *first;
	const struct edit **last;
};

static void add_edit(struct ignoring *ignoring, struct span span, const char *text)
{
	struct edit *edit = arena_new_object(ignoring->unit->arena, struct edit);

	edit->span = span;
	edit->text = text;
	*ignoring->last = edit;
	ignoring->last = (const struct edit **)&edit->next;
}

/* ---- a comment above the line ---- */

static void add_above(struct ignoring *ignoring, struct span line, const char *names)
{
	const char *reason = ignoring->options->reason;

	add_edit(ignoring, (struct span){ line.start, line.start },
		 arena_printf(ignoring->unit->arena, "# " MARKER " ignore[%s]%s%s\n", names,
			      reason ? " -- " : "", reason ? reason : ""));
}

/* ---- the text of the rule ---- */

static bool is_any_word(const struct word *word, const char *brief, const char *full)
{
	return !word->quoted && (strcmp(word->text, brief) == 0 || strcmp(word->text, full) == 0);
}

/* The value of --comment, or NULL. */
static const struct word *find_comment(const struct word *words, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (!words[i].quoted && strcmp(words[i].text, "--comment") == 0)
			return &words[i + 1];
	return NULL;
}

/* Where a match can be put in: before the target, or at the end. */
static void add_comment(struct ignoring *ignoring, const struct word *words, size_t n,
			const char *text)
{
	struct arena *arena = ignoring->unit->arena;
	size_t i = 0;

	while (i < n && !is_any_word(&words[i], "-j", "--jump") &&
	       !is_any_word(&words[i], "-g", "--goto"))
		i++;
	if (i < n)
		add_edit(ignoring, (struct span){ words[i].span.start, words[i].span.start },
			 arena_printf(arena, "-m comment --comment \"%s\" ", text));
	else
		add_edit(ignoring, (struct span){ words[n - 1].span.end, words[n - 1].span.end },
			 arena_printf(arena, " -m comment --comment \"%s\"", text));
}

/* Puts the names into the brackets that are there; false if there are none. */
static bool extend_brackets(struct ignoring *ignoring, const struct word *comment,
			    const char *names)
{
	const char *bytes = ignoring->unit->source->bytes;
	size_t len = comment->span.end - comment->span.start;
	const char *marker = memmem(bytes + comment->span.start, len, MARKER, strlen(MARKER));
	const char *bracket;
	uint32_t at;

	if (!marker)
		return false;
	bracket = memchr(marker, ']', (size_t)(bytes + comment->span.end - marker));
	if (!bracket)
		return false;
	at = (uint32_t)(bracket - bytes);
	add_edit(ignoring, (struct span){ at, at },
		 arena_printf(ignoring->unit->arena, ", %s", names));
	return true;
}

static bool extend_comment(struct ignoring *ignoring, const struct word *comment, const char *names,
			   const char *text)
{
	const char *bytes = ignoring->unit->source->bytes;
	struct arena *arena = ignoring->unit->arena;
	uint32_t end = comment->span.end;

	if (strlen(comment->text) + strlen(text) + 1 > MAX_COMMENT)
		return false;
	if (strstr(comment->text, MARKER))
		return extend_brackets(ignoring, comment, names);
	if (!comment->quoted) {
		add_edit(ignoring, comment->span,
			 arena_printf(arena, "\"%s %s\"", comment->text, text));
		return true;
	}
	/* quotes around the whole of it */
	if (bytes[comment->span.start] != '"' || end - comment->span.start < 2 ||
	    bytes[end - 1] != '"')
		return false;
	add_edit(ignoring, (struct span){ end - 1, end - 1 },
		 arena_printf(arena, "%s%s", *comment->text ? " " : "", text));
	return true;
}

static bool adds_rule(const struct statement *line)
{
	const struct command *command = (const struct command *)line;

	return line->kind == STATEMENT_COMMAND && !command->failed && command->n_rules &&
	       (command->kind == COMMAND_APPEND || command->kind == COMMAND_INSERT ||
		command->kind == COMMAND_REPLACE);
}

static bool add_in_rule(struct ignoring *ignoring, const struct statement *line, const char *names)
{
	struct arena *arena = ignoring->unit->arena;
	const char *reason = ignoring->options->reason;
	const char *text = arena_printf(arena, MARKER " ignore[%s]%s%s", names, reason ? " " : "",
					reason ? reason : "");
	const struct word *words, *comment;
	size_t n;

	if (!adds_rule(line) || line->span.end - line->span.start > MAX_LINE ||
	    strlen(text) > MAX_COMMENT)
		return false;
	words = parse_words(arena, ignoring->unit->source, line->span, &n);
	comment = find_comment(words, n);
	if (comment)
		return extend_comment(ignoring, comment, names, text);
	add_comment(ignoring, words, n, text);
	return true;
}

/* ---- findings ---- */

static bool can_be_silenced(const struct diag *diag, const struct ignore_options *options)
{
	const struct lint_rule *rule = lint_find(diag->rule);

	if (diag->level == LEVEL_INFO && !options->infos)
		return false;
	return !(diag->refuses && diag->level == LEVEL_ERROR) &&
	       strcmp(rule->group, "suppression") != 0;
}

/* The statement of the line that OFFSET is on, if it is one of its own. */
static const struct statement *statement_at(struct ignoring *ignoring, uint32_t offset)
{
	while (ignoring->at && ignoring->at->next && ignoring->at->next->span.start <= offset)
		ignoring->at = ignoring->at->next;
	if (!ignoring->at || offset < ignoring->at->span.start || offset > ignoring->at->span.end)
		return NULL;
	return ignoring->at->kind == STATEMENT_BLANK || ignoring->at->kind == STATEMENT_BROKEN
		       ? NULL
		       : ignoring->at;
}

static bool names_it(const struct buf *names, const char *name)
{
	const char *at = buf_string(names);
	size_t len = strlen(name);

	while ((at = strstr(at, name))) {
		if ((at == buf_string(names) || at[-1] == ' ') &&
		    (at[len] == '\0' || at[len] == ','))
			return true;
		at += len;
	}
	return false;
}

/* Silences the findings from FIRST on that are of one line; returns the next one. */
static const struct diag *silence_line(struct ignoring *ignoring, const struct diag *first,
				       size_t *n_silenced)
{
	const struct source *source = ignoring->unit->source;
	uint32_t line = source_line(source, first->span.start);
	const struct statement *statement = statement_at(ignoring, first->span.start);
	const struct diag *diag = first;
	struct buf names = BUF_INIT;

	for (; diag && source_line(source, diag->span.start) == line; diag = diag->next) {
		if (!can_be_silenced(diag, ignoring->options) || !statement)
			continue;
		++*n_silenced;
		if (!names_it(&names, diag->rule))
			buf_printf(&names, "%s%s", names.len ? ", " : "", diag->rule);
	}
	if (names.len &&
	    !(ignoring->options->in_rule && add_in_rule(ignoring, statement, buf_string(&names))))
		add_above(ignoring, source_line_span(source, line), buf_string(&names));
	buf_free(&names);
	return diag;
}

const struct edit *ignore_edits(const struct unit *unit, const struct ignore_options *options,
				size_t *n_silenced)
{
	struct ignoring ignoring = { .unit = unit, .options = options, .at = unit->statements };
	const struct diag *diag = unit->diags.first;

	ignoring.last = &ignoring.first;
	while (diag)
		diag = silence_line(&ignoring, diag, n_silenced);
	return ignoring.first;
}
