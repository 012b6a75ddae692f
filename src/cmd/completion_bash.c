/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The completion script for bash 4.4 and later.  It needs nothing of the package
 * bash-completion, which loads it by its name if it is there.
 */
#include "cmd/completion.h"

#include <getopt.h>

/* Sets REPLY to what stands for a value: its kind, and the words of a choice. */
static void add_kind(struct buf *out, const char *name, bool is_required)
{
	static const char *const kinds[] = {
		[VALUE_NONE] = "none",	   [VALUE_FREE] = "free",   [VALUE_FILE] = "file",
		[VALUE_FOLDER] = "folder", [VALUE_RULES] = "rules", [VALUE_FORMAT] = "format",
		[VALUE_EQUALS] = "equals", [VALUE_WORDS] = "words",
	};

	buf_printf(out, "REPLY='%s", kinds[value_kind(name)]);
	if (value_kind(name) == VALUE_WORDS) {
		buf_add_char(out, ' ');
		add_value_words(out, name);
	}
	/* the next word is no value of --resolve[=FILE] */
	buf_printf(out, "'%s ;;\n", is_required ? " required=1" : "");
}

static void add_option_names(struct buf *out, const struct subcommand *subcommand)
{
	for (size_t i = 0; i < n_option_rows; i++) {
		const struct option_row *row = &option_rows[i];

		if (!option_is_for(row, subcommand))
			continue;
		if (row->id < 256)
			buf_printf(out, "-%c ", row->id);
		buf_printf(out, "--%s ", row->name);
	}
}

static void add_options(struct buf *out)
{
	buf_add_string(out, "# The options of the subcommand $1.\n"
			    "_iptlint_options()\n{\n\tcase $1 in\n");
	for (const struct subcommand *each = subcommands; each->name; each++) {
		buf_printf(out, "\t%s) REPLY='", each->name);
		add_option_names(out, each);
		buf_add_string(out, "' ;;\n");
	}
	buf_add_string(out, "\t*) REPLY= ;;\n\tesac\n}\n\n");
}

static void add_values(struct buf *out)
{
	buf_add_string(out, "# What stands behind the option $2 of the subcommand $1.\n"
			    "_iptlint_value()\n{\n\trequired=\n\tcase $1$2 in\n");
	for (const struct subcommand *each = subcommands; each->name; each++) {
		for (size_t i = 0; i < n_option_rows; i++) {
			const struct option_row *row = &option_rows[i];

			if (!row->value || !option_is_for(row, each))
				continue;
			buf_printf(out, "\t%s--%s", each->name, row->name);
			if (row->id < 256)
				buf_printf(out, " | %s-%c", each->name, row->id);
			buf_add_string(out, ") ");
			add_kind(out, row->value, option_argument(row) == required_argument);
		}
	}
	buf_add_string(out, "\t*) REPLY=none ;;\n\tesac\n}\n\n");
}

static void add_arguments(struct buf *out)
{
	buf_add_string(out, "# What the arguments of the subcommand $1 are.\n"
			    "_iptlint_arguments()\n{\n\tcase $1 in\n");
	for (const struct subcommand *each = subcommands; each->name; each++) {
		buf_printf(out, "\t%s) ", each->name);
		add_kind(out, each->synopsis, false);
	}
	buf_add_string(out, "\t*) REPLY=none ;;\n\tesac\n}\n\n");
}

/* ---- what does not depend on the tables ---- */

static const char join[] =
	"# bash takes words apart at '=': puts those up to the cursor together again.\n"
	"_iptlint_words()\n"
	"{\n"
	"\tlocal i word\n"
	"\n"
	"\twords=(\"$1\")\n"
	"\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif ((i > 1)) && [[ $word == '=' || ${COMP_WORDS[i - 1]} == '=' ]]; then\n"
	"\t\t\twords[-1]+=$word\n"
	"\t\telse\n"
	"\t\t\twords+=(\"$word\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"}\n\n";

static const char offer[] =
	"# Offers the words $2 for the end of $1, which is all of it or what follows a prefix $3.\n"
	"_iptlint_offer()\n"
	"{\n"
	"\tlocal IFS=$' \\t\\n'\n"
	"\n"
	"\tCOMPREPLY=($(compgen -W \"$2\" -- \"${1#\"$3\"}\"))\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]/#/$3}\")\n"
	"}\n"
	"\n"
	"# Values of the kind $1 for what stands there so far, $2.\n"
	"_iptlint_offer_value()\n"
	"{\n"
	"\tcase $1 in\n"
	"\twords*) _iptlint_offer \"$2\" \"${1#words}\" '' ;;\n"
	"\trules) _iptlint_offer \"$2\" \"$(_iptlint_rules)\" \"${2%\"${2##*,}\"}\" ;;\n"
	"\tfolder) compopt -o dirnames ;;\n"
	"\tfile) compopt -o default ;;\n"
	"\tequals | format)\n"
	"\t\tif [[ $2 == *=* ]]; then\n"
	"\t\t\tcompopt -o default\n"
	"\t\telif [[ $1 == format ]]; then\n"
	"\t\t\t_iptlint_offer \"$2\" \"$formats\" ''\n"
	"\t\tfi\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"# Asked for when they are needed: so the script fits the program that is installed.\n"
	"_iptlint_rules()\n"
	"{\n"
	"\techo all\n"
	"\t\"${program/#\\~/$HOME}\" rules 2> /dev/null | while read -r name group _; do\n"
	"\t\techo \"$name $group\"\n"
	"\tdone\n"
	"}\n\n";

static const char complete[] =
	"\tlocal program=$1 subcommand word words required pending= ended= REPLY i\n"
	"\n"
	"\t_iptlint_words \"$1\"\n"
	"\tword=${words[-1]} subcommand=${words[1]}\n"
	"\tCOMPREPLY=()\n"
	"\tif ((${#words[@]} == 2)); then\n"
	"\t\t_iptlint_offer \"$word\" \"$subcommands\" ''\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tfor ((i = 2; i < ${#words[@]} - 1; i++)); do\n"
	"\t\tif [[ $pending ]]; then\n"
	"\t\t\tpending=\n"
	"\t\telif [[ ${words[i]} == -- ]]; then\n"
	"\t\t\tended=1\n"
	"\t\telif [[ ! $ended && ${words[i]} == -?* ]]; then\n"
	"\t\t\t_iptlint_value \"$subcommand\" \"${words[i]}\"\n"
	"\t\t\tif [[ $required ]]; then pending=${words[i]}; fi\n"
	"\t\telif [[ $subcommand == convert ]]; then\n"
	"\t\t\tended=1 # what follows are the arguments of the script\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ $pending ]]; then\n"
	"\t\t_iptlint_value \"$subcommand\" \"$pending\"\n"
	"\t\t_iptlint_offer_value \"$REPLY\" \"$word\"\n"
	"\telif [[ ! $ended && $word == --*=* ]]; then\n"
	"\t\t_iptlint_value \"$subcommand\" \"${word%%=*}\"\n"
	"\t\t_iptlint_offer_value \"$REPLY\" \"${word#*=}\"\n"
	"\t\tif [[ $COMP_WORDBREAKS != *=* ]]; then\n"
	"\t\t\tCOMPREPLY=(\"${COMPREPLY[@]/#/${word%%=*}=}\")\n"
	"\t\tfi\n"
	"\telif [[ ! $ended && $word == -* ]]; then\n"
	"\t\t_iptlint_options \"$subcommand\"\n"
	"\t\t_iptlint_offer \"$word\" \"$REPLY\" ''\n"
	"\telif [[ $subcommand == help ]]; then\n"
	"\t\t_iptlint_offer \"$word\" \"$subcommands\" ''\n"
	"\telse\n"
	"\t\t_iptlint_arguments \"$subcommand\"\n"
	"\t\t_iptlint_offer_value \"$REPLY\" \"$word\"\n"
	"\tfi\n"
	"}\n\n";

void completion_bash(struct buf *out)
{
	buf_add_string(out, "# Completes command lines of iptlint in bash; printed by\n"
			    "# iptlint completion bash\n\n");
	add_options(out);
	add_values(out);
	add_arguments(out);
	buf_add_string(out, join);
	buf_add_string(out, offer);
	buf_add_string(out, "_iptlint()\n{\n\tlocal subcommands='");
	add_first_words(out);
	buf_add_string(out, "'\n\tlocal formats='");
	add_format_names(out);
	buf_add_string(out, "'\n");
	buf_add_string(out, complete);
	buf_add_string(out, "complete -F _iptlint iptlint\n");
}
