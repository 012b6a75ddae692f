/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file come from git; its path and its settings are those of the file in the work
 * tree, so a script finds there what it reads.
 */
#include "cmd/revision.h"

#include <string.h>
#include <sys/stat.h>

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

/* ---- what is gone ---- */

static void complain_of_gone(const struct revision *revision, const char *name)
{
	cmd_error("--git: %s is in %s, and gone from the work tree: there is nothing to compare it "
		  "with",
		  name, revision->options->git);
}

struct folder {
	struct revision *revision;
	const char *name;
	const char *root, *path;
	bool is_all_there;
};

static void look_for_file(void *context, const char *path)
{
	struct folder *folder = context;
	struct revision *revision = folder->revision;
	struct arena *arena = revision->arena;
	const char *within = *folder->path ? path + strlen(folder->path) + 1 : path;
	const char *bytes;
	struct stat info;
	size_t len;

	if (!may_be_rules_file(path) ||
	    lstat(arena_printf(arena, "%s/%s", folder->root, path), &info) == 0)
		return;
	bytes = git_file(arena, folder->root, revision->commit, path, &len);
	if (!bytes || !is_rules_text(path, bytes, len))
		return;
	complain_of_gone(revision, folder->name ? arena_printf(arena, "%s/%s", folder->name, within)
						: within);
	folder->is_all_there = false;
}

static bool is_folder_all_there(struct revision *revision, const char *name)
{
	struct folder folder = { .revision = revision, .is_all_there = true };
	size_t len = name ? strlen(name) : 0;

	if (!git_folder(revision->arena, name ? name : ".", &folder.root, &folder.path) ||
	    !commit_in(revision, folder.root))
		return true; /* its files are complained of */
	while (len > 1 && name[len - 1] == '/')
		len--;
	folder.name = name ? arena_strndup(revision->arena, name, len) : NULL;
	git_names(folder.root, revision->commit, folder.path, look_for_file, &folder);
	return folder.is_all_there;
}

bool revision_is_all_there(struct revision *revision, const char *word)
{
	const char *root, *path;
	struct stat info;

	if (!word || (stat(word, &info) == 0 && S_ISDIR(info.st_mode)))
		return is_folder_all_there(revision, word);
	if (strcmp(word, "-") == 0 || lstat(word, &info) == 0 ||
	    !git_place(revision->arena, "--git", word, &root, &path) ||
	    !commit_in(revision, root) || !git_has_file(root, revision->commit, path))
		return true; /* what is wrong is told where it is read */
	complain_of_gone(revision, word);
	return false;
}
