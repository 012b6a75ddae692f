/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines, by getopt_long().
 */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/similar.h"
#include "bind/names.h"
#include "cmd/cmd.h"
#include "cmd/option_table.h"
#include "report/report.h"

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

static bool read_number(const char *option, const char *value, size_t *number)
{
	char *end;
	unsigned long read = strtoul(value, &end, 10);

	if (end == value || *end || *value == '-')
		return wrong_value(option, value, "it takes a number");
	*number = read;
	return true;
}

static bool unknown_format(const char *name)
{
	struct similar similar;

	similar_init(&similar, name);
	similar_offer(&similar, "auto");
	fprintf(stderr, "iptlint: --format does not take '%s'; there are auto", name);
	for (size_t i = 0; report_formats[i]; i++) {
		similar_offer(&similar, report_formats[i]->name);
		fprintf(stderr, "%s%s", report_formats[i + 1] ? ", " : " and ",
			report_formats[i]->name);
	}
	fputc('\n', stderr);
	if (similar_result(&similar))
		cmd_error("did you mean '%s'?", similar_result(&similar));
	return false;
}

/* Those of the command line take the place of those of IPTLINT_OPTS. */
static bool add_format(struct options *options, const char *value, bool inherited)
{
	struct format_option *format;
	const char *equals = strchr(value, '=');

	if (options->formats_inherited && !inherited)
		options->n_formats = 0;
	options->formats_inherited = inherited;
	format = &options->formats[options->n_formats];
	if (options->n_formats == MAX_FORMATS) {
		cmd_error("--format stands here more than %d times", MAX_FORMATS);
		return false;
	}
	format->name = arena_strndup(options->arena, value,
				     equals ? (size_t)(equals - value) : strlen(value));
	format->path = equals ? equals + 1 : NULL;
	/* diff and test have others, and look at them themselves */
	if (!(options->command & (FOR_DIFF | FOR_TEST)) && strcmp(format->name, "auto") != 0 &&
	    !report_find(format->name))
		return unknown_format(format->name);
	if (format->path && !*format->path) {
		cmd_error("--format %s names no file", value);
		return false;
	}
	for (size_t i = 0; i < options->n_formats; i++) {
		const char *other = options->formats[i].path;

		if (other && format->path && strcmp(other, format->path) == 0) {
			cmd_error("two formats cannot both go to %s", other);
			return false;
		}
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
static bool select_names(struct options *options, int id, const char *value, bool inherited)
{
	struct lint_selection *selection =
		inherited ? options->environment_selection : options->selection;
	char *rest = NULL;
	char *list = arena_strdup(options->arena, value);

	for (char *name = strtok_r(list, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
		bool known;

		switch (id) {
		case OPTION_SELECT:
			known = lint_select(selection, name);
			break;
		case OPTION_IGNORE:
			known = lint_ignore(selection, name);
			break;
		case OPTION_ERROR:
			known = lint_set_level(selection, name, LEVEL_ERROR);
			break;
		case OPTION_WARNING:
			known = lint_set_level(selection, name, LEVEL_WARNING);
			break;
		default:
			known = lint_set_level(selection, name, LEVEL_INFO);
			break;
		}
		if (!known)
			return unknown_name(name);
	}
	return true;
}

static bool is_readable(const char *path)
{
	if (access(path, R_OK) == 0)
		return true;
	cmd_error("%s: %s", path, strerror(errno));
	return false;
}

static bool add_definition(struct options *options, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value) {
		cmd_error("-D takes NAME=VALUE, not '%s'", value);
		return false;
	}
	options->definitions[options->n_definitions++] = (struct shell_definition){
		arena_strndup(options->arena, value, (size_t)(equals - value)), equals + 1
	};
	return true;
}

/* It has to stay one line, and inside of the quotes of a rule. */
static bool read_reason(struct options *options, const char *value)
{
	options->ignore_reason = value;
	if (!value || (*value && !strpbrk(value, "\"\\\r\n")))
		return true;
	return wrong_value("add-ignore", value,
			   "a reason is one line without quotes and backslashes");
}

/* Where IPTLINT_OPTS names another one, the command line has the last word. */
static bool name_baseline(struct options *options, const char *path, bool inherited)
{
	if (options->baseline && options->origins[CONFIG_BASELINE] == ORIGIN_COMMAND_LINE &&
	    !inherited && strcmp(options->baseline, path) != 0) {
		cmd_error("there can be one baseline, not %s and %s", options->baseline, path);
		return false;
	}
	options->baseline = path;
	return true;
}

static bool read_value(struct options *options, int id, const char *value, bool inherited)
{
	switch (id) {
	case '4':
		options->family = FAMILY_IPV4;
		return true;
	case '6':
		options->family = FAMILY_IPV6;
		return true;
	case 'f':
		return add_format(options, value, inherited);
	case 'o':
		options->output = value;
		return true;
	case 'p':
		options->packets[options->n_packets++] = value;
		return true;
	case OPTION_STATS:
		options->stats = true;
		return true;
	case 'D':
		return add_definition(options, value);
	case OPTION_OUTPUT4:
		options->output4 = value;
		return true;
	case OPTION_OUTPUT6:
		options->output6 = value;
		return true;
	case OPTION_PARTIAL:
		options->partial = true;
		return true;
	case OPTION_RUN:
		options->run = true;
		return true;
	case OPTION_NO_COMMENTS:
		options->no_comments = true;
		return true;
	case OPTION_SHELL:
		options->shell = value;
		return strcmp(value, "sh") == 0 || strcmp(value, "bash") == 0 ||
		       wrong_value("shell", value, "there are sh and bash");
	case OPTION_ROOT:
		options->root = value;
		return true;
	case OPTION_FROM:
		options->from[options->n_from++] = value;
		return true;
	case OPTION_ASSUME_SET:
		options->sets[options->n_sets++] = value;
		return true;
	case OPTION_ANSWER:
		options->answers[options->n_answers++] = value;
		return strchr(value, '=') ? true
					  : wrong_value("answer", value, "it takes PROGRAM=FILE");
	case OPTION_TABLE:
		options->table = table_find(value);
		return options->table != TABLE_NONE ||
		       wrong_value("table", value,
				   "there are raw, mangle, nat, filter and security");
	case OPTION_VERDICTS:
		options->verdicts = true;
		return true;
	case OPTION_PACKETS:
		options->packet_file = value;
		return true;
	case OPTION_ASSUME:
		options->assumed[options->n_assumed++] = value;
		return true;
	case OPTION_BACKEND:
		return read_backend(options, value);
	case OPTION_NOFLUSH:
		options->noflush = true;
		return true;
	case OPTION_PASSWD:
		options->passwd = value;
		return is_readable(value);
	case OPTION_IPSET_FILE:
		options->ipset_file = value;
		return is_readable(value);
	case OPTION_INTERFACES:
		options->interfaces = value;
		return is_readable(value);
	case OPTION_GROUP:
		options->group = value;
		return is_readable(value);
	case OPTION_FAIL_ON:
		return read_level(value, &options->fail_on);
	case OPTION_SHOW:
		options->show_info = strcmp(value, "info") == 0;
		return options->show_info || wrong_value("show", value, "there is info");
	case OPTION_MAX_PROBLEMS:
		return read_number("max-problems", value, &options->max_problems);
	case 'j':
		return read_number("jobs", value, &options->jobs) &&
		       (options->jobs || wrong_value("jobs", value, "there has to be one"));
	case OPTION_ALLOW_EMPTY:
		options->allow_empty = true;
		return true;
	case OPTION_SNIFF:
		options->sniff = true;
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
	case OPTION_ADD_IGNORE:
		options->add_ignore = true;
		return read_reason(options, value);
	case OPTION_IN_RULE:
		options->in_rule = true;
		return true;
	case OPTION_BASELINE:
		return name_baseline(options, value, inherited);
	case OPTION_WRITE_BASELINE:
		options->write_baseline = true;
		return !value || name_baseline(options, value, inherited);
	case OPTION_PRUNE_BASELINE:
		options->prune_baseline = true;
		return true;
	case OPTION_STATISTICS:
		options->statistics = true;
		return true;
	case OPTION_SINCE:
		options->since = value;
		return true;
	case OPTION_GIT:
		options->git = value;
		return true;
	case OPTION_CONFIG:
		options->config = value;
		return true;
	case OPTION_ISOLATED:
		options->isolated = true;
		return true;
	case OPTION_FIX:
		options->fix = true;
		return true;
	case OPTION_UNSAFE_FIXES:
		options->unsafe_fixes = true;
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
	case OPTION_RESOLVE:
		options->resolve = true;
		options->hosts = value;
		return !value || is_readable(value);
	case OPTION_STRICT_POLICY:
		options->strict_policy = true;
		return true;
	}
	return select_names(options, id, value, inherited);
}

/* Of the options that a configuration file may give too: who has the last word. */
static void note_origin(struct options *options, int id, bool inherited)
{
	static const struct {
		int id;
		enum config_key key;
	} ids[] = {
		{ '4', CONFIG_FAMILY },
		{ '6', CONFIG_FAMILY },
		{ OPTION_BACKEND, CONFIG_BACKEND },
		{ OPTION_NOFLUSH, CONFIG_NOFLUSH },
		{ OPTION_PASSWD, CONFIG_PASSWD },
		{ OPTION_GROUP, CONFIG_GROUP },
		{ OPTION_FAIL_ON, CONFIG_FAIL_ON },
		{ OPTION_SHOW, CONFIG_SHOW },
		{ OPTION_MAX_PROBLEMS, CONFIG_MAX_PROBLEMS },
		{ OPTION_SELECT, CONFIG_SELECT },
		{ OPTION_IGNORE, CONFIG_IGNORE },
		{ OPTION_ERROR, CONFIG_ERROR },
		{ OPTION_WARNING, CONFIG_WARNING },
		{ OPTION_INFO, CONFIG_INFO },
		{ OPTION_BASELINE, CONFIG_BASELINE },
		{ OPTION_WRITE_BASELINE, CONFIG_BASELINE },
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (ids[i].id == id)
			options->origins[ids[i].key] =
				inherited ? ORIGIN_ENVIRONMENT : ORIGIN_COMMAND_LINE;
}

/* ---- the command line ---- */

/* Words that are read: those of the environment are for all subcommands. */
struct words {
	const char *from; /* for complaints */
	unsigned command;
	bool inherited;
	int argc;
	char **argv;
};

static bool takes(unsigned command, int id)
{
	for (size_t i = 0; i < n_option_rows; i++)
		if (option_rows[i].id == id && (option_rows[i].commands & command))
			return true;
	return false;
}

static enum options_result complain_unknown(const struct words *words, const char *word)
{
	struct similar similar;
	char name[64];

	cmd_error("%s: unknown option '%s'", words->from, word);
	if (strncmp(word, "--", 2) != 0)
		return OPTIONS_WRONG;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	similar_init(&similar, name);
	for (size_t i = 0; i < n_option_rows; i++)
		if (words->inherited || (option_rows[i].commands & words->command))
			similar_offer(&similar, option_rows[i].name);
	if (similar_result(&similar))
		cmd_error("did you mean '--%s'?", similar_result(&similar));
	return OPTIONS_WRONG;
}

/* What getopt_long() did not like about the option that it has just read. */
static enum options_result complain(const struct words *words, int what)
{
	const char *word = words->argv[optind - 1];
	char letter[] = { '-', (char)optopt, '\0' };
	bool is_long = strncmp(word, "--", 2) == 0 && (optopt == 0 || optopt >= 256 || word[2]);

	if (what == ':')
		cmd_error("%s: '%s' needs a value", words->from, is_long ? word : letter);
	else if (is_long && optopt)
		cmd_error("%s: '%.*s' takes no value", words->from, (int)strcspn(word, "="), word);
	else
		return complain_unknown(words, is_long ? word : letter);
	return OPTIONS_WRONG;
}

struct getopt_tables {
	struct option longs[OPTION_ROWS_MAX + 1];
	char shorts[2 * OPTION_ROWS_MAX + 3];
};

static void fill_tables(struct getopt_tables *tables, const struct words *words)
{
	size_t n_short = 0, n_long = 0;

	memset(tables, 0, sizeof(*tables));
	/* options of convert end at the script; what follows is the script's */
	if (words->command == FOR_CONVERT)
		tables->shorts[n_short++] = '+';
	tables->shorts[n_short++] = ':';
	for (size_t i = 0; i < n_option_rows; i++) {
		if (!words->inherited && !(option_rows[i].commands & words->command))
			continue;
		tables->longs[n_long++] =
			(struct option){ option_rows[i].name, option_argument(&option_rows[i]),
					 NULL, option_rows[i].id };
		if (option_rows[i].id >= 256)
			continue;
		tables->shorts[n_short++] = (char)option_rows[i].id;
		if (option_rows[i].value)
			tables->shorts[n_short++] = ':';
	}
}

/* "--write-baseline FILE": the value may be a word of its own where the command line has named
 * no baseline. */
static const char *next_value(const struct options *options, const struct words *words, int id)
{
	if (id != OPTION_WRITE_BASELINE ||
	    options->origins[CONFIG_BASELINE] == ORIGIN_COMMAND_LINE || optind >= words->argc ||
	    words->argv[optind][0] == '-')
		return NULL;
	return words->argv[optind++];
}

static enum options_result read_words(struct options *options, const struct words *words)
{
	struct getopt_tables tables;
	const char *value;
	int id;

	fill_tables(&tables, words);
	optind = 0;
	opterr = 0;
	while ((id = getopt_long(words->argc, words->argv, tables.shorts, tables.longs, NULL)) !=
	       -1) {
		if (id == ':' || id == '?')
			return complain(words, id);
		if (words->inherited && !takes(words->command, id))
			continue;
		if (id == 'h') {
			option_help(words->command, words->from);
			return OPTIONS_HELP;
		}
		value = optarg ? optarg : next_value(options, words, id);
		if (!read_value(options, id, value, words->inherited))
			return OPTIONS_WRONG;
		note_origin(options, id, words->inherited);
	}
	options->words = words->argv + optind;
	options->n_words = words->argc - optind;
	return OPTIONS_OK;
}

static enum options_result read_environment(struct options *options, unsigned command,
					    char *program)
{
	const char *value = getenv("IPTLINT_OPTS");
	struct words words = { "IPTLINT_OPTS", command, true, 1, NULL };
	enum options_result result;
	char *rest = NULL;
	char *text;

	if (!value)
		return OPTIONS_OK;
	text = arena_strdup(options->arena, value);
	words.argv = arena_alloc(options->arena, (strlen(value) / 2 + 3) * sizeof(*words.argv));
	words.argv[0] = program;
	for (char *word = strtok_r(text, " \t\n", &rest); word;
	     word = strtok_r(NULL, " \t\n", &rest))
		words.argv[words.argc++] = word;
	result = read_words(options, &words);
	if (result == OPTIONS_OK && options->n_words) {
		cmd_error("IPTLINT_OPTS: '%s' is no option", options->words[0]);
		return OPTIONS_WRONG;
	}
	return result;
}

enum options_result options_read(struct options *options, struct arena *arena, unsigned command,
				 int argc, char **argv)
{
	const struct words words = { argv[0], command, false, argc, argv };
	const char *format = getenv("IPTLINT_FORMAT");
	const char *environment = getenv("IPTLINT_OPTS");
	enum options_result result;
	size_t n_words;

	memset(options, 0, sizeof(*options));
	options->arena = arena;
	options->command = command;
	options->table = TABLE_NONE;
	options->backends = BACKEND_BOTH;
	options->fail_on = LEVEL_WARNING;
	options->colour = "auto";
	options->selection = lint_selection_new(arena);
	options->environment_selection = lint_selection_new(arena);
	n_words = (size_t)argc + (environment ? strlen(environment) : 0);
	options->packets = arena_alloc(arena, n_words * sizeof(*options->packets));
	options->assumed = arena_alloc(arena, n_words * sizeof(*options->assumed));
	options->from = arena_alloc(arena, n_words * sizeof(*options->from));
	options->sets = arena_alloc(arena, n_words * sizeof(*options->sets));
	options->answers = arena_alloc(arena, n_words * sizeof(*options->answers));
	options->definitions = arena_alloc(arena, n_words * sizeof(*options->definitions));
	result = read_environment(options, command, argv[0]);
	if (result == OPTIONS_OK)
		result = read_words(options, &words);
	names_use_files(options->passwd, options->group);
	if (result == OPTIONS_OK && options->n_formats == 0 && (command & FOR_CHECK) &&
	    !add_format(options, format && *format ? format : "auto", false))
		return OPTIONS_WRONG;
	return result;
}

int options_run(unsigned command, int argc, char **argv,
		int (*run)(struct options *options, struct arena *arena))
{
	struct arena *arena = arena_new();
	struct options options;
	int status = EXIT_CLEAN;

	switch (options_read(&options, arena, command, argc, argv)) {
	case OPTIONS_HELP:
		break;
	case OPTIONS_WRONG:
		status = EXIT_TROUBLE;
		break;
	case OPTIONS_OK:
		status = run(&options, arena);
		break;
	}
	arena_free(arena);
	return status;
}
