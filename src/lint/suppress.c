/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the comments that silence findings, and silences them.
 */
#include "lint/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lint/select.h"

#define MARKER	   "iptlint:"
#define MARKER_LEN (sizeof(MARKER) - 1)

/* One name in the brackets of one suppression. */
struct silence {
	struct silence *next;
	const char *name;   /* a rule, a group or "all" */
	const char *reason; /* "" if none is given */
	struct span span;   /* of the name */
	struct span whole;  /* of the comment line; start == end where it stands in a rule */
	uint32_t line;	    /* that it acts on; 0: on the whole file */
	bool alone;	    /* the only name in its brackets */
	bool used;
};

struct suppressions {
	struct silence *first;
	struct silence **last;
	struct silence **by_line; /* sorted; those of the whole file first */
	size_t count;
};

/* What is known while the file is walked. */
struct reader {
	struct unit *unit;
	struct suppressions *found;
	struct silence **pending; /* first one that waits for its line */
	bool seen_table;	  /* in a script: a command */
	bool is_quiet;		  /* what is wrong was said already */
};

/* A piece of text with a place in the source. */
struct cursor {
	const char *at;
	const char *end;
	const char *base; /* byte 0 of the source */
};

static struct span span_of(const struct cursor *cursor, const char *from, const char *to)
{
	return (struct span){ (uint32_t)(from - cursor->base), (uint32_t)(to - cursor->base) };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && is_blank(*cursor->at))
		cursor->at++;
}

static bool skip_word(struct cursor *cursor, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(cursor->end - cursor->at) < len || memcmp(cursor->at, word, len))
		return false;
	cursor->at += len;
	return true;
}

static struct silence *add_silence(struct reader *reader, const struct cursor *cursor,
				   const char *from, const char *to)
{
	struct silence *silence = arena_new_object(reader->unit->arena, struct silence);

	silence->name = arena_strndup(reader->unit->arena, from, (size_t)(to - from));
	silence->span = span_of(cursor, from, to);
	silence->reason = "";
	*reader->found->last = silence;
	reader->found->last = &silence->next;
	reader->found->count++;
	return silence;
}

static void report_unknown(struct unit *unit, const struct silence *silence)
{
	const char *nearest = lint_suggest(silence->name);
	struct diag *diag = diag_add(&unit->diags, "unknown-suppression", silence->span,
				     "there is no lint rule or group '%s'", silence->name);

	if (nearest) {
		diag_hint(&unit->diags, diag, "did you mean '%s'?", nearest);
		diag_fix(&unit->diags, diag, silence->span, nearest, false);
	} else {
		diag_hint(&unit->diags, diag, "'iptlint rules' lists all names");
	}
}

static bool is_known(const char *name)
{
	return lint_find(name) || lint_has_group(name) || !strcmp(name, "all");
}

/* "[name, name]"; true and a list from *NAMES on if it is well formed. */
static bool read_names(struct reader *reader, struct cursor *cursor)
{
	struct silence **first = reader->found->last;
	size_t n = 0;

	if (!skip_word(cursor, "["))
		return false;
	for (;;) {
		const char *from;

		skip_blanks(cursor);
		from = cursor->at;
		while (cursor->at < cursor->end && !is_blank(*cursor->at) && *cursor->at != ',' &&
		       *cursor->at != ']' && *cursor->at != '"' && *cursor->at != '[')
			cursor->at++;
		if (cursor->at == from)
			goto malformed;
		add_silence(reader, cursor, from, cursor->at);
		n++;
		skip_blanks(cursor);
		if (skip_word(cursor, "]"))
			break;
		if (!skip_word(cursor, ","))
			goto malformed;
	}
	(*first)->alone = n == 1;
	return true;

malformed:
	*first = NULL;
	reader->found->last = first;
	reader->found->count -= n;
	return false;
}

/* Gives the names read from FIRST on their reason and place. */
static void finish_names(struct reader *reader, struct silence *first, const char *reason,
			 struct span whole, uint32_t line)
{
	for (struct silence *each = first; each; each = each->next) {
		each->reason = reason;
		each->whole = whole;
		each->line = line;
		if (!is_known(each->name)) {
			if (!reader->is_quiet)
				report_unknown(reader->unit, each);
			each->used = true; /* said enough */
		}
	}
}

static struct diag *report_malformed(struct reader *reader, struct span span, const char *why)
{
	struct diag *diag;

	if (reader->is_quiet)
		return NULL;
	diag = diag_add(&reader->unit->diags, "malformed-suppression", span,
			"this comment silences nothing: %s", why);
	diag_hint(&reader->unit->diags, diag, "write '# iptlint: ignore[NAME] -- reason'");
	return diag;
}

/* "ignore NAME, NAME": the brackets are missing.  All that can be a name is taken for one. */
static void fix_brackets(struct reader *reader, struct cursor cursor, struct diag *diag)
{
	const char *from = cursor.at, *end = NULL;
	struct buf list = BUF_INIT;

	for (;;) {
		const char *word;

		while (cursor.at < cursor.end && (is_blank(*cursor.at) || *cursor.at == ','))
			cursor.at++;
		word = cursor.at;
		while (cursor.at < cursor.end && !is_blank(*cursor.at) && *cursor.at != ',')
			cursor.at++;
		word = arena_strndup(reader->unit->arena, word, (size_t)(cursor.at - word));
		if (!is_known(word))
			break;
		buf_printf(&list, "%s%s", end ? ", " : "[", word);
		end = cursor.at;
	}
	if (end && diag) {
		buf_add_char(&list, ']');
		diag_fix(&reader->unit->diags, diag, span_of(&cursor, from, end), buf_string(&list),
			 false);
	}
	buf_free(&list);
}

/* The line goes to the top of the file. */
static void fix_place(struct reader *reader, struct span line, struct diag *diag)
{
	const struct source *source = reader->unit->source;
	const char *text = arena_printf(reader->unit->arena, "%.*s\n", (int)(line.end - line.start),
					source->bytes + line.start);

	if (!diag || reader->unit->is_script || line.end == source->len ||
	    source->bytes[line.end] != '\n')
		return;
	line.end++;
	diag_fix(&reader->unit->diags, diag, (struct span){ 0, 0 }, text, false);
	diag_edit(&reader->unit->diags, diag, line, "");
}

/* The reason after "--"; NULL if something else stands there. */
static const char *read_reason(struct reader *reader, struct cursor *cursor)
{
	skip_blanks(cursor);
	if (cursor->at == cursor->end)
		return "";
	if (!skip_word(cursor, "--"))
		return NULL;
	skip_blanks(cursor);
	while (cursor->end > cursor->at && is_blank(cursor->end[-1]))
		cursor->end--;
	return arena_strndup(reader->unit->arena, cursor->at, (size_t)(cursor->end - cursor->at));
}

/* One comment line, from its '#' to its end. */
static void read_comment(struct reader *reader, struct cursor cursor)
{
	struct span whole = span_of(&cursor, cursor.at, cursor.end);
	struct silence **first = reader->found->last;
	struct cursor names;
	struct diag *diag;
	bool of_file;
	const char *reason;

	cursor.at++;
	skip_blanks(&cursor);
	if (!skip_word(&cursor, MARKER))
		return;
	skip_blanks(&cursor);
	if (skip_word(&cursor, "noflush") || /* parse/fragment.c */
	    skip_word(&cursor, "resolved"))  /* stale-address */
		return;
	of_file = skip_word(&cursor, "file-");
	if (!skip_word(&cursor, "ignore")) {
		report_malformed(reader, whole, "'ignore' or 'file-ignore' is expected");
		return;
	}
	if (of_file && reader->seen_table) {
		diag = report_malformed(
			reader, whole,
			reader->unit->is_script
				? "'file-ignore' must stand before the first command"
				: "'file-ignore' must stand before the first table");
		fix_place(reader, whole, diag);
		return;
	}
	names = cursor;
	if (!read_names(reader, &cursor)) {
		diag = report_malformed(reader, whole,
					"names in brackets, with commas between, are expected");
		fix_brackets(reader, names, diag);
		return;
	}
	reason = read_reason(reader, &cursor);
	if (!reason) {
		diag = report_malformed(reader, whole, "a reason begins with '--'");
		if (diag)
			diag_fix(&reader->unit->diags, diag, span_of(&cursor, cursor.at, cursor.at),
				 "-- ", false);
		*first = NULL;
		reader->found->last = first;
		return;
	}
	finish_names(reader, *first, reason, whole, 0);
	if (!of_file && !reader->pending)
		reader->pending = first;
	/* what is of the file must not wait for a line */
	for (struct silence *each = *first; each && of_file; each = each->next)
		each->line = UINT32_MAX;
}

/* A run of lines that begin with '#'. */
static void read_comments(struct reader *reader, struct span span)
{
	const char *bytes = reader->unit->source->bytes;
	const char *at = bytes + span.start, *end = bytes + span.end;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct cursor line = { at, newline ? newline : end, bytes };

		if (*at == '#')
			read_comment(reader, line);
		at = newline ? newline + 1 : end;
	}
}

/* The names that wait for a line act on LINE. */
static void give_line(struct reader *reader, uint32_t line)
{
	struct silence **first = reader->pending;

	for (struct silence *each = first ? *first : NULL; each; each = each->next) {
		if (each->line == 0)
			each->line = line;
	}
	reader->pending = NULL;
}

/* The text of the --comment of the rule at SPAN. */
static void read_rule_comment(struct reader *reader, struct span span)
{
	const char *bytes = reader->unit->source->bytes;
	struct cursor cursor = { bytes + span.start, bytes + span.end, bytes };
	const char *marker =
		memmem(cursor.at, (size_t)(cursor.end - cursor.at), MARKER, MARKER_LEN);
	struct silence **first = reader->found->last;
	const char *end;

	/* other options may hold the word by chance, --log-prefix for one */
	if (!marker || !memmem(cursor.at, (size_t)(marker - cursor.at), "--comment", 9))
		return;
	cursor.at = marker + MARKER_LEN;
	skip_blanks(&cursor);
	end = memchr(cursor.at, '"', (size_t)(cursor.end - cursor.at));
	if (end)
		cursor.end = end;
	end = memchr(cursor.at, '\'', (size_t)(cursor.end - cursor.at));
	if (end && reader->unit->is_script)
		cursor.end = end;
	if (!skip_word(&cursor, "ignore") || !read_names(reader, &cursor)) {
		report_malformed(reader, span_of(&cursor, marker, marker + MARKER_LEN),
				 "'ignore' and names in brackets are expected");
		return;
	}
	skip_blanks(&cursor);
	if (skip_word(&cursor, "--"))
		skip_blanks(&cursor);
	finish_names(
		reader, *first,
		arena_strndup(reader->unit->arena, cursor.at, (size_t)(cursor.end - cursor.at)),
		(struct span){ 0, 0 }, source_line(reader->unit->source, span.start));
}

static int compare_lines(const void *a, const void *b)
{
	const struct silence *x = *(struct silence *const *)a;
	const struct silence *y = *(struct silence *const *)b;

	return (x->line > y->line) - (x->line < y->line);
}

static bool has_marker(const struct source *source)
{
	return memmem(source->bytes, source->len, MARKER, MARKER_LEN) != NULL;
}

/* ---- scripts ---- */

/* SPAN: the line from its first byte that is no blank. */
static bool is_comment_line(const struct source *source, uint32_t line, struct span *span)
{
	*span = source_line_span(source, line);
	while (span->start < span->end && is_blank(source->bytes[span->start]))
		span->start++;
	return span->start < span->end && source->bytes[span->start] == '#';
}

static bool is_continued(const struct source *source, uint32_t line)
{
	struct span span = source_line_span(source, line);

	return span.end > span.start && source->bytes[span.end - 1] == '\\';
}

/* The line that a comment above has to stand for: where the command begins that goes on in
 * LINE; of a comment, what stands below it. */
static uint32_t first_line(const struct unit *unit, uint32_t line)
{
	struct span span;

	while (line < unit->source->n_lines && is_comment_line(unit->source, line, &span))
		line++;
	while (unit->is_script && line > 1 && is_continued(unit->source, line - 1) &&
	       !is_comment_line(unit->source, line - 1, &span))
		line--;
	return line;
}

/* A script is read as text: commands that were refused, or not reached, are no statements; so is a
 * template, of which nothing was read. */
static void read_text(struct reader *reader)
{
	const struct source *source = reader->unit->source;
	const char *bytes = source->bytes;

	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct span span;

		if (is_comment_line(source, line, &span)) {
			read_comment(reader, (struct cursor){ bytes + span.start, bytes + span.end,
							      bytes });
			continue;
		}
		if (span.start == span.end)
			continue;
		give_line(reader, line);
		reader->seen_table = true;
		while (line < source->n_lines && is_continued(source, line))
			line++;
		span.end = source_line_span(source, line).end;
		read_rule_comment(reader, span);
	}
}

static void read_statements(struct reader *reader)
{
	for (const struct statement *each = reader->unit->statements; each; each = each->next) {
		if (each->kind == STATEMENT_COMMENT) {
			read_comments(reader, each->span);
			continue;
		}
		if (each->kind == STATEMENT_BLANK)
			continue;
		give_line(reader, source_line(reader->unit->source, each->span.start));
		reader->seen_table |= each->kind == STATEMENT_TABLE;
		if (each->kind == STATEMENT_COMMAND)
			read_rule_comment(reader, each->span);
	}
}

/* ---- both ---- */

struct suppressions *suppressions_read(struct unit *unit, const struct lint_used *used)
{
	struct reader reader = { .unit = unit, .is_quiet = !used->is_first };
	size_t n = 0;

	if (!has_marker(unit->source))
		return NULL;
	reader.found = arena_new_object(unit->arena, struct suppressions);
	reader.found->last = &reader.found->first;
	if (unit->is_script || unit->is_template)
		read_text(&reader);
	else
		read_statements(&reader);
	give_line(&reader, UINT32_MAX - 1); /* no line left: these act on nothing */
	reader.found->count = 0;
	for (struct silence *each = reader.found->first; each; each = each->next) {
		reader.found->count++;
		if (each->line == UINT32_MAX)
			each->line = 0;
	}
	reader.found->by_line =
		arena_alloc(unit->arena, (reader.found->count + 1) * sizeof(struct silence *));
	for (struct silence *each = reader.found->first; each; each = each->next)
		reader.found->by_line[n++] = each;
	qsort(reader.found->by_line, n, sizeof(struct silence *), compare_lines);
	return reader.found;
}

static bool names_rule(const struct silence *silence, const char *rule_name)
{
	const struct lint_rule *rule;

	if (!strcmp(silence->name, rule_name) || !strcmp(silence->name, "all"))
		return true;
	rule = lint_find(rule_name);
	return rule && !strcmp(rule->group, silence->name);
}

/* The first entry that acts on LINE or on a later line. */
static size_t first_of_line(const struct suppressions *suppressions, uint32_t line)
{
	size_t low = 0, high = suppressions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (suppressions->by_line[middle]->line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What silences a finding of that rule on LINE (0: all over the file), or NULL. */
static struct silence *find_silence(const struct suppressions *suppressions, uint32_t line,
				    const char *rule_name)
{
	size_t i = first_of_line(suppressions, line);

	for (; i < suppressions->count && suppressions->by_line[i]->line == line; i++) {
		if (names_rule(suppressions->by_line[i], rule_name))
			return suppressions->by_line[i];
	}
	return NULL;
}

void suppressions_apply(struct suppressions *suppressions, struct unit *unit)
{
	struct diag *diag = unit->diags.first, *next;

	if (!suppressions)
		return;
	diags_init(&unit->diags, unit->diags.arena);
	for (; diag; diag = next) {
		uint32_t line = first_line(unit, source_line(unit->source, diag->span.start));
		struct silence *silence = find_silence(suppressions, line, diag->rule);

		next = diag->next;
		if (!silence)
			silence = find_silence(suppressions, 0, diag->rule);
		if (!silence) {
			diags_append(&unit->diags, diag);
			continue;
		}
		silence->used = true;
		diag_need_extra(unit->arena, diag)->suppressed = silence->reason;
		diags_append(&unit->silenced, diag);
	}
}

/* Would a finding of that name have been reported at all? */
static bool could_be_used(const struct silence *silence, const struct lint_selection *selection)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		if (names_rule(silence, lint_rules[i]->name) &&
		    !selection_has(selection, lint_rules[i]))
			return false;
	}
	return true;
}

/* The comment goes, or the name with one of the commas beside it. */
static void fix_unused(struct unit *unit, const struct silence *silence, struct diag *diag)
{
	const char *bytes = unit->source->bytes;
	struct span span = silence->alone ? silence->whole : silence->span;

	if (silence->alone) {
		span.end += span.end < unit->source->len; /* the newline goes too */
	} else if (bytes[span.end + strspn(bytes + span.end, " \t")] == ',') {
		span.end += (uint32_t)strspn(bytes + span.end, " \t,");
	} else {
		while (strchr(" \t,", bytes[span.start - 1]))
			span.start--;
	}
	diag_fix(&unit->diags, diag, span, "", true);
}

static void report_unused(struct unit *unit, const struct silence *silence)
{
	struct diag *diag = diag_add(&unit->diags, "unused-suppression", silence->span,
				     "nothing is silenced by '%s'", silence->name);

	if (silence->whole.end > silence->whole.start)
		fix_unused(unit, silence, diag);
}

void suppressions_report_unused(const struct suppressions *suppressions, struct unit *unit,
				const struct lint_selection *selection, struct lint_used *used)
{
	size_t i = 0;

	if (!suppressions)
		return;
	for (const struct silence *each = suppressions->first; each; each = each->next, i++) {
		bool is_used = each->used;

		if (i < LINT_SHARED && each->used)
			used->bits[i / 8] |= (unsigned char)(1 << i % 8);
		else if (i < LINT_SHARED)
			is_used = used->bits[i / 8] >> i % 8 & 1;
		else if (!used->is_first || !used->is_last)
			continue;
		if (!used->is_last || is_used || !could_be_used(each, selection) ||
		    unit->is_template || unit->is_partial)
			continue;
		report_unused(unit, each);
	}
}
