/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes up from folder to folder, and remembers what it found for each of them.
 */
#include "cmd/find_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/work_tree.h"

#define CONFIG_NAME ".iptlint.conf"

struct found_config {
	struct found_config *next;
	const char *folder;
	const struct config *config;
};

static void print_complaints(const struct config *config)
{
	for (const struct diag *diag = config->diags.first; diag; diag = diag->next) {
		struct position at = source_position(config->source, diag->span.start);
		const char *hint = diag_extra(diag)->hint;

		cmd_error("%s:%u:%u: %s%s%s", config->source->name, at.line, at.column,
			  diag->message, hint ? "; " : "", hint ? hint : "");
	}
}

/* Files that cannot be read would be missed where nobody thinks of them. */
static void check_paths(struct arena *arena, struct config *config)
{
	static const enum config_key paths[] = { CONFIG_PASSWD, CONFIG_GROUP, CONFIG_ROOT };

	for (struct config_section *each = config->sections; each; each = each->next) {
		for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
			const struct config_value *value = &each->values[paths[i]];

			if (value->n_words && access(config_path(arena, config, value), R_OK) < 0)
				config_refuse(config, value, strerror(errno));
		}
	}
}

const struct config *config_load(struct arena *arena, const char *path)
{
	const char *why;
	struct source *source = source_read(arena, path, &why);
	struct config *config;
	char *absolute;

	if (!source) {
		cmd_error("%s: %s", path, why);
		return NULL;
	}
	absolute = realpath(path, NULL);
	config = config_read(arena, source, parent_folder(arena, absolute ? absolute : path));
	free(absolute);
	check_paths(arena, config);
	print_complaints(config);
	return config;
}

/* A file that is there and cannot be read is not passed over: it may hold exceptions. */
static const struct config *unreadable(struct arena *arena, const char *path, const char *folder)
{
	struct config *config = config_read(arena, source_new(arena, path, "", 0), folder);

	diag_say(&config->diags, "configuration", (struct span){ 0, 0 }, "cannot be read");
	return config;
}

static bool has(struct arena *arena, const char *folder, const char *name, const char **path)
{
	struct stat info;

	*path = arena_printf(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
	return lstat(*path, &info) == 0;
}

static const struct config *look(struct config_search *search, const char *folder)
{
	const struct config *config;
	const char *path;

	if (has(search->arena, folder, CONFIG_NAME, &path)) {
		config = config_load(search->arena, path);
		return config ? config : unreadable(search->arena, path, folder);
	}
	if (strcmp(folder, "/") == 0 || has(search->arena, folder, ".git", &path))
		return NULL;
	return config_find(search, parent_folder(search->arena, folder));
}

const struct config *config_find(struct config_search *search, const char *folder)
{
	struct found_config *found = search->folders;

	while (found && strcmp(found->folder, folder) != 0)
		found = found->next;
	if (found)
		return found->config;
	found = arena_new_object(search->arena, struct found_config);
	found->folder = arena_strdup(search->arena, folder);
	found->config = look(search, folder);
	found->next = search->folders;
	search->folders = found;
	return found->config;
}
