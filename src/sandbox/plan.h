/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the first process of a sandbox is told to do, and what it tells.
 *
 * The plan is a message (wire.h) in a file: numbers of struct plan in decimal, then the
 * words of the script's shell.  What it tells are packets, whose first byte says
 * what the rest is.
 */
#ifndef SANDBOX_PLAN_H
#define SANDBOX_PLAN_H

struct plan {
	unsigned cpu_seconds;
	unsigned long long memory;
	unsigned long long files;
	unsigned processes;
};

#define PLAN_FORMAT "%u %llu %llu %u"

enum told {
	TOLD_HELLO = 'H',   /* with the socket of the recorder, listening */
	TOLD_LIMIT = 'L',   /* a byte: enum sandbox_limit; all ends now */
	TOLD_STATUS = 'S',  /* an int: the script's, as waitpid() gives it */
	TOLD_SETTING = 'K', /* path, NUL, what was written there */
	TOLD_FILE = 'F',    /* path of an empty file that was read */
	TOLD_ERROR = 'E',   /* text: the shell cannot be started */
};

/* The longest packet. */
#define TOLD_MAX 8192

/* Files and folders that say what the host is like; empty inside. */
extern const char *const plan_empty_files[];
extern const char *const plan_empty_folders[];

#endif
