/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in directories: some names are rules files wherever they stand, others may
 * be, and their first lines decide.
 */
#include "cmd/files.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cmd/cmd.h"

#define SNIFFED_LINES 50

enum name {
	OTHER,
	SNIFFED,
	FIXED
};

static const struct {
	const char *pattern;
	enum name name;
} patterns[] = {
#define NAME(pattern, name) { pattern, name },
#include "cmd/names.def"
#undef NAME
};

/* The last N parts of a path. */
static const char *last_parts(const char *path, int n)
{
	const char *at = path + strlen(path);

	while (at > path && (at[-1] != '/' || --n > 0))
		at--;
	return at;
}

/* "*table", ":CHAIN", "-A" or "COMMIT", also where they are indented or behind counters. */
static bool looks_like_rules(const char *line)
{
	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	line += strspn(line, " \t");
	if (*line == '*')
		return islower((unsigned char)line[1]);
	if (*line == ':')
		return isgraph((unsigned char)line[1]);
	return strncmp(line, "-A ", 3) == 0 || strncmp(line, "COMMIT", 6) == 0 ||
	       (*line == '[' && strstr(line, " -A "));
}

/* A broken file shall be seen too: any one of the marks will do. */
static bool sniff_stream(FILE *file)
{
	char line[512];
	bool found = false;
	bool at_start = true; /* of a line */

	for (int n = 0; !found && n < SNIFFED_LINES && fgets(line, sizeof(line), file);) {
		found = at_start && looks_like_rules(line);
		at_start = strchr(line, '\n');
		n += at_start;
	}
	fclose(file);
	return found;
}

static bool sniff(const char *path)
{
	FILE *file = fopen(path, "re");

	return !file || sniff_stream(file); /* it is reported as unreadable */
}

static enum name name_of(const char *path)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		const char *pattern = patterns[i].pattern;
		int parts = strchr(pattern, '/') ? 2 : 1;

		if (fnmatch(pattern, last_parts(path, parts), FNM_PERIOD) == 0)
			return patterns[i].name;
	}
	return OTHER;
}

bool is_rules_file(const char *path)
{
	enum name name = name_of(path);

	return name == FIXED || (name == SNIFFED && sniff(path));
}

bool is_rules_text(const char *path, const char *bytes, size_t len)
{
	enum name name = name_of(path);
	FILE *file = name == SNIFFED && len ? fmemopen((char *)bytes, len, "r") : NULL;

	return name == FIXED || (file && sniff_stream(file));
}

bool may_be_rules_file(const char *path)
{
	return name_of(path) != OTHER;
}

bool looks_like_rules_file(const char *path)
{
	return name_of(path) == FIXED || sniff(path);
}

void inputs_append(struct inputs *inputs, const struct input *input)
{
	if (inputs->count == inputs->capacity) {
		inputs->capacity = inputs->capacity ? 2 * inputs->capacity : 16;
		inputs->list = alloc_resize(inputs->list, inputs->capacity * sizeof(*inputs->list));
	}
	inputs->list[inputs->count++] = *input;
}

static struct input *add(struct inputs *inputs, const char *path)
{
	inputs_append(inputs, &(struct input){ .path = path, .name = path });
	return &inputs->list[inputs->count - 1];
}

void inputs_double(struct inputs *inputs, size_t i)
{
	struct input *list;

	add(inputs, NULL);
	list = inputs->list;
	memmove(&list[i + 1], &list[i], (inputs->count - 1 - i) * sizeof(*list));
}

void inputs_remove(struct inputs *inputs, size_t i)
{
	memmove(&inputs->list[i], &inputs->list[i + 1],
		(inputs->count - i - 1) * sizeof(*inputs->list));
	inputs->count--;
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void visit(struct inputs *inputs, struct arena *arena, FTS *tree, FTSENT *entry)
{
	struct stat info;

	switch (entry->fts_info) {
	case FTS_D:
		if (entry->fts_level > 0 && strcmp(entry->fts_name, ".git") == 0)
			fts_set(tree, entry, FTS_SKIP);
		break;
	case FTS_SL:
		/* The file behind it; one that is not there is reported as unreadable. */
		if (stat(entry->fts_path, &info) == 0 && !S_ISREG(info.st_mode))
			break;
		/* fall through */
	case FTS_F:
		if (is_rules_file(entry->fts_path))
			add(inputs, arena_strdup(arena, entry->fts_path));
		break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		cmd_error("%s: %s", entry->fts_path, strerror(entry->fts_errno));
		inputs->status = EXIT_TROUBLE;
		break;
	}
}

static void add_directory(struct inputs *inputs, struct arena *arena, const char *path,
			  bool allow_empty)
{
	char *roots[] = { arena_strdup(arena, path), NULL };
	size_t before = inputs->count;
	FTSENT *entry;
	FTS *tree;

	/* No trailing slashes: they would be doubled in every name. */
	for (size_t len = strlen(roots[0]); len > 1 && roots[0][len - 1] == '/'; len--)
		roots[0][len - 1] = '\0';
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
	if (!tree) {
		cmd_error("%s: %s", path, strerror(errno));
		inputs->status = EXIT_TROUBLE;
		return;
	}
	while ((entry = fts_read(tree)))
		visit(inputs, arena, tree, entry);
	fts_close(tree);
	if (inputs->count == before && !allow_empty) {
		cmd_error("%s: no rules file in this directory (--allow-empty takes that)", path);
		inputs->status = EXIT_TROUBLE;
	}
}

void inputs_add(struct inputs *inputs, struct arena *arena, const char *word, bool allow_empty)
{
	bool is_stdin = strcmp(word, "-") == 0;
	struct stat info;

	if (is_stdin && inputs->has_stdin) {
		cmd_error("standard input can be read only once");
		inputs->status = EXIT_TROUBLE;
	} else if (!is_stdin && stat(word, &info) == 0 && S_ISDIR(info.st_mode)) {
		add_directory(inputs, arena, word, allow_empty);
	} else {
		add(inputs, word)->is_named = true;
	}
	inputs->has_stdin |= is_stdin;
}
