/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the subcommand; knows nothing of what it does.  Inside of a sandbox this program is
 * something else.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/similar.h"
#include "cmd/cmd.h"
#include "sandbox/sandbox.h"

static void out_of_memory(void)
{
	static const char message[] = "iptlint: out of memory\n";

	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(EXIT_TROUBLE);
	_exit(EXIT_TROUBLE);
}

/*
 * A program may be started with its standard files closed.  The next files that it
 * opens would take their numbers, and get what is printed.
 */
static void claim_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* Reading and writing shall fail as they would have. */
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			_exit(EXIT_TROUBLE);
	}
}

static int unknown(const char *word)
{
	struct similar similar;

	cmd_error(*word == '-' ? "unknown option '%s'" : "unknown subcommand '%s'", word);
	similar_init(&similar, word);
	for (const struct subcommand *each = subcommands; each->name; each++)
		similar_offer(&similar, each->name);
	if (similar_result(&similar))
		cmd_error("did you mean '%s'?", similar_result(&similar));
	else
		cmd_error("iptlint --help lists the subcommands");
	return EXIT_TROUBLE;
}

/* iptlint help [SUBCOMMAND] */
static int help(char *name)
{
	char option[] = "--help";
	char *words[] = { name, option, NULL };
	const struct subcommand *subcommand;

	if (!name) {
		print_help(stdout);
		return EXIT_CLEAN;
	}
	subcommand = subcommand_find(name);
	return subcommand ? subcommand->run(2, words) : unknown(name);
}

static bool is_any(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

int main(int argc, char **argv)
{
	const struct subcommand *subcommand;
	int status;

	alloc_set_handler(out_of_memory);
	claim_standard_files();
	if (sandbox_is_inside(argc, argv, &status))
		return status;
	if (argc < 2) {
		print_help(stderr);
		return EXIT_TROUBLE;
	}
	if (is_any(argv[1], "--help", "-h", "help"))
		return flush_output(help(argv[2]));
	if (is_any(argv[1], "--version", "-V", "version")) {
		print_version();
		return flush_output(EXIT_CLEAN);
	}
	subcommand = subcommand_find(argv[1]);
	if (!subcommand)
		return unknown(argv[1]);
	return flush_output(subcommand->run(argc - 1, argv + 1));
}
