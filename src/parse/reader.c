/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From tokens to statements.  Knows lines, words and sections; not what a rule is.
 */
#include "parse/reader.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/similar.h"
#include "base/word.h"

#define MAX_CHAIN_NAME 28
#define MAX_CRLF_EDITS 1000
#define MAX_BROKEN     1000 /* errors that are told one by one */

/* ---- errors ---- */

/* The next error of the language, or NULL when there have been so many that they are
 * only counted. */
static struct diag *complain(struct reader *reader, const char *rule, struct span span,
			     const char *message)
{
	reader->line_failed = true;
	reader->last_broken = span;
	if (++reader->n_broken > MAX_BROKEN)
		return NULL;
	return diag_refuse(reader->diags, rule, BACKEND_BOTH, span, "%s", message);
}

static void hint(struct reader *reader, struct diag *diag, const char *text)
{
	if (diag)
		diag_hint(reader->diags, diag, "%s", text);
}

static char *text_of(const struct reader *reader, struct span span)
{
	return arena_strndup(reader->arena, reader->source->bytes + span.start,
			     span.end - span.start);
}

/* ---- statements ---- */

static void flush_pending(struct reader *reader)
{
	struct statement *statement = reader->pending;

	reader->pending = NULL;
	if (statement)
		reader->handler->statement(reader->handler->context, statement);
}

static void give(struct reader *reader, struct statement *statement)
{
	flush_pending(reader);
	reader->handler->statement(reader->handler->context, statement);
}

static void fill_base(struct reader *reader, struct statement *statement, enum statement_kind kind)
{
	const char *bytes = reader->source->bytes;

	statement->kind = (uint8_t)kind;
	statement->span.start = reader->line_start;
	statement->span.end = reader->offset;
	while (statement->span.end > statement->span.start &&
	       bytes[statement->span.end - 1] == '\n')
		statement->span.end--;
}

/* Blank, comment and broken lines are joined with those before. */
static void give_joined(struct reader *reader, enum statement_kind kind)
{
	struct statement line;

	fill_base(reader, &line, kind);
	if (reader->pending && reader->pending->kind == kind) {
		reader->pending->span.end = line.span.end;
		return;
	}
	flush_pending(reader);
	line.next = NULL;
	reader->pending = arena_memdup(reader->arena, &line, sizeof(line));
}

static void give_broken(struct reader *reader)
{
	give_joined(reader, STATEMENT_BROKEN);
}

/* A CR at the end of a line that the real program would not take. */
static void count_crlf(struct reader *reader)
{
	if (reader->line_crlf && reader->n_crlf++ == 0)
		reader->crlf_first = reader->offset >= 2 ? reader->offset - 2 : 0;
}

/* ---- lines without words ---- */

void reader_blank(struct reader *reader, struct span span)
{
	(void)span;
	give_joined(reader, STATEMENT_BLANK);
}

void reader_crlf_line(struct reader *reader, struct span span)
{
	(void)span;
	reader->line_crlf = true;
	count_crlf(reader);
	give_joined(reader, STATEMENT_BLANK);
}

void reader_comment(struct reader *reader, struct span span)
{
	(void)span;
	give_joined(reader, STATEMENT_COMMENT);
}

/* ---- outside of a section ---- */

/* "iptables", "/sbin/ip6tables-legacy", "$IPT" */
static bool is_program(const char *word)
{
	const char *name;

	if (*word == '-') /* nearly every line */
		return false;
	name = base_name(word);
	return fnmatch("ip*tables", name, 0) == 0 || fnmatch("ip*tables-*", name, 0) == 0 ||
	       fnmatch("$IP*T*", name, 0) == 0;
}

static void complain_program(struct reader *reader, struct span span)
{
	struct diag *diag =
		complain(reader, "stray-text", span,
			 arena_printf(reader->arena, "'%s' is a command of a shell script",
				      text_of(reader, span)));

	hint(reader, diag, "a rules file has the words behind it alone, and '*TABLE' above");
}

/* The first word in the bytes. */
static struct span first_word(const struct reader *reader, struct span span)
{
	const char *bytes = reader->source->bytes;

	while (span.start < span.end && strchr(" \t\r", bytes[span.start]))
		span.start++;
	for (uint32_t i = span.start; i < span.end; i++)
		if (strchr(" \t\r", bytes[i]))
			span.end = i;
	return span;
}

static void complain_blanks(struct reader *reader, struct span span)
{
	struct diag *diag = complain(reader, "stray-text", span, "blanks on a line of their own");

	hint(reader, diag, "an empty line has nothing on it");
	if (diag && !reader->line_cut)
		diag_fix(reader->diags, diag, span, "", true);
}

void reader_stray(struct reader *reader, struct span span)
{
	struct span word = first_word(reader, span);
	struct diag *diag;
	char first;

	give_broken(reader);
	if (word.start == word.end) {
		complain_blanks(reader, span);
		return;
	}
	first = reader->source->bytes[word.start];
	if (first == '#') {
		diag = complain(reader, "stray-text", word,
				"a comment that does not begin in column 1");
		hint(reader, diag, "move the '#' to column 1");
		if (diag)
			diag_fix(reader->diags, diag, (struct span){ span.start, word.start }, "",
				 true);
	} else if (is_program(text_of(reader, word))) {
		complain_program(reader, word);
	} else if (first == '*') {
		diag = complain(reader, "stray-text", word,
				"a '*' that does not stand in column 1");
		hint(reader, diag, "move it to column 1");
	} else if (first == '-' || first == ':' || first == '[') {
		diag = complain(reader, "syntax-error", word, "no table is open here");
		hint(reader, diag, "a line such as '*filter' has to stand above");
	} else if (strcmp(text_of(reader, word), "COMMIT") == 0) {
		complain(reader, "syntax-error", word, "COMMIT without a table to commit");
	} else {
		complain(reader, "stray-text", word, "text outside of a table");
	}
}

/* ---- sections ---- */

static void complain_missing_commit(struct reader *reader, struct span span)
{
	struct diag *diag = diag_refuse(reader->diags, "missing-commit", BACKEND_BOTH, span,
					"table %s ends without COMMIT", reader->section_name);

	diag_hint(reader->diags, diag, "nothing of this table is loaded%s",
		  reader->was_committed ? ", but those above are" : "");
	diag_related(reader->diags, diag, reader->section, "it begins here");
}

static enum table_id find_table(struct reader *reader, const struct word *name)
{
	enum table_id table = table_find(name->text);
	struct similar similar;
	struct diag *diag;

	if (table != TABLE_NONE)
		return table;
	diag = complain(reader, "syntax-error", name->span,
			arena_printf(reader->arena, "there is no table '%s'", name->text));
	similar_init(&similar, name->text);
	for (int i = 0; i < TABLE_COUNT; i++)
		similar_offer(&similar, table_name((enum table_id)i));
	if (diag && similar_result(&similar))
		diag_hint(reader->diags, diag, "did you mean '*%s'?", similar_result(&similar));
	if (diag && similar_result(&similar))
		diag_fix_word(reader->diags, diag, reader->source, name->span, name->text,
			      similar_result(&similar));
	return TABLE_NONE;
}

static void begin_section(struct reader *reader, struct span span, const char *name)
{
	if (reader->in_section)
		complain_missing_commit(reader, span);
	reader->in_section = true;
	reader->section = span;
	reader->section_name = name;
}

static struct table_statement *new_table(struct reader *reader)
{
	struct table_statement *statement = arena_new_object(reader->arena, struct table_statement);

	fill_base(reader, &statement->base, STATEMENT_TABLE);
	statement->table = TABLE_NONE;
	return statement;
}

void reader_table(struct reader *reader, const struct word *name, struct span star)
{
	struct table_statement *statement = new_table(reader);
	struct span span = span_join(star, name->span);

	count_crlf(reader);
	begin_section(reader, span, arena_strdup(reader->arena, name->text));
	statement->name = name->span;
	statement->table = find_table(reader, name);
	give(reader, &statement->base);
}

void reader_no_table(struct reader *reader, struct span star)
{
	begin_section(reader, star, "without a name");
	complain(reader, "syntax-error", star, "the name of a table has to follow the '*'");
	give(reader, &new_table(reader)->base);
}

void reader_commit(struct reader *reader, struct span span)
{
	struct statement *statement = arena_new_object(reader->arena, struct statement);

	(void)span;
	count_crlf(reader);
	reader->in_section = false;
	reader->was_committed = true;
	fill_base(reader, statement, STATEMENT_COMMIT);
	give(reader, statement);
}

/* ---- counters ---- */

static bool read_counters(const char *text, const char *end, struct counters *counters)
{
	char *rest;

	if (text == end || *text != '[')
		return false;
	text++;
	while (*text == ' ')
		text++;
	if (!isdigit((unsigned char)*text))
		return false;
	counters->packets = strtoull(text, &rest, 10);
	if (*rest != ':' || !isdigit((unsigned char)rest[1]))
		return false;
	counters->bytes = strtoull(rest + 1, &rest, 10);
	while (*rest == ' ')
		rest++;
	return *rest == ']' && rest < end;
}

/* Restoring with counters (-c) refuses what restoring without does not look at. */
static const struct counters *take_counters(struct reader *reader, const char *text, size_t len,
					    struct span span)
{
	struct counters counters;
	struct diag *diag;

	if (read_counters(text, text + len, &counters))
		return arena_memdup(reader->arena, &counters, sizeof(counters));
	diag = diag_add(reader->diags, "invalid-value", span, "'%.*s' are no counters", (int)len,
			text);
	diag->level = LEVEL_WARNING;
	diag_hint(reader->diags, diag, "'[PACKETS:BYTES]'; with -c the file does not load");
	return NULL;
}

/* ---- chains ---- */

/* What only one back end refuses, and what both do. */
static void check_chain_name(struct reader *reader, const struct word *name)
{
	size_t len = strlen(name->text);

	if (len > MAX_CHAIN_NAME) {
		complain(reader, "name-too-long", name->span,
			 arena_printf(reader->arena,
				      "'%s' has %zu bytes; the name of a chain has at most %d",
				      name->text, len, MAX_CHAIN_NAME));
		return;
	}
	if (*name->text == '-' || *name->text == '!')
		diag_refuse(reader->diags, "syntax-error", BACKEND_NFT, name->span,
			    "the name of a chain begins with '%c'", *name->text);
	for (const char *c = name->text; *c; c++) {
		if (!isspace((unsigned char)*c))
			continue;
		diag_refuse(reader->diags, "syntax-error", BACKEND_NFT, name->span,
			    "the name of a chain has a control character");
		return;
	}
}

void reader_chain(struct reader *reader, const struct word *name, const struct word *policy,
		  const struct word *counters)
{
	struct chain_statement *statement = arena_new_object(reader->arena, struct chain_statement);

	/* A CR behind the counters does no harm. */
	if (!counters)
		count_crlf(reader);
	check_chain_name(reader, name);
	if (reader->line_failed) {
		give_broken(reader);
		return;
	}
	fill_base(reader, &statement->base, STATEMENT_CHAIN);
	statement->name = intern_add(reader->names, name->text, strlen(name->text));
	statement->name_span = name->span;
	statement->policy_text = arena_strdup(reader->arena, policy->text);
	statement->policy_span = policy->span;
	statement->policy = (uint8_t)verdict_find(policy->text);
	if (counters)
		statement->counters = take_counters(reader, counters->text, strlen(counters->text),
						    counters->span);
	give(reader, &statement->base);
}

void reader_no_policy(struct reader *reader, const struct word *name)
{
	bool is_builtin = hook_find(name->text) != HOOK_NONE;
	struct diag *diag;

	give_broken(reader);
	diag = complain(
		reader, "syntax-error", name->span,
		arena_printf(reader->arena, "a policy has to follow the chain '%s'", name->text));
	hint(reader, diag,
	     arena_printf(reader->arena, ":%s %s [0:0]", name->text, is_builtin ? "ACCEPT" : "-"));
}

void reader_no_chain(struct reader *reader, struct span colon)
{
	give_broken(reader);
	complain(reader, "syntax-error", colon, "the name of a chain has to follow the ':'");
}

void reader_blanks(struct reader *reader)
{
	struct span span = { reader->line_start, reader->offset };

	give_broken(reader);
	if (reader->line_cut && reader->line_failed)
		return;
	while (span.end > span.start && reader->source->bytes[span.end - 1] == '\n')
		span.end--;
	complain_blanks(reader, span);
}

/* ---- commands ---- */

void reader_add_word(struct reader *reader, const struct word *word)
{
	if (reader->n_words < PARSE_MAX_WORDS)
		reader->words[reader->n_words] = *word;
	else if (reader->n_words == PARSE_MAX_WORDS)
		complain(reader, "syntax-error", word->span,
			 arena_printf(reader->arena, "a line has at most %d words",
				      PARSE_MAX_WORDS));
	reader->n_words++;
}

/*
 * iptables-restore takes what stands before the first ':' for packets and what
 * stands behind it, up to a ']' anywhere, for bytes, and refuses the line if one of
 * them is not there.
 */
static bool counters_are_there(const struct reader *reader)
{
	const char *text = reader->source->bytes + reader->line_start + 1;
	const char *end = reader->source->bytes + reader->offset;
	const char *nul = memchr(text, '\0', (size_t)(end - text));

	if (nul)
		end = nul;
	while (text < end && *text == ':')
		text++;
	text = memchr(text, ':', (size_t)(end - text));
	if (!text)
		return false;
	for (text++; text < end; text++)
		if (*text != ']')
			return true;
	return false;
}

/* Legacy wants the newline behind COMMIT, nft does not. */
static bool is_commit_without_newline(const struct reader *reader, const struct span *counters)
{
	const struct word *word = reader->words;

	return !counters && reader->n_words == 1 && !word->quoted &&
	       word->span.start == reader->line_start && strcmp(word->text, "COMMIT") == 0 &&
	       (reader->line_cut || word->span.end == reader->source->len);
}

static void commit_without_newline(struct reader *reader)
{
	struct diag *diag = diag_refuse(reader->diags, "missing-commit", BACKEND_LEGACY,
					reader->words[0].span, "no newline follows COMMIT");

	diag_hint(reader->diags, diag, "end the last line of the file");
	if (!reader->line_cut)
		diag_fix(reader->diags, diag,
			 (struct span){ reader->words[0].span.end, reader->words[0].span.end },
			 "\n", true);
	reader_commit(reader, reader->words[0].span);
}

static void give_command(struct reader *reader, const struct span *counters)
{
	struct command *command = arena_new_object(reader->arena, struct command);
	const struct counters *values = NULL;

	if (counters)
		values = take_counters(reader, reader->source->bytes + counters->start,
				       counters->end - counters->start, *counters);
	fill_base(reader, &command->base, STATEMENT_COMMAND);
	flush_pending(reader);
	reader->is_enough = !reader->handler->command(reader->handler->context, command, values,
						      reader->words, reader->n_words);
}

void reader_command(struct reader *reader, const struct span *counters)
{
	const struct word *first = reader->words;

	if (is_commit_without_newline(reader, counters)) {
		commit_without_newline(reader);
		return;
	}
	if (reader->is_enough) {
		if (reader->n_unread++ == 0)
			reader->last_broken = (struct span){ reader->line_start, reader->offset };
		give_broken(reader);
		return;
	}
	count_crlf(reader);
	if (counters ? !counters_are_there(reader)
		     : reader->source->bytes[reader->line_start] == '[') {
		struct diag *diag =
			complain(reader, "syntax-error", counters ? *counters : first->span,
				 "the counters before the rule are not complete");

		hint(reader, diag, "'[PACKETS:BYTES]'");
	} else if (!counters && !first->quoted && is_program(first->text)) {
		complain_program(reader, first->span);
	} else if (reader->n_broken > MAX_BROKEN) {
		/* Nobody reads the thousandth error; later lines are not looked at. */
		reader->line_failed = true;
	}
	if (reader->line_failed)
		give_broken(reader);
	else
		give_command(reader, counters);
}

/* The CR of the next line from *AT on that ends with one; false: there is no more. */
static bool next_crlf(const struct source *source, uint32_t *at)
{
	const char *end = source->bytes + source->len;
	const char *newline = source->bytes + *at;

	while ((newline = memchr(newline, '\n', (size_t)(end - newline)))) {
		uint32_t offset = (uint32_t)(newline - source->bytes);

		newline++;
		if (offset == 0 || newline[-2] != '\r')
			continue;
		*at = offset - 1;
		return true;
	}
	return false;
}

/* Where there are very many, they make one edit: each would take more memory than its line. */
static void fix_crlf_at_once(struct reader *reader, struct diag *diag)
{
	const struct source *source = reader->source;
	struct span span = { 0, (uint32_t)source->len };
	char *text = arena_alloc(reader->arena, source->len + 1);
	uint32_t at = 0, from = 0;
	size_t len = 0;

	for (; next_crlf(source, &at); at += 2, from = at - 1) {
		memcpy(text + len, source->bytes + from, at - from);
		len += at - from;
	}
	memcpy(text + len, source->bytes + from, source->len - from);
	diag_fix(reader->diags, diag, span, text, true);
}

/* Every CR at the end of a line goes, also those that do no harm; but not where a quote that
 * does not end may have taken it for a part of a word. */
static void fix_crlf(struct reader *reader, struct diag *diag)
{
	struct diag_extra *extra = diag_need_extra(reader->diags->arena, diag);
	struct edit **last = &extra->fix;

	if (reader->has_open_quote || reader->has_nul)
		return;
	if (reader->n_crlf > MAX_CRLF_EDITS) {
		fix_crlf_at_once(reader, diag);
		return;
	}
	for (uint32_t at = 0; next_crlf(reader->source, &at); at += 2) {
		struct edit *edit = arena_new_object(reader->diags->arena, struct edit);

		edit->span = (struct span){ at, at + 1 };
		edit->text = "";
		*last = edit;
		last = &edit->next;
	}
	extra->fix_is_safe = true;
}

void reader_finish(struct reader *reader)
{
	flush_pending(reader);
	if (reader->in_section)
		complain_missing_commit(reader, reader->section);
	if (reader->n_crlf) {
		struct span span = { reader->crlf_first, reader->crlf_first + 1 };
		struct diag *diag = diag_refuse(reader->diags, "stray-text", BACKEND_BOTH, span,
						"%u line%s in CR LF", reader->n_crlf,
						reader->n_crlf == 1 ? " ends" : "s end");

		diag_hint(reader->diags, diag, "convert the file: sed -i 's/\\r$//' FILE");
		fix_crlf(reader, diag);
	}
	if (reader->n_unread)
		diag_refuse(reader->diags, "syntax-error", BACKEND_BOTH, reader->last_broken,
			    "too many errors: %u lines from here on were not read",
			    reader->n_unread);
	else if (reader->n_broken > MAX_BROKEN)
		diag_refuse(reader->diags, "syntax-error", BACKEND_BOTH, reader->last_broken,
			    "and %u more lines that are not of the language",
			    reader->n_broken - MAX_BROKEN);
}
