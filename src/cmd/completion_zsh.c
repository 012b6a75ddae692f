/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The completion function for zsh 5: specifications for _arguments, which knows how options
 * are written.
 */
#include "cmd/completion.h"

#include <getopt.h>
#include <string.h>

/* ":MESSAGE:ACTION" of a value or argument. */
static void add_action(struct buf *out, const char *name)
{
	static const char *const actions[] = {
		[VALUE_NONE] = "",
		[VALUE_FREE] = " ",
		[VALUE_FILE] = "_files",
		[VALUE_FOLDER] = "_files -/",
		[VALUE_RULES] = "_iptlint_rules",
		[VALUE_FORMAT] = "_iptlint_formats",
		[VALUE_EQUALS] = "_iptlint_equals",
		[VALUE_WORDS] = "",
	};

	buf_add_char(out, ':');
	add_backslashed(out, name, "\\:");
	buf_printf(out, ":%s", actions[value_kind(name)]);
	if (value_kind(name) != VALUE_WORDS)
		return;
	buf_add_char(out, '(');
	add_value_words(out, name);
	buf_add_char(out, ')');
}

/* "--name" or "-n" as a specification writes it: "=" and "+" tell where its value may be. */
static void add_option_name(struct buf *out, const struct option_row *row, bool is_letter)
{
	static const char *const marks[2][3] = {
		{ [no_argument] = "", [required_argument] = "=", [optional_argument] = "=-" },
		{ [no_argument] = "", [required_argument] = "+", [optional_argument] = "-" },
	};

	if (is_letter)
		buf_printf(out, "-%c", row->id);
	else
		buf_printf(out, "--%s", row->name);
	buf_add_string(out, marks[is_letter][option_argument(row)]);
}

/* One word for each way to write the option; those with values may stand several times. */
static void add_specification(struct buf *out, const struct option_row *row)
{
	struct buf text = BUF_INIT;

	buf_add_char(&text, '[');
	add_backslashed(&text, row->help, "\\[]");
	buf_add_char(&text, ']');
	if (option_argument(row) == optional_argument)
		buf_add_char(&text, ':');
	if (row->value)
		add_action(&text, row->value);
	buf_add_string(out, "\t\t\t");
	if (row->value)
		buf_add_string(out, "'*'");
	else if (row->id < 256)
		buf_printf(out, "'(-%c --%s)'", row->id, row->name);
	if (row->id < 256) {
		buf_add_char(out, '{');
		add_option_name(out, row, true);
		buf_add_char(out, ',');
		add_option_name(out, row, false);
		buf_add_char(out, '}');
	} else {
		add_option_name(out, row, false);
	}
	add_sh_quoted(out, buf_string(&text));
	buf_add_string(out, " \\\n");
	buf_free(&text);
}

static void add_arguments(struct buf *out, const struct subcommand *subcommand)
{
	struct buf text = BUF_INIT;

	if (value_kind(subcommand->synopsis) == VALUE_NONE)
		return;
	buf_add_char(&text, '*');
	add_action(&text, subcommand->synopsis);
	buf_add_string(out, "\t\t\t");
	add_sh_quoted(out, buf_string(&text));
	buf_add_char(out, '\n');
	buf_free(&text);
}

/* Options of convert end at the script. */
static void add_subcommand(struct buf *out, const struct subcommand *subcommand)
{
	buf_printf(out, "\t%s)\n\t\t_arguments -S%s \\\n", subcommand->name,
		   strstr(subcommand->synopsis, "SCRIPT") ? " -A '-*'" : "");
	for (size_t i = 0; i < n_option_rows; i++)
		if (option_is_for(&option_rows[i], subcommand))
			add_specification(out, &option_rows[i]);
	add_arguments(out, subcommand);
	buf_add_string(out, "\t\t;;\n");
}

static void add_subcommand_names(struct buf *out)
{
	buf_add_string(out, "_iptlint_subcommands() {\n\tlocal -a subcommands=(\n");
	for (const struct subcommand *each = subcommands; each->name; each++) {
		buf_printf(out, "\t\t%s:", each->name);
		add_sh_quoted(out, each->summary);
		buf_add_char(out, '\n');
	}
	buf_add_string(out, "\t\thelp:'tell how a subcommand is used'\n"
			    "\t\tversion:'tell the version'\n"
			    "\t)\n\t_describe -t commands subcommand subcommands\n}\n\n");
}

static const char values[] =
	"# Names with commas between; asked for when they are needed, so that they are those of\n"
	"# the program that is installed.\n"
	"_iptlint_rules() {\n"
	"\tlocal -a lines rules groups\n"
	"\tlocal line expl\n"
	"\n"
	"\tcompset -P '*,'\n"
	"\tlines=(${(f)\"$(_call_program rules $program rules 2> /dev/null)\"})\n"
	"\tfor line in $lines; do\n"
	"\t\tlocal -a columns=(${=line})\n"
	"\t\trules+=(\"$columns[1]:${(j: :)columns[5,-1]}\")\n"
	"\t\tgroups+=($columns[2])\n"
	"\tdone\n"
	"\t_describe -t rules 'lint rule' rules\n"
	"\t_wanted groups expl group compadd -- all ${(u)groups}\n"
	"}\n"
	"\n"
	"_iptlint_formats() {\n"
	"\tlocal expl\n"
	"\n"
	"\tif compset -P '*='; then _files; else _wanted formats expl format compadd -- $formats; fi\n"
	"}\n"
	"\n"
	"_iptlint_equals() {\n"
	"\tif compset -P '*='; then _files; fi\n"
	"}\n\n";

static const char begin[] = "\tlocal program=$words[1] state\n"
			    "\n"
			    "\t_arguments '(- *)'{-h,--help}'[tell the subcommands]' \\\n"
			    "\t\t'(- *)'{-V,--version}'[tell the version]' \\\n"
			    "\t\t'1: :_iptlint_subcommands' '*:: :->arguments' && return\n"
			    "\t[[ $state == arguments ]] || return\n"
			    "\tcase $words[1] in\n"
			    "\thelp) _arguments '1: :_iptlint_subcommands' ;;\n";

void completion_zsh(struct buf *out)
{
	buf_add_string(out, "#compdef iptlint\n"
			    "# Completes command lines of iptlint in zsh; printed by\n"
			    "# iptlint completion zsh\n\n");
	add_subcommand_names(out);
	buf_add_string(out, values);
	buf_add_string(out, "_iptlint() {\n\tlocal -a formats=(");
	add_format_names(out);
	buf_add_string(out, ")\n");
	buf_add_string(out, begin);
	for (const struct subcommand *each = subcommands; each->name; each++)
		add_subcommand(out, each);
	/* The file is the function's body when zsh loads it, and may be sourced as well. */
	buf_add_string(out, "\tesac\n}\n\n"
			    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
			    "\t_iptlint \"$@\"\n"
			    "else\n"
			    "\tcompdef _iptlint iptlint\n"
			    "fi\n");
}
