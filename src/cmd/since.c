/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what "git diff" and "git ls-files" print.
 */
#include "cmd/since.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/git.h"
#include "cmd/work_tree.h"

/* Lines of a file: [first, last]. */
struct lines {
	uint32_t first;
	uint32_t last;
};

/* One file of a work tree. */
struct changed_file {
	const char *root;   /* of its work tree */
	const char *path;   /* from there on */
	bool is_known;	    /* git has it; of others every line is new */
	struct lines *list; /* in the order of the file */
	size_t count;
	size_t capacity;
};

struct changes {
	struct arena *arena;
	const struct input *first;    /* of the inputs */
	struct changed_file *files;   /* of each input */
	struct changed_file **sorted; /* by work tree and path */
	size_t count;
};

/* ---- files ---- */

static int compare_names(const char *root, const char *path, const struct changed_file *file)
{
	int order = strcmp(root, file->root);

	return order ? order : strcmp(path, file->path);
}

static int compare_files(const void *left, const void *right)
{
	const struct changed_file *a = *(struct changed_file *const *)left;
	const struct changed_file *b = *(struct changed_file *const *)right;

	return compare_names(a->root, a->path, b);
}

/* The number of the first file with that name, or behind it. */
static size_t first_file(const struct changes *changes, const char *root, const char *path)
{
	size_t low = 0, high = changes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(root, path, changes->sorted[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_file(const struct changes *changes, size_t i, const char *root, const char *path)
{
	return i < changes->count && compare_names(root, path, changes->sorted[i]) == 0;
}

/* ---- what git ls-files prints ---- */

static bool read_known(const struct changes *changes, const char *root)
{
	const char *const argv[] = { GIT(root), "ls-files", "-z", "--full-name", NULL };
	char *path = NULL;
	size_t size = 0;
	FILE *out;
	pid_t pid = git_start(argv, &out);

	if (!pid)
		return false;
	while (getdelim(&path, &size, '\0', out) > 0)
		for (size_t i = first_file(changes, root, path); is_file(changes, i, root, path);
		     i++)
			changes->sorted[i]->is_known = true;
	free(path);
	if (git_end(pid, out))
		return true;
	cmd_error("--since: git cannot list the files in %s", root);
	return false;
}

/* ---- what git diff prints ---- */

/* What is behind a backslash in a quoted path, from *AT on. */
static char read_escape(const char **at)
{
	static const char letters[] = "abtnvfr", values[] = "\a\b\t\n\v\f\r";
	const char *letter;
	char digits[4] = "";

	if (**at >= '0' && **at <= '7') {
		for (int i = 0; i < 3 && **at >= '0' && **at <= '7'; i++)
			digits[i] = *(*at)++;
		return (char)strtol(digits, NULL, 8);
	}
	letter = strchr(letters, **at);
	return letter && *(*at)++ ? values[letter - letters] : *(*at)++;
}

/* The path behind "+++ ", without "b/"; in quotes where it has odd bytes.  "" if there is none. */
static void read_path(struct buf *path, const char *text)
{
	bool is_quoted = *text == '"';

	buf_clear(path);
	text += is_quoted;
	if (strncmp(text, "b/", 2) != 0)
		return; /* "/dev/null": it is gone */
	text += 2;
	while (*text && *text != '\n' && *text != (is_quoted ? '"' : '\t')) {
		char c = *text++;

		if (c == '\\' && is_quoted && *text)
			c = read_escape(&text);
		buf_add_char(path, c);
	}
}

static void add_lines(struct changed_file *file, uint32_t first, uint32_t count)
{
	if (file->count == file->capacity) {
		file->capacity = file->capacity ? 2 * file->capacity : 8;
		file->list = alloc_resize(file->list, file->capacity * sizeof(*file->list));
	}
	file->list[file->count++] = (struct lines){ first, first + count - 1 };
}

/* "FIRST,COUNT" or "FIRST", which is one line, behind MARK; false if it is not there. */
static bool read_range(const char **at, char mark, uint32_t *first, uint32_t *count)
{
	char *end;

	if (**at != mark)
		return false;
	*first = (uint32_t)strtoul(*at + 1, &end, 10);
	*count = 1;
	if (*end == ',')
		*count = (uint32_t)strtoul(end + 1, &end, 10);
	*at = end + strspn(end, " ");
	return true;
}

struct hunk {
	uint32_t first; /* of the new lines */
	uint32_t added; /* 0: lines were only taken away */
	uint32_t removed;
};

/* "@@ -FIRST,COUNT +FIRST,COUNT @@" */
static bool read_hunk(const char *line, struct hunk *hunk)
{
	const char *at = line + strlen("@@ ");
	uint32_t old;

	return strncmp(line, "@@ ", strlen("@@ ")) == 0 &&
	       read_range(&at, '-', &old, &hunk->removed) &&
	       read_range(&at, '+', &hunk->first, &hunk->added);
}

static void read_diff(const struct changes *changes, const char *root, FILE *out)
{
	struct buf path = BUF_INIT;
	char *line = NULL;
	size_t size = 0, left = 0; /* lines of the hunk: they may look like anything */
	struct hunk hunk;

	while (getline(&line, &size, out) > 0) {
		if (left && (*line == '+' || *line == '-')) {
			left--;
		} else if (strncmp(line, "+++ ", 4) == 0) {
			read_path(&path, line + 4);
		} else if (read_hunk(line, &hunk)) {
			size_t i = first_file(changes, root, buf_string(&path));

			left = (size_t)hunk.added + hunk.removed;
			for (; hunk.added && is_file(changes, i, root, buf_string(&path)); i++)
				add_lines(changes->sorted[i], hunk.first, hunk.added);
		}
	}
	free(line);
	buf_free(&path);
}

/* The whole work tree, for a renamed file has its old name elsewhere. */
static bool read_changed(const struct changes *changes, const char *root, const char *revision)
{
	const char *commit = git_commit(changes->arena, "--since", root, revision);
	const char *const argv[] = { GIT(root),
				     "diff",
				     "--unified=0",
				     "--inter-hunk-context=0",
				     "--find-renames",
				     "--no-color",
				     "--no-ext-diff",
				     "--no-textconv",
				     "--text",
				     "--ignore-submodules",
				     "--src-prefix=a/",
				     "--dst-prefix=b/",
				     commit,
				     "--",
				     NULL };
	FILE *out;
	pid_t pid = commit ? git_start(argv, &out) : 0;

	if (!pid)
		return false;
	read_diff(changes, root, out);
	if (git_end(pid, out))
		return true;
	cmd_error("--since: git cannot tell what was changed in %s", root);
	return false;
}

struct changes *changes_find(struct arena *arena, const struct inputs *inputs, const char *revision)
{
	struct changes *changes = arena_new_object(arena, struct changes);

	changes->arena = arena;
	changes->first = inputs->list;
	changes->count = inputs->count;
	changes->files = arena_alloc(arena, (inputs->count + 1) * sizeof(*changes->files));
	changes->sorted = arena_alloc(arena, (inputs->count + 1) * sizeof(*changes->sorted));
	for (size_t i = 0; i < inputs->count; i++) {
		changes->sorted[i] = &changes->files[i];
		if (!git_place(arena, "--since", inputs->list[i].path, &changes->files[i].root,
			       &changes->files[i].path))
			return NULL;
	}
	qsort(changes->sorted, changes->count, sizeof(*changes->sorted), compare_files);
	for (size_t i = 0; i < changes->count; i++) {
		const char *root = changes->sorted[i]->root;

		if (i && strcmp(changes->sorted[i - 1]->root, root) == 0)
			continue;
		if (!read_changed(changes, root, revision) || !read_known(changes, root))
			return NULL;
	}
	return changes;
}

void changes_free(struct changes *changes)
{
	for (size_t i = 0; changes && i < changes->count; i++)
		free(changes->files[i].list);
}

/* ---- findings ---- */

static bool is_changed(const struct changed_file *file, const struct unit *unit, struct span span)
{
	uint32_t first = source_line(unit->source, span.start);
	uint32_t last = source_line(unit->source, span.end > span.start ? span.end - 1 : span.end);
	size_t low = 0, high = file->count;

	if (!file->is_known)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->list[middle].last < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low < file->count && file->list[low].first <= last;
}

static bool concerns_change(const struct changed_file *file, const struct unit *unit,
			    const struct diag *diag)
{
	if (is_changed(file, unit, diag->span))
		return true;
	for (const struct related *related = diag->related; related; related = related->next)
		if (is_changed(file, unit, related->span))
			return true;
	return false;
}

void changes_apply(const struct changes *changes, const struct input *input, struct unit *unit)
{
	const struct changed_file *file = &changes->files[input - changes->first];
	struct diag *diag = unit->diags.first, *next;

	diags_init(&unit->diags, unit->arena);
	for (; diag; diag = next) {
		bool is_told = concerns_change(file, unit, diag);

		next = diag->next;
		diags_append(is_told ? &unit->diags : &unit->set_aside, diag);
	}
}
