/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of bwrap: what the file system and the environment inside of a sandbox are.
 */
#ifndef SANDBOX_BWRAP_H
#define SANDBOX_BWRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sandbox/folder.h"
#include "sandbox/sandbox.h"

#define BWRAP_MAX_FILES 700

struct bwrap {
	struct buf words;	    /* each with a NUL behind */
	int files[BWRAP_MAX_FILES]; /* open, named by number in the words */
	size_t n_files;
	int program; /* the recorder, open */
	const char *error;
};

/* TRACE: what bash is to read before the script; NULL: nothing. */
void bwrap_make(struct bwrap *bwrap, struct arena *arena, const struct sandbox_options *options,
		const struct sandbox_limits *limits, const struct folder *folder,
		const char *trace);

/* Forgets the words; closes the files that are not the folder's. */
void bwrap_free(struct bwrap *bwrap, const struct folder *folder);

/* A file without a name that holds BYTES and is read from its start; -1: there is none. */
int bwrap_memory_file(const char *bytes, size_t len);

#endif
