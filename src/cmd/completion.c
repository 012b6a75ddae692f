/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint completion: prints the script that completes command lines of iptlint in a shell.
 */
#include "cmd/completion.h"

#include <stdio.h>
#include <string.h>

#include "cmd/options.h"
#include "report/report.h"

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

#define N_SHELLS (sizeof(shells) / sizeof(*shells))

/* ---- what the scripts have in common ---- */

enum value_kind value_kind(const char *name)
{
	if (!name || !*name)
		return VALUE_NONE;
	if (strncmp(name, "FORMAT", 6) == 0)
		return VALUE_FORMAT;
	if (name[0] != '[' && strstr(name, "=FILE"))
		return VALUE_EQUALS;
	if (strstr(name, "FILE") || strstr(name, "SCRIPT"))
		return VALUE_FILE;
	if (strstr(name, "DIR"))
		return VALUE_FOLDER;
	if (strstr(name, "RULE"))
		return VALUE_RULES;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-|")] ? VALUE_FREE
									    : VALUE_WORDS;
}

void add_value_words(struct buf *out, const char *name)
{
	for (const char *c = name; *c; c++)
		buf_add_char(out, *c == '|' ? ' ' : *c);
}

void add_format_names(struct buf *out)
{
	buf_add_string(out, "auto");
	for (size_t i = 0; report_formats[i]; i++)
		buf_printf(out, " %s", report_formats[i]->name);
}

void add_first_words(struct buf *out)
{
	for (const struct subcommand *each = subcommands; each->name; each++)
		buf_printf(out, "%s ", each->name);
	buf_add_string(out, "help version --help --version"); /* main.c */
}

void add_backslashed(struct buf *out, const char *text, const char *special)
{
	for (const char *c = text; *c; c++) {
		if (strchr(special, *c))
			buf_add_char(out, '\\');
		buf_add_char(out, *c);
	}
}

void add_sh_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			buf_add_string(out, "'\\'");
		buf_add_char(out, *c);
	}
	buf_add_char(out, '\'');
}

bool option_is_for(const struct option_row *row, const struct subcommand *subcommand)
{
	return row->commands & subcommand->bit;
}

/* ---- the subcommand ---- */

static int print_script(struct options *options, struct arena *arena)
{
	struct buf out = BUF_INIT;
	const char *shell = options->n_words ? options->words[0] : "";

	(void)arena;
	if (options->n_words != 1) {
		cmd_error("completion: name one shell: bash, zsh or fish");
		return EXIT_TROUBLE;
	}
	for (size_t i = 0; i < N_SHELLS; i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		shells[i].write(&out);
		fwrite(buf_string(&out), 1, out.len, stdout);
		buf_free(&out);
		return EXIT_CLEAN;
	}
	cmd_error("completion: no script for '%s'; there are bash, zsh and fish", shell);
	return EXIT_TROUBLE;
}

int cmd_completion(int argc, char **argv)
{
	return options_run(FOR_COMPLETION, argc, argv, print_script);
}
