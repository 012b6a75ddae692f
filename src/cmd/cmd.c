/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of subcommands, and what all of them say.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "config.h"

const struct subcommand subcommands[] = {
	{ "check", "[FILE|DIR|-]...", "lint rules files", cmd_check },
	{ "fmt", "[FILE|DIR|-]...", "put rules files into the canonical layout", cmd_fmt },
	{ "compile", "FILE|-", "print the restore stream of a rules file", cmd_compile },
	{ "explain", "NAME...", "print the documents of lint rules", cmd_explain },
	{ "rules", "", "list all lint rules", cmd_rules },
	{ NULL, NULL, NULL, NULL },
};

const struct subcommand *subcommand_find(const char *name)
{
	for (const struct subcommand *subcommand = subcommands; subcommand->name; subcommand++)
		if (strcmp(subcommand->name, name) == 0)
			return subcommand;
	return NULL;
}

void print_help(void)
{
	printf("usage: iptlint SUBCOMMAND [OPTIONS] [ARGUMENTS]\n\n");
	for (const struct subcommand *subcommand = subcommands; subcommand->name; subcommand++)
		printf("  %-8s %-18s %s\n", subcommand->name, subcommand->synopsis,
		       subcommand->summary);
	printf("\niptlint SUBCOMMAND --help tells its options; iptlint --version the version.\n");
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

	fputs("iptlint: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int flush_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		cmd_error("standard output: %s", strerror(errno));
	return EXIT_TROUBLE;
}
