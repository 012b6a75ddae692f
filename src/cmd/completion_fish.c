/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The completion script for fish 3.
 */
#include "cmd/completion.h"

#include <getopt.h>
#include <string.h>

/* In the single quotes of fish. */
static void add_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	add_backslashed(out, text, "\\'");
	buf_add_char(out, '\'');
}

/* What stands for a value: " -a ..."; files are offered by hand where more than files may be. */
static void add_candidates(struct buf *out, const char *name)
{
	static const char *const functions[] = {
		[VALUE_NONE] = NULL,
		[VALUE_FREE] = NULL,
		[VALUE_FILE] = "__fish_complete_path (__iptlint_value)",
		[VALUE_FOLDER] = "__fish_complete_directories (__iptlint_value)",
		[VALUE_RULES] = "__iptlint_rules",
		[VALUE_FORMAT] = "__iptlint_formats; __iptlint_files_behind_equals",
		[VALUE_EQUALS] = "__iptlint_files_behind_equals",
		[VALUE_WORDS] = NULL,
	};
	enum value_kind kind = value_kind(name);

	if (functions[kind]) {
		buf_printf(out, " -a '(%s)'", functions[kind]);
	} else if (kind == VALUE_WORDS) {
		buf_add_string(out, " -a '");
		add_value_words(out, name);
		buf_add_char(out, '\'');
	}
}

static void add_option(struct buf *out, const struct option_row *row,
		       const struct subcommand *subcommand)
{
	buf_printf(out, "complete -c iptlint -n '__iptlint_at_options %s'", subcommand->name);
	if (row->id < 256)
		buf_printf(out, " -s %c", row->id);
	buf_printf(out, " -l %s", row->name);
	if (option_argument(row) == required_argument)
		buf_add_string(out, " -x");
	if (row->value)
		add_candidates(out, row->value);
	buf_add_string(out, " -d ");
	add_quoted(out, row->help);
	buf_add_char(out, '\n');
}

static void add_subcommand(struct buf *out, const struct subcommand *subcommand)
{
	buf_printf(out, "\ncomplete -c iptlint -n __iptlint_at_subcommand -a %s -d ",
		   subcommand->name);
	add_quoted(out, subcommand->summary);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < n_option_rows; i++)
		if (option_is_for(&option_rows[i], subcommand))
			add_option(out, &option_rows[i], subcommand);
	if (value_kind(subcommand->synopsis) == VALUE_NONE)
		return;
	buf_printf(out, "complete -c iptlint -n '__iptlint_in %s'", subcommand->name);
	add_candidates(out, subcommand->synopsis);
	buf_add_char(out, '\n');
}

/* The options whose value is the next word: which words are arguments, then. */
static void add_valued(struct buf *out)
{
	for (size_t i = 0; i < n_option_rows; i++) {
		const struct option_row *row = &option_rows[i];

		if (option_argument(row) != required_argument)
			continue;
		if (row->id < 256)
			buf_printf(out, " -%c", row->id);
		buf_printf(out, " --%s", row->name);
	}
}

static const char functions[] =
	"function __iptlint_at_subcommand\n"
	"\ttest (count (commandline -opc)) -eq 1\n"
	"end\n"
	"\n"
	"function __iptlint_in --argument-names subcommand\n"
	"\tset -l words (commandline -opc)\n"
	"\ttest \"$words[2]\" = $subcommand\n"
	"end\n"
	"\n"
	"# Those of convert end at the script.\n"
	"function __iptlint_at_options --argument-names subcommand\n"
	"\t__iptlint_in $subcommand; or return\n"
	"\ttest $subcommand = convert; or return 0\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l pending no\n"
	"\tfor word in $words[3..]\n"
	"\t\tif test $pending = yes\n"
	"\t\t\tset pending no\n"
	"\t\telse if contains -- $word $__iptlint_valued\n"
	"\t\t\tset pending yes\n"
	"\t\telse if not string match -q -- '-?*' $word\n"
	"\t\t\treturn 1\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"\n"
	"# What stands so far of the value at the cursor.\n"
	"function __iptlint_value\n"
	"\tcommandline -ct | string replace -r -- '^--[a-z0-9-]+=' ''\n"
	"end\n"
	"\n"
	"# Names with commas between; asked for when they are needed, so that they are those of\n"
	"# the program that is installed.\n"
	"function __iptlint_rules\n"
	"\tset -l before (__iptlint_value | string match -r -- '.*,')\n"
	"\tset -l groups all\n"
	"\tcommand iptlint rules 2>/dev/null | while read -l name group level fix summary\n"
	"\t\tprintf '%s%s\\t%s\\n' \"$before\" $name $summary\n"
	"\t\tset -a groups $group\n"
	"\tend\n"
	"\tprintf \"$before\"'%s\\tgroup\\n' (printf '%s\\n' $groups | sort -u)\n"
	"end\n"
	"\n"
	"function __iptlint_files_behind_equals\n"
	"\tset -l parts (__iptlint_value | string match -r -- '^(.*=)(.*)$'); or return\n"
	"\t__fish_complete_path $parts[3] | string replace -r -- '^' $parts[2]\n"
	"end\n"
	"\n";

void completion_fish(struct buf *out)
{
	buf_add_string(out, "# Completes command lines of iptlint in fish; printed by\n"
			    "# iptlint completion fish\n\n");
	buf_add_string(out, "set -g __iptlint_valued");
	add_valued(out);
	buf_add_string(out, "\n\n");
	buf_add_string(out, functions);
	buf_add_string(out, "function __iptlint_formats\n\tprintf '%s\\n' ");
	add_format_names(out);
	buf_add_string(out, "\nend\n\n"
			    "complete -c iptlint -f\n"
			    "complete -c iptlint -n __iptlint_at_subcommand -s h -l help -a help "
			    "-d 'tell how a subcommand is used'\n"
			    "complete -c iptlint -n __iptlint_at_subcommand -s V -l version "
			    "-a version -d 'tell the version'\n"
			    "complete -c iptlint -n '__iptlint_in help' -a '");
	add_first_words(out);
	buf_add_string(out, "'\n");
	for (const struct subcommand *each = subcommands; each->name; each++)
		add_subcommand(out, each);
}
