/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file come from git; its path and its settings are those of the file in the work
 * tree, so a script finds there what it reads.
 */
#include "cmd/revision.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/git.h"
#include "cmd/load.h"

struct revision {
	struct arena *arena;
	const struct options *options;
	const char *root;   /* the work tree that was asked last, or NULL ... */
	const char *commit; /* ... and what the revision is there; NULL: there is none */
};

struct revision *revision_new(struct arena *arena, const struct options *options)
{
	struct revision *revision = arena_new_object(arena, struct revision);

	revision->arena = arena;
	revision->options = options;
	return revision;
}

/* NULL after a complaint, which is made once for a work tree. */
static const char *commit_in(struct revision *revision, const char *root)
{
	if (!revision->root || strcmp(revision->root, root) != 0) {
		revision->root = root;
		revision->commit =
			git_commit(revision->arena, "--git", root, revision->options->git);
	}
	return revision->commit;
}

bool revision_load(struct revision *revision, const struct input *input, struct inputs *old)
{
	struct arena *arena = revision->arena;
	const char *name = arena_printf(arena, "%s:%s", revision->options->git, input->name);
	const char *root, *path, *commit, *bytes;
	struct input copy = *input;
	size_t len;

	if (!git_place(arena, "--git", input->path, &root, &path))
		return false;
	commit = commit_in(revision, root);
	if (!commit)
		return false;
	bytes = git_file(arena, root, commit, path, &len);
	if (!bytes) {
		cmd_error("--git: %s is not in %s: there is nothing to compare it with",
			  input->name, revision->options->git);
		return false;
	}
	copy.name = name;
	copy.source = source_new(arena, name, bytes, len);
	copy.script = NULL;
	inputs_append(old, &copy);
	return load_known(old, old->count - 1, arena, revision->options);
}
