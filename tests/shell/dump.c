/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump [-s sh|bash] [-q] FILE...
 *
 * Prints the tree of scripts and what is said about them; for tests and for whoever
 * works on the parser.  -q: a line for each file, "ok" or "error" with the first message.
 * Exit status 1 if a script is broken.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../unit/shell_tree.h"
#include "shell/parse.h"

static void print_diags(const struct source *source, const struct diags *diags)
{
	for (const struct diag *diag = diags->first; diag; diag = diag->next) {
		struct position at = source_position(source, diag->span.start);

		printf("%u:%u: %s: %s\n", at.line, at.column,
		       diag->level == LEVEL_ERROR ? "error" : "warning", diag->message);
		for (const struct related *r = diag->related; r; r = r->next) {
			at = source_position(source, r->span.start);
			printf("%u:%u: note: %s\n", at.line, at.column, r->message);
		}
		if (diag_extra(diag)->hint)
			printf("hint: %s\n", diag_extra(diag)->hint);
	}
}

static bool dump(const char *path, enum shell_dialect dialect, bool is_quiet)
{
	struct arena *arena = arena_new();
	struct shell_script *script;
	struct diags diags;
	const char *why;
	struct source *source = source_read(arena, path, &why);
	struct buf text = BUF_INIT;
	bool broken;

	if (!source) {
		fprintf(stderr, "dump: %s: %s\n", path, why);
		arena_free(arena);
		return false;
	}
	diags_init(&diags, arena);
	script = shell_parse(arena, source, dialect, &diags);
	broken = script->broken;
	if (is_quiet) {
		printf("%s%s\n", broken ? "error " : "ok", broken ? diags.first->message : "");
	} else {
		if (script->body)
			print_command(&text, script->body);
		printf("%s\n", buf_string(&text));
		for (size_t i = 0; i < script->n_comments; i++)
			printf("comment in line %u\n", script->comments[i].line);
		print_diags(source, &diags);
	}
	buf_free(&text);
	arena_free(arena);
	return !broken;
}

int main(int argc, char **argv)
{
	enum shell_dialect dialect = SHELL_BASH;
	bool is_quiet = false, ok = true;
	int option;

	while ((option = getopt(argc, argv, "s:q")) != -1) {
		if (option == 's')
			dialect = strcmp(optarg, "sh") == 0 ? SHELL_SH : SHELL_BASH;
		else if (option == 'q')
			is_quiet = true;
		else
			return 2;
	}
	for (; optind < argc; optind++)
		ok &= dump(argv[optind], dialect, is_quiet);
	return !ok;
}
