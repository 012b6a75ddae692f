/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the grammar takes, and one of the two shells does not.  False: the error was
 * reported.  Inside shell/ and grammar/ only.
 */
#ifndef SHELL_CHECK_H
#define SHELL_CHECK_H

#include "shell/reader.h"

bool check_variable(struct shell_reader *reader, const struct shell_word *name);
bool check_function(struct shell_reader *reader, const struct shell_word *name);
bool check_function_body(struct shell_reader *reader, const struct shell_command *body);

/* "! ! x" */
bool check_bang(struct shell_reader *reader, struct span span);
/* "!" alone */
bool check_negation(struct shell_reader *reader);
/* "for x" NEWLINE ";" */
bool check_semicolon(struct shell_reader *reader, struct span linebreak, struct span semicolon);
/* "for x; { ...; }" */
bool check_loop_body(struct shell_reader *reader, struct span span);

#endif
