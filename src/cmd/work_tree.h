/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an input lies: its absolute path, and the one from the root of its work tree on,
 * which is the same from whichever folder the program is called.  The files need not exist.
 */
#ifndef CMD_WORK_TREE_H
#define CMD_WORK_TREE_H

#include "base/arena.h"

/* The absolute path of the input NAME, and its folder, without links where it is there; "-" is
 * a file without a name in the current directory. */
const char *absolute_path(struct arena *arena, const char *name, const char **folder);

/*
 * The path of the input NAME from the root of its work tree on, the nearest folder that holds
 * .git; from the current directory on where there is none.  What lies outside of that directory
 * has its absolute path; "-" stays as it is.
 */
const char *work_tree_path(struct arena *arena, const char *name);

/* The same with another folder, an absolute path, in place of the current directory. */
const char *work_tree_path_or(struct arena *arena, const char *name, const char *otherwise);

/* The root of the work tree that FOLDER, an absolute path, is in; NULL if there is none. */
const char *work_tree_root(struct arena *arena, const char *folder);

/* What of PATH comes behind FOLDER, both absolute; PATH if it does not lie in there. */
const char *path_within(const char *path, const char *folder);

/* The folder that PATH lies in, both absolute; "/" lies in itself. */
const char *parent_folder(struct arena *arena, const char *path);

#endif
