/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths, by their words alone but for the links in them and the .git above them.
 */
#include "cmd/work_tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/word.h"

const char *parent_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? arena_strndup(arena, path, (size_t)(slash - path)) : "/";
}

/* FOLDER/NAME */
static const char *join(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
}

static const char *real_path(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *kept = real ? arena_strdup(arena, real) : path;

	free(real);
	return kept;
}

const char *absolute_path(struct arena *arena, const char *name, const char **folder)
{
	const char *slash = strrchr(name, '/');
	const char *given = !slash	   ? "."
			    : slash > name ? arena_strndup(arena, name, (size_t)(slash - name))
					   : "/";
	const char *base = strcmp(name, "-") == 0 ? "" : base_name(name);

	*folder = real_path(arena, given);
	return join(arena, *folder, base);
}

const char *path_within(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return path + 1;
	return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

const char *work_tree_root(struct arena *arena, const char *folder)
{
	struct stat info;

	for (;; folder = parent_folder(arena, folder)) {
		if (lstat(join(arena, folder, ".git"), &info) == 0)
			return folder;
		if (*folder != '/' || strcmp(folder, "/") == 0)
			return NULL;
	}
}

const char *work_tree_path_or(struct arena *arena, const char *name, const char *otherwise)
{
	const char *folder, *path, *root;

	if (strcmp(name, "-") == 0)
		return name;
	path = absolute_path(arena, name, &folder);
	root = work_tree_root(arena, folder);
	return path_within(path, root ? root : otherwise);
}

const char *work_tree_path(struct arena *arena, const char *name)
{
	return work_tree_path_or(arena, name, real_path(arena, "."));
}
