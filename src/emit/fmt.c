/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a hand-kept file.
 *
 * Everything that is not spelled anew is copied byte by byte: comments, blank
 * lines, lines that could not be read, the end of the file.
 */
#include "emit/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "emit/same.h"
#include "emit/spell.h"

#define SCRATCH_LINES 4096 /* bounds the memory of the scratch arena */

struct fmt {
	const struct unit *unit;
	struct diags *remarks;
	struct buf *out;
	struct same *same;
	struct arena *scratch; /* for the words of some lines */
	unsigned scratch_lines;
	struct buf line;   /* the new spelling */
	struct buf unread; /* struct span of each line that could not be read, in order */
	enum table_id table;
	uint32_t at; /* the source is copied up to here */
};

static void copy_up_to(struct fmt *fmt, uint32_t offset)
{
	buf_add(fmt->out, fmt->unit->source->bytes + fmt->at, offset - fmt->at);
	fmt->at = offset;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * The whole line around SPAN, with the blanks before and behind it; false if there is
 * something else on it (as in a line that is too long to be read at once), or bytes
 * that no line should have.
 */
static bool find_line(const struct fmt *fmt, struct span span, struct span *line)
{
	const struct source *source = fmt->unit->source;
	const char *bytes = source->bytes;

	*line = span;
	while (line->start > fmt->at && is_blank(bytes[line->start - 1]))
		line->start--;
	while (line->end < source->len && is_blank(bytes[line->end]))
		line->end++;
	if (line->start > 0 && bytes[line->start - 1] != '\n')
		return false;
	if (line->end < source->len && bytes[line->end] != '\n')
		return false;
	return !memchr(bytes + line->start, '\r', line->end - line->start) &&
	       !memchr(bytes + line->start, '\0', line->end - line->start);
}

static bool is_changed(const struct fmt *fmt, struct span line)
{
	return fmt->line.len != line.end - line.start ||
	       memcmp(buf_string(&fmt->line), fmt->unit->source->bytes + line.start,
		      fmt->line.len) != 0;
}

static void remark(struct fmt *fmt, const struct command *command)
{
	struct diag *diag;

	diag = diag_add(fmt->remarks, "save-changes-meaning", command->base.span,
			"this line stays as written: its canonical spelling would be another "
			"rule");
	diag->level = LEVEL_WARNING;
	diag->table = table_name(fmt->table);
	diag->chain = command->chain;
}

static struct arena *get_scratch(struct fmt *fmt)
{
	if (fmt->scratch && fmt->scratch_lines++ < SCRATCH_LINES)
		return fmt->scratch;
	if (fmt->scratch)
		arena_free(fmt->scratch);
	fmt->scratch = arena_new();
	fmt->scratch_lines = 0;
	return fmt->scratch;
}

static bool format_command(struct fmt *fmt, const struct command *command, struct span line)
{
	if (!spell_command(&fmt->line, fmt->unit, get_scratch(fmt), command))
		return false;
	/* A quote that is not closed takes the end of the line into the word. */
	if (strpbrk(buf_string(&fmt->line), "\r\n"))
		return false;
	if (!is_changed(fmt, line) || !command_takes_rule(command))
		return true;
	if (same_meaning(fmt->same, fmt->table, command, &fmt->line))
		return true;
	remark(fmt, command);
	return false;
}

/* True if fmt->line holds the new spelling. */
static bool format_statement(struct fmt *fmt, const struct statement *statement, struct span line)
{
	const struct unit *unit = fmt->unit;

	switch (statement->kind) {
	case STATEMENT_TABLE:
		return spell_table(&fmt->line, unit, (const struct table_statement *)statement,
				   line);
	case STATEMENT_CHAIN:
		return spell_chain(&fmt->line, unit, (const struct chain_statement *)statement,
				   line);
	case STATEMENT_COMMAND:
		return format_command(fmt, (const struct command *)statement, line);
	}
	return false;
}

/* ---- lines that could not be read ---- */

static bool is_unread(const struct statement *statement)
{
	const struct command *command = (const struct command *)statement;

	if (statement->kind == STATEMENT_BROKEN)
		return true;
	if (statement->kind != STATEMENT_COMMAND)
		return false;
	for (uint32_t i = 0; i < command->n_rules; i++)
		if (command->rules[i].unbound)
			return true;
	return command->failed || command->kind == COMMAND_NONE;
}

static int compare_place(const void *key, const void *element)
{
	const struct diag *diag = key;
	const struct span *line = element;

	if (diag->span.start < line->start)
		return -1;
	return diag->span.start > line->end;
}

/* What the stages before said about these lines. */
static void repeat_errors(struct fmt *fmt)
{
	const struct unit *unit = fmt->unit;

	for (const struct diag *from = unit->diags.first; from; from = from->next) {
		struct diag *diag;

		if (!from->refuses && !from->undecided)
			continue;
		if (!unit->is_template &&
		    (!fmt->unread.len ||
		     !bsearch(from, fmt->unread.data, fmt->unread.len / sizeof(struct span),
			      sizeof(struct span), compare_place)))
			continue;
		diag = diag_repeat(fmt->remarks, from);
		diag->level = from->refuses ? LEVEL_ERROR : LEVEL_WARNING;
	}
}

void fmt_text(const struct unit *unit, struct diags *remarks, struct buf *out)
{
	struct fmt fmt = {
		.unit = unit,
		.remarks = remarks,
		.out = out,
		.same = same_new(unit),
		.table = TABLE_NONE,
	};

	for (const struct statement *statement = unit->statements; statement;
	     statement = statement->next) {
		struct span line;

		if (statement->kind == STATEMENT_TABLE)
			fmt.table = ((const struct table_statement *)statement)->table;
		if (is_unread(statement))
			buf_add(&fmt.unread, &statement->span, sizeof(statement->span));
		if (statement->span.start < fmt.at || !find_line(&fmt, statement->span, &line))
			continue;
		buf_clear(&fmt.line);
		if (!format_statement(&fmt, statement, line))
			continue;
		copy_up_to(&fmt, line.start);
		buf_add(out, buf_string(&fmt.line), fmt.line.len);
		fmt.at = line.end;
	}
	copy_up_to(&fmt, (uint32_t)unit->source->len);
	repeat_errors(&fmt);
	buf_free(&fmt.line);
	buf_free(&fmt.unread);
	if (fmt.scratch)
		arena_free(fmt.scratch);
	same_free(fmt.same);
}
