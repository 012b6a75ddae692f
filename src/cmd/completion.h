/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the three completion scripts are made of, besides the tables of subcommands and
 * options.  Knows nothing of any shell.
 */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include <stdbool.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/option_table.h"

/* What stands for an option's value, or for the arguments of a subcommand. */
enum value_kind {
	VALUE_NONE,
	VALUE_FREE, /* nobody knows */
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_RULES,  /* a list of lint rules, groups and "all", with commas */
	VALUE_FORMAT, /* of a report; "=FILE" may follow */
	VALUE_EQUALS, /* WORD=FILE */
	VALUE_WORDS,  /* one of those that stand there */
};

/* By its name in the help text, NULL for none; see struct option_row. */
enum value_kind value_kind(const char *name);

/* The words of a VALUE_WORDS, or the formats, with blanks between them. */
void add_value_words(struct buf *out, const char *name);
void add_format_names(struct buf *out);

/* What may stand first on a command line, with blanks between. */
void add_first_words(struct buf *out);

/* TEXT, with a backslash before each of the bytes SPECIAL. */
void add_backslashed(struct buf *out, const char *text, const char *special);

/* TEXT in the single quotes of sh, bash and zsh. */
void add_sh_quoted(struct buf *out, const char *text);

bool option_is_for(const struct option_row *row, const struct subcommand *subcommand);

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
