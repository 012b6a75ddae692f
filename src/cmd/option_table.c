/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table, and the help text that is made of it.
 */
#include "cmd/option_table.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/report.h"

#define FOR_FILES                                                                            \
	(FOR_CHECK | FOR_FMT | FOR_COMPILE | FOR_TRACE | FOR_CONFIG | FOR_GRAPH | FOR_DIFF | \
	 FOR_TEST)
#define FOR_LINT (FOR_CHECK | FOR_CONFIG)

const struct option_row option_rows[] = {
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
	{ "format", 'f', "FORMAT[=FILE]", FOR_CHECK,
	  "how to report, see below; may stand several times (default: auto)" },
	{ "format", 'f', "json", FOR_RULES, "print a JSON array" },
	{ "select", OPTION_SELECT, "RULE", FOR_LINT, "switch on a lint rule, a group or 'all'" },
	{ "ignore", OPTION_IGNORE, "RULE", FOR_LINT, "switch it off" },
	{ "error", OPTION_ERROR, "RULE", FOR_LINT, "report it as an error" },
	{ "warning", OPTION_WARNING, "RULE", FOR_LINT, "report it as a warning" },
	{ "info", OPTION_INFO, "RULE", FOR_LINT, "report it as an info" },
	{ "fail-on", OPTION_FAIL_ON, "error|warning|info|never", FOR_LINT,
	  "from where on the exit status is 1 (default: warning)" },
	{ "show", OPTION_SHOW, "info", FOR_LINT, "show infos too" },
	{ "max-problems", OPTION_MAX_PROBLEMS, "N", FOR_LINT,
	  "show at most N findings of each file" },
	{ "allow-empty", OPTION_ALLOW_EMPTY, NULL, FOR_CHECK | FOR_FMT,
	  "a directory without rules files is no error" },
	{ "sniff", OPTION_SNIFF, NULL, FOR_CHECK | FOR_FMT,
	  "pass over named files that are not for iptables, as their names and lines tell" },
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
	{ "baseline", OPTION_BASELINE, "FILE", FOR_CHECK,
	  "do not tell the findings that stand in FILE" },
	{ "write-baseline", OPTION_WRITE_BASELINE, "[=FILE]", FOR_CHECK,
	  "write all that is found to FILE (default: the one that --baseline names)" },
	{ "prune-baseline", OPTION_PRUNE_BASELINE, NULL, FOR_CHECK,
	  "remove the entries whose findings are gone" },
	{ "since", OPTION_SINCE, "REV", FOR_CHECK,
	  "tell only what lines that were changed since the git revision REV have to do with" },
	{ "jobs", 'j', "N", FOR_CHECK | FOR_FMT,
	  "look at files in N processes (default: one for each processor, where it is worth it)" },
	{ "statistics", OPTION_STATISTICS, NULL, FOR_CHECK,
	  "say in the end how often each lint rule was found" },
	{ "stats", OPTION_STATS, NULL, FOR_CHECK,
	  "say on standard error what the analysis has looked at" },
	{ "color", OPTION_COLOR, "auto|always|never", FOR_CHECK, "colours (default: auto)" },
	{ "check", OPTION_CHECK, NULL, FOR_FMT, "write nothing; list the files that would change" },
	{ "diff", OPTION_DIFF, NULL, FOR_FMT, "write nothing; show what would change" },
	{ "output", 'o', "FILE", FOR_COMPILE | FOR_GRAPH, "write to FILE, at once or not at all" },
	{ "counters", OPTION_COUNTERS, NULL, FOR_COMPILE,
	  "print counters as written, not as zero" },
	{ "exact-save", OPTION_EXACT_SAVE, NULL, FOR_COMPILE,
	  "print what iptables-save prints, even where it means something else" },
	{ "keep-names", OPTION_KEEP_NAMES, NULL, FOR_COMPILE, "leave host names in" },
	{ "strict-policy", OPTION_STRICT_POLICY, NULL, FOR_COMPILE,
	  "refuse a table that does not declare its policies" },
	{ "resolve", OPTION_RESOLVE, "[=FILE]", FOR_COMPILE,
	  "look host names up, in a file like /etc/hosts if one is given" },
	{ "interfaces", OPTION_INTERFACES, "FILE", FOR_CHECK,
	  "the names of the interfaces that the host has, one a line" },
	{ "ipset-file", OPTION_IPSET_FILE, "FILE", FOR_CHECK,
	  "what 'ipset save' prints on the host, with all of its sets" },
	{ "resolve", OPTION_RESOLVE, "[=FILE]", FOR_CHECK,
	  "look up whether pinned addresses still belong to their names" },
	{ "packet", 'p', "WORDS", FOR_TRACE,
	  "a packet: 'in=eth0 src=192.0.2.1 proto=tcp dport=22'" },
	{ "packets", OPTION_PACKETS, "FILE", FOR_TRACE, "packets from a file, one a line" },
	{ "assume", OPTION_ASSUME, "MATCH=yes|no", FOR_TRACE | FOR_TEST,
	  "the answer of a match: set:trusted=yes, limit=no" },
	{ "format", 'f', "full|json", FOR_TRACE, "text, or one JSON object for each packet" },
	{ "git", OPTION_GIT, "REV", FOR_DIFF,
	  "compare the files of the work tree with those of the git revision REV" },
	{ "format", 'f', "full|markdown|json", FOR_DIFF,
	  "text, a comment for a merge request, or one JSON object (default: full)" },
	{ "format", 'f', "full|junit|json", FOR_TEST,
	  "what has not passed, as text, or all; NAME=FILE writes to FILE (default: full)" },
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
	{ "table", OPTION_TABLE, "raw|mangle|nat|filter|security", FOR_CHECK | FOR_CONVERT,
	  "the table whose rules 'iptables -S' has printed" },
	{ "table", OPTION_TABLE, "raw|mangle|nat|filter|security", FOR_GRAPH,
	  "draw this table alone" },
	{ "verdicts", OPTION_VERDICTS, NULL, FOR_GRAPH,
	  "draw also what rules decide: ACCEPT, DROP and the like" },
	{ "help", 'h', NULL, ~0u, "this text" },
};

const size_t n_option_rows = sizeof(option_rows) / sizeof(*option_rows);

_Static_assert(sizeof(option_rows) / sizeof(*option_rows) <= OPTION_ROWS_MAX, "the rows fit");

int option_argument(const struct option_row *row)
{
	if (!row->value)
		return no_argument;
	return strncmp(row->value, "[=", 2) == 0 ? optional_argument : required_argument;
}

/* ---- the help text ---- */

static void print_option(const struct option_row *row)
{
	char letter[] = "    ";
	char text[64];

	if (row->id < 256) {
		letter[0] = '-';
		letter[1] = (char)row->id;
		letter[2] = ',';
	}
	snprintf(text, sizeof(text), "%s--%s%s%s", letter, row->name,
		 option_argument(row) == required_argument ? " " : "",
		 row->value ? row->value : "");
	if (strlen(text) > 30)
		printf("  %s\n  %30s %s\n", text, "", row->help);
	else
		printf("  %-30s %s\n", text, row->help);
}

static void print_formats(void)
{
	printf("\nFormats:\n  %-30s github if GITHUB_ACTIONS is 'true', else full\n", "auto");
	for (size_t i = 0; report_formats[i]; i++)
		printf("  %-30s %s\n", report_formats[i]->name, report_formats[i]->summary);
}

void option_help(unsigned command, const char *name)
{
	const struct subcommand *subcommand = subcommand_find(name);

	printf("usage: iptlint %s [OPTIONS]%s%s\n\n%s\n\n%s%s", name,
	       *subcommand->synopsis ? " " : "", subcommand->synopsis, subcommand->summary,
	       subcommand->description, *subcommand->description ? "\n" : "");
	printf("Options:\n");
	for (size_t i = 0; i < n_option_rows; i++)
		if (option_rows[i].commands & command)
			print_option(&option_rows[i]);
	if (command & FOR_CHECK)
		print_formats();
	printf("\nExit status:\n"
	       "  0  done, and nothing to complain about\n");
	if (command & FOR_CHECK)
		printf("  1  findings at the level of --fail-on or above\n");
	if (command & FOR_FMT)
		printf("  1  files would change, or have lines that cannot be read\n");
	if (command & (FOR_COMPILE | FOR_GRAPH))
		printf("  1  the file was refused\n");
	if (command & FOR_TEST)
		printf("  1  a promise is broken, or cannot be decided\n");
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
