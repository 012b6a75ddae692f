/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script does to a host that a rules file cannot hold: settings of the kernel,
 * modules, ipsets, other programs.
 */
#ifndef CONVERT_NOTES_H
#define CONVERT_NOTES_H

#include "convert/host.h"

struct notes {
	struct arena *arena;
	struct note *list;
	size_t n, capacity;
};

/* How a program that nobody runs is known; it is taken to work. */
struct program_facts {
	const char *name;
	const char *path; /* where Debian installs it */
	bool prints;	  /* what it prints says something of the host */
	bool changes;	  /* what it changes is worth a line at the end */
};

/* The facts of a program by the last part of its name; NULL: not known. */
const struct program_facts *program_facts(const char *name);

/* Notes a call of such a program.  WORDS are known. */
void notes_add_call(struct notes *notes, const char *const *words, size_t n_words);

/* Notes that a file was written; TEXT is NULL where it is not known.  PATH may be a pattern. */
void notes_add_file(struct notes *notes, const char *path, const char *text);

#endif
