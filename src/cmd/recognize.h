/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file is that somebody names: a rules file, a shell script that makes rules, or
 * what somebody has copied from a terminal.
 */
#ifndef CMD_RECOGNIZE_H
#define CMD_RECOGNIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "source/source.h"

enum content {
	CONTENT_UNKNOWN,
	CONTENT_RULES,	 /* what iptables-restore reads: it has a "*table" line ... */
	CONTENT_MIXED,	 /* ... and commands: either a broken rules file or a script */
	CONTENT_SCRIPT,	 /* or a few commands, one a line */
	CONTENT_PASTED,	 /* commands behind the prompt of a shell */
	CONTENT_PRINTED, /* "-P", "-N" and "-A" lines: what iptables -S prints */
	CONTENT_APPENDS, /* "-A" lines alone: a part of that, or of a rules file */
	CONTENT_LISTING, /* what iptables -L prints */
};

#define RECOGNIZE_LOOKED_AT 65536

/* By the first LEN bytes of the file, of which RECOGNIZE_LOOKED_AT are looked at, and by its
 * name where these do not tell. */
enum content recognize(const char *name, const char *bytes, size_t len);

/* Does one of these lines call iptables or a relative, or name it as a program to call?  A
 * guess from words: what stands in a string counts, what a variable of any name holds does
 * where the program is assigned to it. */
bool recognize_calls(const char *bytes, size_t len);

/* CONTENT_PASTED as a script: blanks stand for the prompts, and for what the commands
 * have printed.  *PROMPT is the first prompt. */
const struct source *recognize_commands(struct arena *arena, const struct source *source,
					struct span *prompt);

#endif
