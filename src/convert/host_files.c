/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at files without following anything out of the script's folder, or of the root that
 * was given, and never at what is no plain file.
 */
#include "convert/host_files.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/word.h"
#include "convert/journal.h"
#include "convert/notes.h"
#include "source/source.h"

/*
 * Functions for the messages of start scripts: what stands in these files differs from one
 * system to the next, but all that they do is print.  "action" runs its words.
 */
static const char messages[] =
	"log_use_fancy_output() { :; }\n"
	"log_success_msg() { :; }\nlog_failure_msg() { :; }\nlog_warning_msg() { :; }\n"
	"log_daemon_msg() { :; }\nlog_progress_msg() { :; }\nlog_begin_msg() { :; }\n"
	"log_end_msg() { return ${1:-0}; }\n"
	"log_action_msg() { :; }\nlog_action_begin_msg() { :; }\nlog_action_cont_msg() { :; }\n"
	"log_action_end_msg() { return ${1:-0}; }\n"
	"success() { return 0; }\nfailure() { return 0; }\nwarning() { return 0; }\n"
	"passed() { return 0; }\necho_success() { return 0; }\necho_failure() { return 1; }\n"
	"echo_warning() { return 1; }\necho_passed() { return 1; }\n"
	"action() { shift; \"$@\"; }\n";

static bool has_messages(const char *path)
{
	static const char *const paths[] = { "/lib/lsb/init-functions",
					     "/usr/lib/lsb/init-functions", "/etc/init.d/functions",
					     "/etc/rc.d/init.d/functions" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

/* Where the file lies that the script means, in ARENA; NULL: nobody may look. */
static const char *at_hand(const struct convert_host_options *options, struct arena *arena,
			   const char *path)
{
	const char *folder = options->folder;
	size_t len = strlen(folder);
	char *full = *path == '/' ? arena_strdup(arena, path)
				  : arena_printf(arena, "%s/%s", folder, path);
	char *real, *parent;
	const char *name;
	bool inside;

	if (options->root && *path == '/')
		return arena_printf(arena, "%s%s", options->root, path);
	/* ".." and links must not lead out of the folder; the file itself need not be there */
	name = base_name(full);
	parent = arena_strndup(arena, full, (size_t)(name - full));
	real = realpath(parent, NULL);
	inside =
		real && !strncmp(real, folder, len) && (real[len] == '/' || !real[len] || len == 1);
	if (inside) {
		char *target = realpath(full, NULL);

		inside = !target || (!strncmp(target, folder, len) &&
				     (target[len] == '/' || !target[len] || len == 1));
		free(target);
	}
	free(real);
	return inside ? full : NULL;
}

static enum shell_file_answer yes_if(bool yes)
{
	return yes ? SHELL_FILE_YES : SHELL_FILE_NO;
}

/* Files that every host has. */
static enum shell_file_answer test_common(char operation, const char *path)
{
	static const char *const folders[] = { "/",    "/etc", "/tmp",	"/var",
					       "/usr", "/bin", "/sbin", "/proc",
					       "/sys", "/dev", "/root", "/proc/sys" };
	enum family family;

	if (*path == '/' &&
	    (filter_program_of(path, &family) != FILTER_NONE || program_facts(path)))
		return yes_if(strchr("efrxs", operation));
	if (!strcmp(path, "/dev/null"))
		return yes_if(strchr("ercw", operation));
	if (has_messages(path))
		return yes_if(strchr("efrs", operation));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (!strcmp(path, folders[i]))
			return yes_if(strchr("edrxw", operation));
	return SHELL_FILE_UNKNOWN;
}

/* As root sees it. */
static enum shell_file_answer test_mode(char operation, const struct stat *info)
{
	switch (operation) {
	case 'e':
	case 'r':
	case 'w':
		return SHELL_FILE_YES;
	case 'f':
		return yes_if(S_ISREG(info->st_mode));
	case 'd':
		return yes_if(S_ISDIR(info->st_mode));
	case 'L':
	case 'h':
		return yes_if(S_ISLNK(info->st_mode));
	case 's':
		return yes_if(info->st_size > 0);
	case 'p':
		return yes_if(S_ISFIFO(info->st_mode));
	case 'S':
		return yes_if(S_ISSOCK(info->st_mode));
	case 'b':
		return yes_if(S_ISBLK(info->st_mode));
	case 'c':
		return yes_if(S_ISCHR(info->st_mode));
	case 'x':
		return yes_if(S_ISDIR(info->st_mode) || (info->st_mode & 0111));
	}
	return SHELL_FILE_UNKNOWN;
}

enum shell_file_answer host_test_file(const struct convert_host_options *options, char operation,
				      const char *path)
{
	enum shell_file_answer answer = test_common(operation, path);
	struct arena *arena;
	const char *real;
	struct stat info;

	if (answer != SHELL_FILE_UNKNOWN)
		return answer;
	arena = arena_new();
	real = at_hand(options, arena, path);
	if (!real) {
		answer = SHELL_FILE_UNKNOWN;
	} else if ((operation == 'L' || operation == 'h' ? lstat : stat)(real, &info) != 0) {
		answer = SHELL_FILE_NO;
	} else {
		answer = test_mode(operation, &info);
	}
	arena_free(arena);
	return answer;
}

enum shell_file_answer host_read_file(const struct convert_host_options *options,
				      struct arena *arena, const char *path, const char **bytes,
				      size_t *len)
{
	const char *real = at_hand(options, arena, path);
	const struct source *source;
	const char *why;
	struct stat info;

	*bytes = "";
	*len = 0;
	if (!strcmp(path, "/dev/null"))
		return SHELL_FILE_YES;
	if (has_messages(path) && !options->root) {
		*bytes = messages;
		*len = sizeof(messages) - 1;
		return SHELL_FILE_YES;
	}
	if (!real)
		return SHELL_FILE_UNKNOWN;
	if (stat(real, &info) != 0)
		return SHELL_FILE_NO;
	/* no pipe or device, which may never end */
	if (!S_ISREG(info.st_mode))
		return SHELL_FILE_UNKNOWN;
	source = source_read(arena, real, &why);
	if (!source)
		return SHELL_FILE_UNKNOWN;
	*bytes = source->bytes;
	*len = source->len;
	return SHELL_FILE_YES;
}

/* PATTERN as glob(3) finds it, without PREFIX in front of the names that it gives. */
static enum shell_file_answer glob_names(struct arena *arena, const char *pattern, size_t prefix,
					 const char ***names, size_t *n_names)
{
	glob_t found;
	int answer = glob(pattern, 0, NULL, &found);

	*n_names = 0;
	if (answer == GLOB_NOMATCH)
		return SHELL_FILE_NO;
	if (answer != 0)
		return SHELL_FILE_UNKNOWN;
	*names = arena_alloc(arena, (found.gl_pathc + 1) * sizeof(**names));
	for (size_t i = 0; i < found.gl_pathc; i++)
		(*names)[(*n_names)++] = arena_strdup(arena, found.gl_pathv[i] + prefix);
	globfree(&found);
	return SHELL_FILE_YES;
}

/* The folder itself, where a pattern in its name means nothing else. */
static const char *escaped(struct arena *arena, const char *folder)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (; *folder; folder++) {
		if (strchr("*?[]\\", *folder))
			buf_add_char(&text, '\\');
		buf_add_char(&text, *folder);
	}
	copy = arena_strdup(arena, buf_string(&text));
	buf_free(&text);
	return copy;
}

enum shell_file_answer host_find_names(const struct convert_host_options *options,
				       struct arena *arena, const char *pattern,
				       const char ***names, size_t *n_names)
{
	const char *folder = options->folder;
	size_t len = strlen(folder);

	if (*pattern == '/' && options->root)
		return glob_names(
			arena, arena_printf(arena, "%s%s", escaped(arena, options->root), pattern),
			strlen(options->root), names, n_names);
	if (strstr(pattern, ".."))
		return SHELL_FILE_UNKNOWN;
	if (*pattern != '/')
		return glob_names(arena,
				  arena_printf(arena, "%s/%s", escaped(arena, folder), pattern),
				  len + 1, names, n_names);
	if (len > 1 && !strncmp(pattern, folder, len) && pattern[len] == '/')
		return glob_names(arena, pattern, 0, names, n_names);
	return SHELL_FILE_UNKNOWN;
}
