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
#include "report/report.h"

#define FOR_FILES (FOR_CHECK | FOR_FMT | FOR_COMPILE | FOR_TRACE | FOR_CONFIG)
#define FOR_LINT  (FOR_CHECK | FOR_CONFIG)

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
	OPTION_NOFLUSH,
	OPTION_PASSWD,
	OPTION_INTERFACES,
	OPTION_GROUP,
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
	OPTION_RESOLVE,
	OPTION_PACKETS,
	OPTION_ASSUME,
	OPTION_STATS,
	OPTION_OUTPUT4,
	OPTION_OUTPUT6,
	OPTION_PARTIAL,
	OPTION_RUN,
	OPTION_NO_COMMENTS,
	OPTION_SHELL,
	OPTION_ROOT,
	OPTION_FROM,
	OPTION_ASSUME_SET,
	OPTION_ANSWER,
	OPTION_FIX,
	OPTION_UNSAFE_FIXES,
	OPTION_CONFIG,
	OPTION_ISOLATED,
	OPTION_ADD_IGNORE,
	OPTION_IN_RULE,
	OPTION_TABLE,
};

static const struct {
	const char *name;
	int id;
	const char *value; /* its name in the help text, or NULL; "[=...]": may be left out */
	unsigned commands;
	const char *help;
} table[] = {
	{ "ipv4", '4', NULL, FOR_FILES, "take every file for an iptables file" },
	{ "ipv6", '6', NULL, FOR_FILES, "take every file for an ip6tables file" },
	{ "ipv4", '4', NULL, FOR_CONVERT, "print the IPv4 rules" },
	{ "ipv6", '6', NULL, FOR_CONVERT, "print the IPv6 rules" },
	{ "backend", OPTION_BACKEND, "legacy|nft", FOR_CONVERT,
	  "the iptables that the script calls (default: legacy)" },
	{ "backend", OPTION_BACKEND, "legacy|nft|both", FOR_FILES,
	  "the restore command that shall load the files (default: both)" },
	{ "noflush", OPTION_NOFLUSH, NULL, FOR_FILES,
	  "the files are for iptables-restore --noflush: what they do not declare is loaded" },
	{ "passwd", OPTION_PASSWD, "FILE", FOR_FILES,
	  "/etc/passwd of the host that loads the files" },
	{ "group", OPTION_GROUP, "FILE", FOR_FILES, "/etc/group of that host" },
	{ "config", OPTION_CONFIG, "FILE", FOR_FILES,
	  "the configuration file (default: .iptlint.conf of the file's folder or one above)" },
	{ "isolated", OPTION_ISOLATED, NULL, FOR_FILES, "read no configuration file" },
	{ "format", 'f', "NAME[=FILE]", FOR_CHECK,
	  "how to report, see below; may stand several times (default: auto)" },
	{ "format", 'f', "json", FOR_RULES, "print a JSON array" },
	{ "select", OPTION_SELECT, "NAME", FOR_LINT, "switch on a lint rule, a group or 'all'" },
	{ "ignore", OPTION_IGNORE, "NAME", FOR_LINT, "switch it off" },
	{ "error", OPTION_ERROR, "NAME", FOR_LINT, "report it as an error" },
	{ "warning", OPTION_WARNING, "NAME", FOR_LINT, "report it as a warning" },
	{ "info", OPTION_INFO, "NAME", FOR_LINT, "report it as an info" },
	{ "fail-on", OPTION_FAIL_ON, "LEVEL", FOR_LINT,
	  "error, warning, info or never: from where on the exit status is 1 (default: warning)" },
	{ "show", OPTION_SHOW, "info", FOR_LINT, "show infos too" },
	{ "max-problems", OPTION_MAX_PROBLEMS, "N", FOR_LINT,
	  "show at most N findings of each file" },
	{ "allow-empty", OPTION_ALLOW_EMPTY, NULL, FOR_CHECK | FOR_FMT,
	  "a directory without rules files is no error" },
	{ "stdin-filename", OPTION_STDIN_FILENAME, "NAME", FOR_FILES & ~FOR_CONFIG,
	  "what to call standard input" },
	{ "fix", OPTION_FIX, NULL, FOR_CHECK,
	  "apply the safe fixes, and report what is left; '-' is written to standard output" },
	{ "unsafe-fixes", OPTION_UNSAFE_FIXES, NULL, FOR_CHECK,
	  "with --fix or --diff: those too that change, move or delete rules" },
	{ "diff", OPTION_DIFF, NULL, FOR_CHECK, "write nothing; show what --fix would do" },
	{ "add-ignore", OPTION_ADD_IGNORE, "[=REASON]", FOR_CHECK,
	  "silence what is found, by comments above the lines" },
	{ "in-rule", OPTION_IN_RULE, NULL, FOR_CHECK,
	  "with --add-ignore: in the rules' own comments, which iptables-save keeps" },
	{ "stats", OPTION_STATS, NULL, FOR_CHECK,
	  "say on standard error what the analysis has looked at" },
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
	{ "resolve", OPTION_RESOLVE, "[=HOSTS]", FOR_COMPILE,
	  "look host names up, in a file like /etc/hosts if one is given" },
	{ "interfaces", OPTION_INTERFACES, "FILE", FOR_CHECK,
	  "the names of the interfaces that the host has, one a line" },
	{ "resolve", OPTION_RESOLVE, "[=HOSTS]", FOR_CHECK,
	  "look up whether pinned addresses still belong to their names" },
	{ "packet", 'p', "WORDS", FOR_TRACE,
	  "a packet: 'in=eth0 src=192.0.2.1 proto=tcp dport=22'" },
	{ "packets", OPTION_PACKETS, "FILE", FOR_TRACE, "packets from a file, one a line" },
	{ "assume", OPTION_ASSUME, "MATCH=yes|no", FOR_TRACE,
	  "the answer of a match: set:trusted=yes, limit=no" },
	{ "format", 'f', "full|json", FOR_TRACE, "text, or one JSON object for each packet" },
	{ "output4", OPTION_OUTPUT4, "FILE", FOR_CONVERT, "write the IPv4 rules to FILE" },
	{ "output6", OPTION_OUTPUT6, "FILE", FOR_CONVERT, "write the IPv6 rules to FILE" },
	{ "partial", OPTION_PARTIAL, NULL, FOR_CONVERT,
	  "write what there is, even if a part of the script could not be followed" },
	{ "define", 'D', "NAME=VALUE", FOR_CONVERT,
	  "a variable that has this value whatever the script assigns" },
	{ "run", OPTION_RUN, NULL, FOR_CONVERT, "run the script, in a sandbox" },
	{ "answer", OPTION_ANSWER, "PROGRAM=FILE", FOR_CONVERT,
	  "with --run: what a program such as 'ip' or 'ip addr' prints" },
	{ "shell", OPTION_SHELL, "sh|bash", FOR_CONVERT,
	  "the shell, whatever the first line says" },
	{ "root", OPTION_ROOT, "DIR", FOR_CONVERT, "where the files of the script's host are" },
	{ "from", OPTION_FROM, "FILE", FOR_CONVERT | FOR_CHECK,
	  "the rules to begin with (default: those of a freshly booted host)" },
	{ "assume-set", OPTION_ASSUME_SET, "NAME", FOR_CONVERT, "an ipset that is there before" },
	{ "no-comments", OPTION_NO_COMMENTS, NULL, FOR_CONVERT, "leave the script's comments out" },
	{ "table", OPTION_TABLE, "NAME", FOR_CHECK | FOR_CONVERT,
	  "the table whose rules 'iptables -S' has printed" },
	{ "help", 'h', NULL, ~0u, "this text" },
};

#define N_OPTIONS (sizeof(table) / sizeof(*table))

static int argument_of(size_t i)
{
	if (!table[i].value)
		return no_argument;
	return strncmp(table[i].value, "[=", 2) == 0 ? optional_argument : required_argument;
}

/* ---- the help text ---- */

static void print_option(size_t i)
{
	char letter[] = "    ";
	char text[64];

	if (table[i].id < 256) {
		letter[0] = '-';
		letter[1] = (char)table[i].id;
		letter[2] = ',';
	}
	snprintf(text, sizeof(text), "%s--%s%s%s", letter, table[i].name,
		 argument_of(i) == required_argument ? " " : "",
		 table[i].value ? table[i].value : "");
	printf("  %-30s %s\n", text, table[i].help);
}

static void print_formats(void)
{
	printf("\nFormats:\n  %-30s github if GITHUB_ACTIONS is 'true', else full\n", "auto");
	for (size_t i = 0; report_formats[i]; i++)
		printf("  %-30s %s\n", report_formats[i]->name, report_formats[i]->summary);
}

static void print_options(unsigned command, const char *name)
{
	const struct subcommand *subcommand = subcommand_find(name);

	printf("usage: iptlint %s [OPTIONS]%s%s\n\n%s\n\n%s%s", name,
	       *subcommand->synopsis ? " " : "", subcommand->synopsis, subcommand->summary,
	       subcommand->description, *subcommand->description ? "\n" : "");
	printf("Options:\n");
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].commands & command)
			print_option(i);
	if (command & FOR_CHECK)
		print_formats();
	printf("\nExit status:\n"
	       "  0  done, and nothing to complain about\n");
	if (command & FOR_CHECK)
		printf("  1  findings at the level of --fail-on or above\n");
	if (command & FOR_FMT)
		printf("  1  files would change, or have lines that cannot be read\n");
	if (command & FOR_COMPILE)
		printf("  1  the file was refused\n");
	if (command & FOR_CONVERT)
		printf("  1  commands fail, or a part of the script cannot be followed\n");
	printf("  2  wrong usage, a file that cannot be read or written, or an internal error\n");
	printf("\nEnvironment:\n  %-30s options before those of the command line\n",
	       "IPTLINT_OPTS");
	if (command & FOR_CHECK)
		printf("  %-30s the format if none is given\n  %-30s if not empty: no colours\n",
		       "IPTLINT_FORMAT", "NO_COLOR");
	if (command & FOR_FILES)
		printf("  %-30s the configuration file if --config names none\n", "IPTLINT_CONFIG");
	printf("  %-30s where the extensions of iptables are\n", "XTABLES_LIBDIR");
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
	if (strcmp(format->name, "auto") != 0 && !report_find(format->name))
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
	case OPTION_ADD_IGNORE:
		options->add_ignore = true;
		return read_reason(options, value);
	case OPTION_IN_RULE:
		options->in_rule = true;
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
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].id == id && (table[i].commands & command))
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
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (words->inherited || (table[i].commands & words->command))
			similar_offer(&similar, table[i].name);
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
	struct option longs[N_OPTIONS + 1];
	char shorts[2 * N_OPTIONS + 3];
};

static void fill_tables(struct getopt_tables *tables, const struct words *words)
{
	size_t n_short = 0, n_long = 0;

	memset(tables, 0, sizeof(*tables));
	/* options of convert end at the script; what follows is the script's */
	if (words->command == FOR_CONVERT)
		tables->shorts[n_short++] = '+';
	tables->shorts[n_short++] = ':';
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (!words->inherited && !(table[i].commands & words->command))
			continue;
		tables->longs[n_long++] =
			(struct option){ table[i].name, argument_of(i), NULL, table[i].id };
		if (table[i].id >= 256)
			continue;
		tables->shorts[n_short++] = (char)table[i].id;
		if (table[i].value)
			tables->shorts[n_short++] = ':';
	}
}

static enum options_result read_words(struct options *options, const struct words *words)
{
	struct getopt_tables tables;
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
			print_options(words->command, words->from);
			return OPTIONS_HELP;
		}
		if (!read_value(options, id, optarg, words->inherited))
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
