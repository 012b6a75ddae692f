/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files: those that the script wrote itself are remembered, all others are the host's.
 * Knows nothing of descriptors.
 */
#include <stdlib.h>
#include <string.h>

#include "evaluate/machine.h"

/* ---- paths ---- */

/* The folder part of the script's path, with the '/' at its end; 0: none. */
static size_t script_folder(const struct machine *sh)
{
	const char *path = sh->options->path ? sh->options->path : "";
	const char *slash = strrchr(path, '/');

	return *path != '/' && slash ? (size_t)(slash - path) + 1 : 0;
}

/* "." and ".." and double slashes go away. */
static char *simplify(struct machine *sh, const char *path)
{
	size_t len = strlen(path);
	char *result = scratch_alloc(sh->scratch, len + 2), *to = result, *floor;
	const char *part = path, *end;

	if (*path == '/')
		*to++ = '/';
	floor = to;
	for (; *part; part = *end ? end + 1 : end) {
		end = strchrnul(part, '/');
		len = (size_t)(end - part);
		if (!len || (len == 1 && *part == '.'))
			continue;
		if (len == 2 && !memcmp(part, "..", 2) && (to > floor || *path == '/')) {
			while (to > floor && *--to != '/')
				;
			continue;
		}
		if (to > result && to[-1] != '/')
			*to++ = '/';
		memcpy(to, part, len);
		to += len;
		if (len == 2 && !memcmp(part, "..", 2))
			floor = to;
	}
	*to = '\0';
	return result;
}

/* What is below the script's folder is named from there on. */
static const char *without_folder(const struct machine *sh, const char *path)
{
	const char *folder = sh->options->folder;
	size_t len = folder ? strlen(folder) : 0;

	if (len < 2 || strncmp(path, folder, len) != 0 || (path[len] && path[len] != '/'))
		return path;
	return path[len] ? path + len + 1 : "";
}

const char *path_of(struct machine *sh, const char *bytes, size_t len)
{
	const char *script = sh->options->path ? sh->options->path : "";
	size_t prefix = script_folder(sh);
	struct text *folder = sh->set.folder;
	char *joined;

	if (memchr(bytes, '\0', len))
		return NULL;
	if (len && *bytes == '/')
		return without_folder(sh, simplify(sh, scratch_copy(sh, bytes, len)));
	if (folder && folder->unknown)
		return NULL;
	if (!folder) {
		/* "$(dirname "$0")/x" is beside the script, as "x" is */
		if (prefix && len >= prefix && !memcmp(bytes, script, prefix)) {
			bytes += prefix;
			len -= prefix;
		} else if (prefix && len == prefix - 1 && !memcmp(bytes, script, len)) {
			len = 0;
		}
		return simplify(sh, scratch_copy(sh, bytes, len));
	}
	joined = scratch_alloc(sh->scratch, folder->len + len + 2);
	memcpy(joined, folder->bytes, folder->len);
	joined[folder->len] = '/';
	memcpy(joined + folder->len + 1, bytes, len);
	joined[folder->len + 1 + len] = '\0';
	return simplify(sh, folder->len ? joined : joined + 1);
}

static bool is_device(const char *path)
{
	return !strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6) ||
	       !strncmp(path, "/sys/", 5);
}

/* ---- the script's own files ---- */

static struct variable *own(struct machine *sh, const char *path)
{
	struct variable *file = variables_find(&sh->vars, NAME_FILE, path, strlen(path));

	return file && (file->now.value || file->now.flags & VARIABLE_REMOVED) ? file : NULL;
}

void file_keep(struct machine *sh, const char *path, struct shell_value text)
{
	struct content content = { 0 };

	content.value = text_of(&sh->vars.total, text);
	variables_replace(&sh->vars, variables_get(&sh->vars, NAME_FILE, path, strlen(path)),
			  content);
}

void file_remove(struct machine *sh, const char *path)
{
	struct content content = { 0 };

	content.flags = VARIABLE_REMOVED;
	variables_replace(&sh->vars, variables_get(&sh->vars, NAME_FILE, path, strlen(path)),
			  content);
}

static struct shell_value appended(struct machine *sh, struct span span, const char *path,
				   struct shell_value text)
{
	struct shell_value before;
	enum shell_file_answer answer = file_read(sh, path, &before);
	char *bytes;

	if (answer == SHELL_FILE_NO || text.unknown)
		return text;
	if (answer == SHELL_FILE_UNKNOWN)
		return value_unknown(origin_at(sh, span, NULL, "what '%s' holds", path));
	if (before.unknown)
		return before;
	bytes = scratch_alloc(sh->scratch, before.len + text.len + 1);
	memcpy(bytes, before.bytes, before.len);
	memcpy(bytes + before.len, text.bytes, text.len);
	bytes[before.len + text.len] = '\0';
	return (struct shell_value){ bytes, before.len + text.len, NULL };
}

void file_write(struct machine *sh, struct span span, const char *path, bool exact,
		struct shell_value text, bool append)
{
	struct scratch_mark mark = scratch_mark(sh->scratch);

	if (sh->host->write_file)
		sh->host->write_file(sh->host->context, path, &text, append);
	if (exact && !is_device(path))
		file_keep(sh, path, append ? appended(sh, span, path, text) : text);
	scratch_release(sh->scratch, mark);
}

/* ---- reading and asking ---- */

enum shell_file_answer file_read(struct machine *sh, const char *path, struct shell_value *text)
{
	struct variable *file = own(sh, path);
	enum shell_file_answer answer = SHELL_FILE_UNKNOWN;
	struct arena *arena;
	const char *bytes = "";
	size_t len = 0;

	*text = value_of("");
	if (file) {
		if (file->now.flags & VARIABLE_REMOVED)
			return SHELL_FILE_NO;
		*text = scratch_value(sh, text_value(file->now.value));
		return SHELL_FILE_YES;
	}
	if (!strcmp(path, "/dev/null"))
		return SHELL_FILE_YES;
	if (!strcmp(path, "/dev/stdin") && sh->fds[0] && sh->fds[0]->kind == STREAM_TEXT) {
		*text = scratch_value(sh, stream_rest(sh->fds[0]));
		return SHELL_FILE_YES;
	}
	if (!sh->host->read_file)
		return answer;
	arena = arena_new();
	answer = sh->host->read_file(sh->host->context, arena, path, &bytes, &len);
	if (answer == SHELL_FILE_YES)
		*text = (struct shell_value){ scratch_copy(sh, bytes, len), len, NULL };
	arena_free(arena);
	return answer;
}

/* Folders that every host has. */
static bool is_standard(const char *path)
{
	static const char *const folders[] = { "/",	   "/bin",     "/dev",	    "/etc",
					       "/home",	   "/lib",     "/proc",	    "/root",
					       "/run",	   "/sbin",    "/sys",	    "/tmp",
					       "/usr",	   "/usr/bin", "/usr/sbin", "/var",
					       "/var/log", "/usr/lib", "/var/lib",  "/var/run" };
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (!strcmp(folders[i], path))
			return true;
	}
	return false;
}

enum shell_file_answer file_test(struct machine *sh, char operation, const char *path)
{
	struct variable *file = own(sh, path);

	if (file && file->now.flags & VARIABLE_REMOVED)
		return SHELL_FILE_NO;
	if (file && strchr("efrw", operation))
		return SHELL_FILE_YES;
	if (file && strchr("xdLhbcpSugk", operation))
		return SHELL_FILE_NO;
	if (file && operation == 's' && !file->now.value->unknown)
		return file->now.value->len ? SHELL_FILE_YES : SHELL_FILE_NO;
	if (!strcmp(path, "/dev/null"))
		return strchr("erwc", operation) ? SHELL_FILE_YES : SHELL_FILE_NO;
	if (is_standard(path) && strchr("edrwx", operation))
		return SHELL_FILE_YES;
	if (!sh->host->test_file)
		return SHELL_FILE_UNKNOWN;
	return sh->host->test_file(sh->host->context, operation, path);
}

/* A path beside the script, as "pwd" prints it. */
static struct shell_value beside_script(struct machine *sh, struct span span, const char *path)
{
	const char *folder = sh->options->folder;
	char *joined;

	if (!folder)
		return value_unknown(origin_at(sh, span, NULL, "where the script stands"));
	joined = scratch_alloc(sh->scratch, strlen(folder) + strlen(path) + 2);
	strcat(strcat(strcpy(joined, folder), *path ? "/" : ""), path);
	return value_of(simplify(sh, joined));
}

bool folder_change(struct machine *sh, struct span span, struct shell_value path,
		   const struct shell_origin **unknown)
{
	const char *full = path.unknown ? NULL : path_of(sh, path.bytes, path.len);
	const struct shell_origin *origin = path.unknown;
	struct shell_value folder, shown;
	enum shell_file_answer answer = SHELL_FILE_YES;

	*unknown = NULL;
	if (!full && !origin)
		origin = origin_at(sh, span, NULL, "the folder that 'cd' goes to");
	if (full && *full)
		answer = file_test(sh, 'd', full);
	if (answer == SHELL_FILE_NO)
		return false;
	if (answer == SHELL_FILE_UNKNOWN)
		*unknown = origin_at(sh, span, "--root DIR", "whether '%s' is there", full);
	folder = origin ? value_unknown(origin) : value_of(full);
	shown = folder;
	if (!origin && *full != '/')
		shown = beside_script(sh, span, full);
	text_drop(sh->set.folder);
	sh->set.folder = text_of(&sh->vars.total, folder);
	variable_assign(sh, span, "OLDPWD",
			text_value(variables_get(&sh->vars, NAME_VARIABLE, "PWD", 3)->now.value));
	variable_assign(sh, span, "PWD", shown);
	return true;
}
