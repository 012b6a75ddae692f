/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * git, asked by its own arguments and never through a shell.
 */
#ifndef CMD_GIT_H
#define CMD_GIT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/arena.h"

/* What an argument list begins with.  No program that the configuration of a work tree names
 * is started. */
#define GIT(root) "git", "-C", (root), "-c", "core.fsmonitor=false"

/* Starts git with ARGV, ended by NULL; what it prints comes from *OUT.  0 after a complaint. */
pid_t git_start(const char *const *argv, FILE **out);

/* Did it do what it was asked for? */
bool git_end(pid_t pid, FILE *out);

/* The name of the commit that REVISION is; NULL after a complaint in the name of OPTION. */
const char *git_commit(struct arena *arena, const char *option, const char *root,
		       const char *revision);

/*
 * Splits the path of the input NAME into the root of its work tree and the path from there on,
 * links in it followed; false after a complaint in the name of OPTION.
 */
bool git_place(struct arena *arena, const char *option, const char *name, const char **root,
	       const char **path);

/* The same for a folder that is there; the path of the root is "".  False: it is in no work tree.
 */
bool git_folder(struct arena *arena, const char *name, const char **root, const char **path);

/* Gives the path of each file that the commit has in the folder PATH and below. */
typedef void git_name(void *context, const char *path);
void git_names(const char *root, const char *commit, const char *path, git_name *give,
	       void *context);

/* Has the commit such a file? */
bool git_has_file(const char *root, const char *commit, const char *path);

/* The bytes of a file in a commit, *LEN of them and a NUL; NULL: it has no such file, or git could
 * not be asked, which is told. */
const char *git_file(struct arena *arena, const char *root, const char *commit, const char *path,
		     size_t *len);

#endif
