/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are written as a whole or not at all.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
	FILE *file;
	const char *path; /* NULL: standard output */
	char *target;	  /* the file behind a symbolic link; malloc'ed */
	char *temporary;  /* malloc'ed */
};

/* Opens PATH (NULL or "-": standard output) for writing; false after a complaint. */
bool output_open(struct output *output, const char *path);

/* Puts the new content in place of the old, with its mode and owner; false after a
 * complaint, and the old content is still there. */
bool output_commit(struct output *output);

/* Gives up: the old content stays. */
void output_abandon(struct output *output);

#endif
