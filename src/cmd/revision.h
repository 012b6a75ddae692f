/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inputs of a run as they are in a git revision.
 */
#ifndef CMD_REVISION_H
#define CMD_REVISION_H

#include "cmd/files.h"
#include "cmd/options.h"

struct revision;

/* The one that --git names; nothing is asked yet. */
struct revision *revision_new(struct arena *arena, const struct options *options);

/*
 * Adds to OLD what INPUT was: an input with its name behind that of the revision, or two
 * where it was a script for both families.  False after a complaint.
 */
bool revision_load(struct revision *revision, const struct input *input, struct inputs *old);

/*
 * Complains of what WORD names in the revision and the work tree has no more: the file, or rules
 * files of a directory, the current one if WORD is NULL.  False if there is something.
 */
bool revision_is_all_there(struct revision *revision, const char *word);

#endif
