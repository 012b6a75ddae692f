/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --since: which lines of the inputs were changed since a revision, as git tells, and the
 * findings that have to do with them.
 *
 * git is asked once for each work tree, by its own arguments and never through a shell.  What
 * it says of a renamed file counts from the file's old name on; in a file that the revision
 * does not have, every line is changed.
 */
#ifndef CMD_SINCE_H
#define CMD_SINCE_H

#include "base/arena.h"
#include "cmd/files.h"
#include "pipeline/unit.h"

struct changes;

/* The changes of each input since REVISION; NULL after a complaint. */
struct changes *changes_find(struct arena *arena, const struct inputs *inputs,
			     const char *revision);

/* Does nothing with NULL. */
void changes_free(struct changes *changes);

/*
 * Sets aside the findings of the input's unit that have nothing to do with what was changed: no
 * line of theirs was, and none of a place that belongs to them.  So an old rule that a new
 * one has made dead is told.
 */
void changes_apply(const struct changes *changes, const struct input *input, struct unit *unit);

#endif
