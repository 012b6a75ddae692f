/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the shell grammar (grammar/shell.l, grammar/shell.y): bytes in, a tree out.
 * Expands nothing, runs nothing.
 */
#ifndef SHELL_PARSE_H
#define SHELL_PARSE_H

#include "base/arena.h"
#include "shell/syntax.h"
#include "source/diag.h"
#include "source/source.h"

/* Deeper nesting of commands, quotes and expansions than this is an error. */
#define SHELL_MAX_DEPTH 200

/*
 * Parses SOURCE.  An error goes to DIAGS as "syntax-error" with the place where what
 * is not closed begins as related; the shell stops at the first one, so commands
 * of lines before it are in the tree and nothing behind it is.  Whatever the bytes are:
 * linear time, no crash.
 */
struct shell_script *shell_parse(struct arena *arena, const struct source *source,
				 enum shell_dialect dialect, struct diags *diags);

/*
 * The dialect that the first line asks for ("#!/bin/sh", "#! /usr/bin/env bash");
 * bash without such a line.  False if the line asks for another interpreter, whose name
 * *OTHER then gets (in ARENA).
 */
bool shell_dialect_of(struct arena *arena, const struct source *source, enum shell_dialect *dialect,
		      const char **other);

/*
 * What the first line gives its shell where the kernel starts the script: the one word
 * behind the program ("-e"), in ARENA; NULL: nothing.
 */
const char *shell_flags_of(struct arena *arena, const struct source *source);

#endif
