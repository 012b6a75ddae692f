/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of subcommands, and what all of them say.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include "config.h"

#define WHICH_FILES                                                                           \
	"Of a directory, the rules files in it and below are taken; '-' is standard input.\n" \
	"Without arguments: the current directory.\n"
#define WHICH_FAMILY                                                                            \
	"Whether a file is for iptables or ip6tables follows from words like v6 or ip6tables\n" \
	"in the last two parts of its path, else from what is in it; -4 and -6 decide.\n"

const struct subcommand subcommands[] = {
	{ "check", "[FILE|DIR|-]...", "lint rules files",
	  WHICH_FILES
	  "Whatever is wrong with a file is reported at once, with line and column.\n"
	  "A file that is named and is an iptables shell script is evaluated, never run, and\n"
	  "what is found in the rules that it makes is reported there.\n\n" WHICH_FAMILY,
	  cmd_check, FOR_CHECK },
	{ "fmt", "[FILE|DIR|-]...", "put rules files into the canonical layout",
	  WHICH_FILES
	  "Files are rewritten in place, standard input is written to standard output.\n"
	  "One line stays one line; comments, blank lines, order and names stay.\n\n" WHICH_FAMILY,
	  cmd_fmt, FOR_FMT },
	{ "compile", "FILE|-", "print the restore stream of a rules file",
	  "What iptables-save would print after the file was loaded on a freshly booted\n"
	  "host.  A file that does not load is refused, and nothing is printed.\n\n" WHICH_FAMILY,
	  cmd_compile, FOR_COMPILE },
	{ "convert", "SCRIPT [ARG...]", "turn an iptables shell script into rules files",
	  "The rules that the script would leave on a freshly booted host.  The script is not\n"
	  "run but read: what cannot be known from it is an error where it matters.  With --run\n"
	  "it runs in a sandbox, where nothing of this host can be reached.  What stands behind\n"
	  "SCRIPT are its arguments.\n",
	  cmd_convert, FOR_CONVERT },
	{ "trace", "FILE|-", "follow packets through a rules file",
	  "Which rules a packet meets, table by table in the order of the kernel, and which\n"
	  "rule or policy decides.  A packet is written as NAME=VALUE words:\n"
	  "  in= out= src= dst= proto= sport= dport= icmp-type=TYPE/CODE tcp-flags=SYN,ACK\n"
	  "  state=NEW mark= connmark= frag=yes\n"
	  "in= alone is a packet for this host, out= alone one that it sends, both one that it\n"
	  "forwards.  Where a match cannot be answered, both ways are shown; --assume answers\n"
	  "it, with a name as the output shows it: --assume set:trusted=yes.\n\n" WHICH_FAMILY,
	  cmd_trace, FOR_TRACE },
	{ "diff", "OLD NEW", "tell for which packets two rules files are not the same",
	  "Compares what becomes of packets, chain by chain, whatever the rules look like: one\n"
	  "packet for each kind of change, with the rules that decide, and all that are changed.\n"
	  "A shell script is evaluated, never run.  With --git REV [FILE|DIR]... the files of the\n"
	  "work tree are compared with those of a git revision.  The exit status is 0 if every\n"
	  "packet is treated the same, 1 if not, 2 if it is not known of all.\n\n" WHICH_FAMILY,
	  cmd_diff, FOR_DIFF },
	{ "test", "FILE|- TESTS...", "hold a rules file against promises about packets",
	  "TESTS has a promise in each line: what becomes of a set of packets, all of them.\n"
	  "  accept in=eth0 proto=tcp dport=22,80 src=10.0.0.0/8 except src=10.1.0.0/16\n"
	  "  drop, reject, deny (one of the two), dnat to=192.0.2.5:80\n"
	  "The words are those of trace, with lists, ranges and prefixes; what is not said is\n"
	  "every value, but for state=NEW.  [NAME] begins a group; @family 4, @table filter and\n"
	  "@assume set:trusted=yes hold for what is below.  iptlint-test(5) has it all.\n"
	  "A promise that is broken is shown with a packet that breaks it; one that cannot be\n"
	  "decided is told with the reason, and has not passed.\n\n" WHICH_FAMILY,
	  cmd_test, FOR_TEST },
	{ "graph", "FILE|-", "draw the chains of a rules file and the jumps between them",
	  "Prints the language of Graphviz: iptlint graph rules.v4 | dot -T svg -o rules.svg\n"
	  "A box for each chain; built-in ones green or red by their policy, dashed ones filled\n"
	  "by other programs, or loaded before.  A solid line for jumps, a dashed one for gotos,\n"
	  "with the number of rules that make them.  Grey: no packet ever gets there.  A file\n"
	  "that does not load is refused, and nothing is printed.\n\n" WHICH_FAMILY,
	  cmd_graph, FOR_GRAPH },
	{ "config", "FILE...", "print what is in force for a file",
	  "Every setting and the level of every lint rule, with who says so: the command line,\n"
	  "IPTLINT_OPTS, a line of the configuration file, or nobody.\n",
	  cmd_config, FOR_CONFIG },
	{ "explain", "RULE...", "print the documents of lint rules",
	  "RULE is a lint rule, a group of them, or 'all'.\n", cmd_explain, FOR_EXPLAIN },
	{ "rules", "", "list all lint rules",
	  "One a line: name, group, level, whether there is a fix, and a summary.\n", cmd_rules,
	  FOR_RULES },
	{ "completion", "bash|zsh|fish", "print what completes command lines in a shell",
	  "For a session: eval \"$(iptlint completion bash)\", or in fish\n"
	  "iptlint completion fish | source.  An installed iptlint has the files in place.\n",
	  cmd_completion, FOR_COMPLETION },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

const struct subcommand *subcommand_find(const char *name)
{
	for (const struct subcommand *subcommand = subcommands; subcommand->name; subcommand++)
		if (strcmp(subcommand->name, name) == 0)
			return subcommand;
	return NULL;
}

void print_help(FILE *out)
{
	fprintf(out, "usage: iptlint SUBCOMMAND [OPTIONS] [ARGUMENTS]\n\n"
		     "A compiler and linter for the rules files of iptables and ip6tables.\n\n");
	for (const struct subcommand *subcommand = subcommands; subcommand->name; subcommand++)
		fprintf(out, "  %-10s %-18s %s\n", subcommand->name, subcommand->synopsis,
			subcommand->summary);
	fprintf(out,
		"\niptlint SUBCOMMAND --help tells its options, iptlint --version the version.\n");
}

void print_version(void)
{
	struct xtables_version version;

	binder_describe(&version);
	printf("iptlint %s\n", PACKAGE_VERSION);
	printf("libxtables %s: %s\n", version.release, version.library);
	printf("extensions: %zu in %s\n", version.n_extensions, version.directory);
}

void cmd_error(const char *format, ...)
{
	va_list args;

	progress_hide();
	fputs("iptlint: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int flush_output(int status)
{
	static bool told;
	int why = 0;

	if (fflush(stdout) != 0)
		why = errno;
	else if (!ferror(stdout))
		return status;
	/* An earlier write failed if this one did not: why is no longer known. */
	if (!told && why != EPIPE)
		cmd_error("standard output: %s", why ? strerror(why) : "cannot be written");
	told = true;
	return EXIT_TROUBLE;
}
