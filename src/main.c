/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the subcommand; knows nothing of what it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/similar.h"
#include "cmd/cmd.h"

static void out_of_memory(void)
{
	static const char message[] = "iptlint: out of memory\n";

	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(EXIT_TROUBLE);
	_exit(EXIT_TROUBLE);
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

int main(int argc, char **argv)
{
	const struct subcommand *subcommand;
	const char *word = argc > 1 ? argv[1] : "--help";

	alloc_set_handler(out_of_memory);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		print_help();
		return flush_output(argc > 1 ? EXIT_CLEAN : EXIT_TROUBLE);
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ||
	    strcmp(word, "version") == 0) {
		print_version();
		return flush_output(EXIT_CLEAN);
	}
	subcommand = subcommand_find(word);
	if (!subcommand)
		return unknown(word);
	return flush_output(subcommand->run(argc - 1, argv + 1));
}
