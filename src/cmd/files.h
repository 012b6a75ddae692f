/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the words of the command line to the files that are meant.
 */
#ifndef CMD_FILES_H
#define CMD_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "source/source.h"

struct settings; /* cmd/settings.h */
struct script_input;
struct sibling; /* lint/sibling.h */

struct input {
	const char *path;		   /* "-": standard input */
	const char *name;		   /* as reports call it */
	const struct source *source;	   /* already read, or NULL */
	enum family family;		   /* FAMILY_UNSPEC until somebody has found out */
	bool is_named;			   /* by a word, not found in a directory */
	const struct settings *settings;   /* what is in force for it; from load_inputs() on */
	const struct script_input *script; /* cmd/check_script.h; NULL: a rules file */
	struct sibling *sibling;	   /* the file of the other family beside it, or NULL */
	const struct input *beside;	   /* the same as an input, where it has to be read */
};

struct inputs {
	struct input *list;
	size_t count;
	size_t capacity;
	bool has_stdin;
	int status; /* 2 once something could not be read or was not there */
};

/*
 * Adds what WORD names: a file, "-", or every rules file in a directory and below,
 * in the order of their bytes.  Complains to standard error and sets the status
 * where there is no such thing.  A directory without rules files is an error
 * unless ALLOW_EMPTY.
 */
void inputs_add(struct inputs *inputs, struct arena *arena, const char *word, bool allow_empty);

/* Adds a copy of INPUT, which is in no such list. */
void inputs_append(struct inputs *inputs, const struct input *input);

/* Makes room for one more input behind number I, which is a copy of that one. */
void inputs_double(struct inputs *inputs, size_t i);

void inputs_remove(struct inputs *inputs, size_t i);

/* Would this file be taken from a directory?  Its name decides, or its first lines. */
bool is_rules_file(const char *path);

/* The same of a file that is not there, by its path and its bytes. */
bool is_rules_text(const char *path, const char *bytes, size_t len);

/* May it be one?  By its name alone. */
bool may_be_rules_file(const char *path);

/* Is it one, whatever its name?  Its first lines decide, unless the name does. */
bool looks_like_rules_file(const char *path);

#endif
