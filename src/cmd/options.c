/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines, by getopt_long().
 */
#include "cmd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/similar.h"
#include "cmd/cmd.h"
#include "report/report.h"

#define FOR_FILES (FOR_CHECK | FOR_FMT | FOR_COMPILE)

/* Options without a letter have numbers above all letters. */
enum option_id {
	OPTION_SELECT = 256,
	OPTION_IGNORE,
	OPTION_ERROR,
	OPTION_WARNING,
	OPTION_INFO,
	OPTION_FAIL_ON,
	OPTION_SHOW,
	OPTION_BACKEND,
	OPTION_MAX_PROBLEMS,
	OPTION_ALLOW_EMPTY,
	OPTION_STDIN_FILENAME,
	OPTION_COLOR,
	OPTION_CHECK,
	OPTION_DIFF,
	OPTION_COUNTERS,
	OPTION_EXACT_SAVE,
	OPTION_KEEP_NAMES,
	OPTION_STRICT_POLICY,
};

static const struct {
	const char *name;
	int id;
	const char *value; /* its name in the help text, or NULL */
	unsigned commands;
	const char *help;
} table[] = {
	{ "ipv4", '4', NULL, FOR_FILES, "take every file for an iptables file" },
	{ "ipv6", '6', NULL, FOR_FILES, "take every file for an ip6tables file" },
	{ "backend", OPTION_BACKEND, "legacy|nft|both", FOR_FILES,
	  "the restore command that shall load the files (default: both)" },
	{ "format", 'f', "NAME[=FILE]", FOR_CHECK | FOR_RULES,
	  "full, gcc, github or json; may stand several times (default: auto)" },
	{ "select", OPTION_SELECT, "NAME", FOR_CHECK, "switch on a lint rule, a group or 'all'" },
	{ "ignore", OPTION_IGNORE, "NAME", FOR_CHECK, "switch it off" },
	{ "error", OPTION_ERROR, "NAME", FOR_CHECK, "report it as an error" },
	{ "warning", OPTION_WARNING, "NAME", FOR_CHECK, "report it as a warning" },
	{ "info", OPTION_INFO, "NAME", FOR_CHECK, "report it as an info" },
	{ "fail-on", OPTION_FAIL_ON, "LEVEL", FOR_CHECK,
	  "error, warning, info or never: from where on the exit status is 1 (default: warning)" },
	{ "show", OPTION_SHOW, "info", FOR_CHECK, "show infos too" },
	{ "max-problems", OPTION_MAX_PROBLEMS, "N", FOR_CHECK,
	  "show at most N findings of each file" },
	{ "allow-empty", OPTION_ALLOW_EMPTY, NULL, FOR_CHECK | FOR_FMT,
	  "a directory without rules files is no error" },
	{ "stdin-filename", OPTION_STDIN_FILENAME, "NAME", FOR_FILES,
	  "what to call standard input" },
	{ "color", OPTION_COLOR, "auto|always|never", FOR_CHECK, "colours (default: auto)" },
	{ "check", OPTION_CHECK, NULL, FOR_FMT, "write nothing; list the files that would change" },
	{ "diff", OPTION_DIFF, NULL, FOR_FMT, "write nothing; show what would change" },
	{ "output", 'o', "FILE", FOR_COMPILE, "write to FILE, at once or not at all" },
	{ "counters", OPTION_COUNTERS, NULL, FOR_COMPILE,
	  "print counters as written, not as zero" },
	{ "exact-save", OPTION_EXACT_SAVE, NULL, FOR_COMPILE,
	  "print what iptables-save prints, even where it means something else" },
	{ "keep-names", OPTION_KEEP_NAMES, NULL, FOR_COMPILE, "leave host names in" },
	{ "strict-policy", OPTION_STRICT_POLICY, NULL, FOR_COMPILE,
	  "refuse a table that does not declare its policies" },
	{ "help", 'h', NULL, ~0u, "this text" },
};

#define N_OPTIONS (sizeof(table) / sizeof(*table))

static void print_options(unsigned command, const char *name)
{
	const struct subcommand *subcommand = subcommand_find(name);

	printf("usage: iptlint %s [OPTIONS] %s\n\n%s\n\n", name, subcommand->synopsis,
	       subcommand->summary);
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char text[64];

		if (!(table[i].commands & command))
			continue;
		snprintf(text, sizeof(text), "%s%c%s--%s%s%s", table[i].id < 256 ? "-" : "",
			 table[i].id < 256 ? table[i].id : ' ', table[i].id < 256 ? ", " : "   ",
			 table[i].name, table[i].value ? " " : "",
			 table[i].value ? table[i].value : "");
		printf("  %-28s %s\n", text, table[i].help);
	}
}

/* ---- values ---- */

static bool wrong_value(const char *option, const char *value, const char *known)
{
	cmd_error("--%s does not take '%s'; %s", option, value, known);
	return false;
}

static bool read_backend(struct options *options, const char *value)
{
	if (strcmp(value, "legacy") == 0)
		options->backends = BACKEND_LEGACY;
	else if (strcmp(value, "nft") == 0)
		options->backends = BACKEND_NFT;
	else if (strcmp(value, "both") == 0)
		options->backends = BACKEND_BOTH;
	else
		return wrong_value("backend", value, "there are legacy, nft and both");
	return true;
}

static bool read_level(const char *value, enum level *level)
{
	if (strcmp(value, "error") == 0)
		*level = LEVEL_ERROR;
	else if (strcmp(value, "warning") == 0)
		*level = LEVEL_WARNING;
	else if (strcmp(value, "info") == 0)
		*level = LEVEL_INFO;
	else if (strcmp(value, "never") == 0)
		*level = LEVEL_DEFAULT;
	else
		return wrong_value("fail-on", value, "there are error, warning, info and never");
	return true;
}

static bool read_number(const char *value, size_t *number)
{
	char *end;
	unsigned long read = strtoul(value, &end, 10);

	if (end == value || *end || *value == '-')
		return wrong_value("max-problems", value, "it takes a number");
	*number = read;
	return true;
}

static bool add_format(struct options *options, const char *value)
{
	struct format_option *format = &options->formats[options->n_formats];
	const char *equals = strchr(value, '=');

	if (options->n_formats == MAX_FORMATS) {
		cmd_error("--format stands here more than %d times", MAX_FORMATS);
		return false;
	}
	format->name = arena_strndup(options->arena, value,
				     equals ? (size_t)(equals - value) : strlen(value));
	format->path = equals ? equals + 1 : NULL;
	if (strcmp(format->name, "auto") != 0 && !report_find(format->name)) {
		cmd_error("--format does not take '%s'; there are auto, full, gcc, github and json",
			  format->name);
		return false;
	}
	options->n_formats++;
	return true;
}

static bool unknown_name(const char *name)
{
	const char *near = lint_suggest(name);

	if (near)
		cmd_error("there is no lint rule or group '%s'; did you mean '%s'?", name, near);
	else
		cmd_error("there is no lint rule or group '%s'; iptlint rules lists them", name);
	return false;
}

/* A list of names with commas, each handed to one of the functions of lint.h. */
static bool select_names(struct options *options, int id, const char *value)
{
	char *rest = NULL;
	char *list = arena_strdup(options->arena, value);

	for (char *name = strtok_r(list, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
		bool known;

		switch (id) {
		case OPTION_SELECT:
			known = lint_select(options->selection, name);
			break;
		case OPTION_IGNORE:
			known = lint_ignore(options->selection, name);
			break;
		case OPTION_ERROR:
			known = lint_set_level(options->selection, name, LEVEL_ERROR);
			break;
		case OPTION_WARNING:
			known = lint_set_level(options->selection, name, LEVEL_WARNING);
			break;
		default:
			known = lint_set_level(options->selection, name, LEVEL_INFO);
			break;
		}
		if (!known)
			return unknown_name(name);
	}
	return true;
}

static bool read_value(struct options *options, int id, const char *value)
{
	switch (id) {
	case '4':
		options->family = FAMILY_IPV4;
		return true;
	case '6':
		options->family = FAMILY_IPV6;
		return true;
	case 'f':
		return add_format(options, value);
	case 'o':
		options->output = value;
		return true;
	case OPTION_BACKEND:
		return read_backend(options, value);
	case OPTION_FAIL_ON:
		return read_level(value, &options->fail_on);
	case OPTION_SHOW:
		options->show_info = strcmp(value, "info") == 0;
		return options->show_info || wrong_value("show", value, "there is info");
	case OPTION_MAX_PROBLEMS:
		return read_number(value, &options->max_problems);
	case OPTION_ALLOW_EMPTY:
		options->allow_empty = true;
		return true;
	case OPTION_STDIN_FILENAME:
		options->stdin_filename = value;
		return true;
	case OPTION_COLOR:
		options->colour = value;
		return strcmp(value, "auto") == 0 || strcmp(value, "always") == 0 ||
		       strcmp(value, "never") == 0 ||
		       wrong_value("color", value, "there are auto, always and never");
	case OPTION_CHECK:
		options->check = true;
		return true;
	case OPTION_DIFF:
		options->diff = true;
		return true;
	case OPTION_COUNTERS:
		options->counters = true;
		return true;
	case OPTION_EXACT_SAVE:
		options->exact_save = true;
		return true;
	case OPTION_KEEP_NAMES:
		options->keep_names = true;
		return true;
	case OPTION_STRICT_POLICY:
		options->strict_policy = true;
		return true;
	}
	return select_names(options, id, value);
}

/* ---- the command line ---- */

static void complain_unknown(const char *command_name, const char *word, unsigned command)
{
	struct similar similar;

	cmd_error("%s: unknown option '%s'", command_name, word);
	if (strncmp(word, "--", 2) != 0)
		return;
	similar_init(&similar, word + 2);
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].commands & command)
			similar_offer(&similar, table[i].name);
	if (similar_result(&similar))
		cmd_error("did you mean '--%s'?", similar_result(&similar));
}

static enum options_result read_words(struct options *options, unsigned command, int argc,
				      char **argv)
{
	struct option long_options[N_OPTIONS + 1] = { { NULL, 0, NULL, 0 } };
	char short_options[2 * N_OPTIONS + 2] = ":";
	size_t n_short = 1;
	size_t n = 0;

	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (!(table[i].commands & command))
			continue;
		long_options[n++] =
			(struct option){ table[i].name,
					 table[i].value ? required_argument : no_argument, NULL,
					 table[i].id };
		if (table[i].id >= 256)
			continue;
		short_options[n_short++] = (char)table[i].id;
		if (table[i].value)
			short_options[n_short++] = ':';
	}
	optind = 0;
	opterr = 0;
	for (;;) {
		int id = getopt_long(argc, argv, short_options, long_options, NULL);

		if (id == -1)
			break;
		if (id == 'h') {
			print_options(command, argv[0]);
			return OPTIONS_HELP;
		}
		if (id == ':') {
			cmd_error("%s: '%s' needs a value", argv[0], argv[optind - 1]);
			return OPTIONS_WRONG;
		}
		if (id == '?') {
			complain_unknown(argv[0], argv[optind - 1], command);
			return OPTIONS_WRONG;
		}
		if (!read_value(options, id, optarg))
			return OPTIONS_WRONG;
	}
	options->words = argv + optind;
	options->n_words = argc - optind;
	return OPTIONS_OK;
}

/* The words of IPTLINT_OPTS, before those of the command line. */
static char **with_environment(struct options *options, int *argc, char **argv)
{
	const char *value = getenv("IPTLINT_OPTS");
	size_t max = value ? strlen(value) / 2 + 2 : 1;
	char **words = arena_alloc(options->arena, ((size_t)*argc + max + 1) * sizeof(*words));
	char *rest = NULL;
	int n = 0;

	words[n++] = argv[0];
	if (value) {
		char *text = arena_strdup(options->arena, value);

		for (char *word = strtok_r(text, " \t\n", &rest); word;
		     word = strtok_r(NULL, " \t\n", &rest))
			words[n++] = word;
	}
	for (int i = 1; i < *argc; i++)
		words[n++] = argv[i];
	*argc = n;
	return words;
}

enum options_result options_read(struct options *options, struct arena *arena, unsigned command,
				 int argc, char **argv)
{
	enum options_result result;
	const char *format = getenv("IPTLINT_FORMAT");

	memset(options, 0, sizeof(*options));
	options->arena = arena;
	options->backends = BACKEND_BOTH;
	options->fail_on = LEVEL_WARNING;
	options->colour = "auto";
	options->selection = lint_selection_new(arena);
	argv = with_environment(options, &argc, argv);
	result = read_words(options, command, argc, argv);
	if (result == OPTIONS_OK && options->n_formats == 0 && (command & FOR_CHECK) &&
	    !add_format(options, format && *format ? format : "auto"))
		return OPTIONS_WRONG;
	return result;
}
