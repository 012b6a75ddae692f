/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comments of a script on their way into the rules file: a block of comment lines that
 * ends on the line before a command goes above the first thing that the command left.
 */
#ifndef CONVERT_COMMENTS_H
#define CONVERT_COMMENTS_H

#include "base/arena.h"
#include "ruleset/statement.h"
#include "shell/syntax.h"

struct comments;

struct comments *comments_new(struct arena *arena, const struct shell_script *script);

/*
 * The lines above the command that ORIGIN stands for, each with its newline; NULL: there are
 * none, or they were asked for before.  Left out: "#!", directives for shellcheck, commands
 * that were commented out.
 */
const char *comments_take(struct comments *comments, const struct statement *origin);

#endif
