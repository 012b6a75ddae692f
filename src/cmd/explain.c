/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint explain: the documents of lint rules, or of a group of them.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/markdown.h"

/* The documents of NAME; false if nothing is called so. */
static bool explain(const char *name, bool *printed)
{
	bool known = false;

	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];

		if (strcmp(rule->name, name) != 0 && strcmp(rule->group, name) != 0 &&
		    strcmp(name, "all") != 0)
			continue;
		if (*printed)
			putchar('\n');
		markdown_print(stdout, lint_document(rule));
		*printed = true;
		known = true;
	}
	return known;
}

static int explain_all(struct options *options, struct arena *arena)
{
	bool printed = false;
	int status = EXIT_CLEAN;

	(void)arena;
	if (options->n_words == 0) {
		cmd_error("explain: which lint rule?  iptlint rules lists them");
		return EXIT_TROUBLE;
	}
	for (int i = 0; i < options->n_words; i++) {
		const char *name = options->words[i];
		const char *near = lint_suggest(name);

		if (explain(name, &printed))
			continue;
		status = EXIT_TROUBLE;
		if (near)
			cmd_error("there is no lint rule '%s'; did you mean '%s'?", name, near);
		else
			cmd_error("there is no lint rule '%s'; iptlint rules lists them", name);
	}
	return status;
}

int cmd_explain(int argc, char **argv)
{
	return options_run(FOR_EXPLAIN, argc, argv, explain_all);
}
