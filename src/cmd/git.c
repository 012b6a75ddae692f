/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts git and reads what it prints.
 */
#include "cmd/git.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/work_tree.h"

pid_t git_start(const char *const *argv, FILE **out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;
	pid_t pid;

	if (pipe(ends) < 0) {
		cmd_error("git: %s", strerror(errno));
		return 0;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		cmd_error("git cannot be started: %s", strerror(error));
		return 0;
	}
	*out = fdopen(ends[0], "r");
	if (!*out)
		die_out_of_memory();
	return pid;
}

bool git_end(pid_t pid, FILE *out)
{
	int status;

	fclose(out);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

const char *git_commit(struct arena *arena, const char *option, const char *root,
		       const char *revision)
{
	const char *const argv[] = {
		GIT(root), "rev-parse",	       "--verify",
		"--quiet", "--end-of-options", arena_printf(arena, "%s^{commit}", revision),
		NULL
	};
	char name[128] = "";
	bool is_read, is_done;
	FILE *out;
	pid_t pid = git_start(argv, &out);

	if (!pid)
		return NULL;
	is_read = fgets(name, sizeof(name), out);
	is_done = git_end(pid, out);
	name[strcspn(name, "\n")] = '\0';
	if (is_read && is_done && strspn(name, "0123456789abcdef") == strlen(name))
		return arena_strdup(arena, name);
	cmd_error("%s: '%s' is no revision that git knows in %s", option, revision, root);
	return NULL;
}

bool git_place(struct arena *arena, const char *option, const char *name, const char **root,
	       const char **path)
{
	const char *folder, *real;
	char *resolved;

	if (strcmp(name, "-") == 0) {
		cmd_error("%s: standard input has no revisions", option);
		return false;
	}
	resolved = realpath(name, NULL);
	real = resolved ? arena_strdup(arena, resolved) : absolute_path(arena, name, &folder);
	free(resolved);
	*root = work_tree_root(arena, parent_folder(arena, real));
	if (!*root) {
		cmd_error("%s: %s is in no work tree of git", option, name);
		return false;
	}
	*path = path_within(real, *root);
	return true;
}

bool git_folder(struct arena *arena, const char *name, const char **root, const char **path)
{
	char *real = realpath(name, NULL);

	*root = real ? work_tree_root(arena, arena_strdup(arena, real)) : NULL;
	if (*root)
		*path = strcmp(real, *root) ? arena_strdup(arena, path_within(real, *root)) : "";
	free(real);
	return *root;
}

void git_names(const char *root, const char *commit, const char *path, git_name *give,
	       void *context)
{
	const char *const argv[] = { GIT(root), "--literal-pathspecs", "ls-tree",     "-r",
				     "-z",	"--name-only",	       "--full-tree", commit,
				     "--",	*path ? path : NULL,   NULL };
	char *name = NULL;
	size_t size = 0;
	FILE *out;
	pid_t pid = git_start(argv, &out);

	while (pid && getdelim(&name, &size, '\0', out) > 0)
		give(context, name);
	free(name);
	if (pid)
		git_end(pid, out);
}

/* git cat-file would complain of a file that is not there. */
bool git_has_file(const char *root, const char *commit, const char *path)
{
	const char *const argv[] = { GIT(root),	    "--literal-pathspecs",
				     "ls-tree",	    "-z",
				     "--name-only", "--full-tree",
				     commit,	    "--",
				     path,	    NULL };
	bool is_there;
	FILE *out;
	pid_t pid = git_start(argv, &out);

	if (!pid)
		return false;
	is_there = fgetc(out) != EOF;
	while (fgetc(out) != EOF)
		;
	return git_end(pid, out) && is_there;
}

const char *git_file(struct arena *arena, const char *root, const char *commit, const char *path,
		     size_t *len)
{
	const char *const argv[] = { GIT(root), "cat-file", "blob",
				     arena_printf(arena, "%s:%s", commit, path), NULL };
	struct buf bytes = BUF_INIT;
	char piece[65536];
	const char *result = NULL;
	size_t n;
	FILE *out;
	pid_t pid = git_has_file(root, commit, path) ? git_start(argv, &out) : 0;

	if (!pid)
		return NULL;
	while ((n = fread(piece, 1, sizeof(piece), out)) > 0)
		buf_add(&bytes, piece, n);
	if (git_end(pid, out)) {
		*len = bytes.len;
		result = arena_strndup(arena, buf_string(&bytes), bytes.len);
	}
	buf_free(&bytes);
	return result;
}
