/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files beside a script, opened: a sandbox gets copies of them.  So nothing else that
 * lies there (sockets, devices) is in reach, and the user of the sandbox needs no right to
 * read them.  Knows nothing of sandboxes.
 */
#ifndef SANDBOX_FOLDER_H
#define SANDBOX_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

enum folder_kind {
	FOLDER_FOLDER,
	FOLDER_FILE,
	FOLDER_LINK,
};

struct folder_entry {
	enum folder_kind kind;
	const char *path;   /* where it is to be inside */
	int fd;		    /* of a file */
	bool is_executable; /* of a file; the script always is */
	const char *target; /* of a link */
};

struct folder {
	const char *script;	      /* the path of the script inside: absolute */
	const char *cwd;	      /* its folder */
	struct folder_entry *entries; /* folders before what is in them; the script is one */
	size_t n_entries;
	unsigned long long bytes;
	bool is_cut; /* some of it was too much */
};

/*
 * Opens the files; false with errno: the script cannot be read.  HOME: a folder whose
 * files are none of the script's business, or NULL.
 */
bool folder_open(struct folder *folder, struct arena *arena, const char *script, const char *home);

void folder_close(struct folder *folder);

#endif
