/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tokens of the shell grammar.  Inside shell/ and grammar/ only.
 */
#ifndef SHELL_LEXER_H
#define SHELL_LEXER_H

#include "shell.h"
#include "shell/reader.h"

int shell_grammar_lex(SHELL_GRAMMAR_STYPE *value, SHELL_GRAMMAR_LTYPE *location,
		      struct shell_reader *reader);

/* Notes the comment that is the last piece, if it has its line for itself. */
void lexer_add_comment(struct shell_reader *reader);

#endif
