/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint rules: every lint rule, one a line.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cmd/cmd.h"
#include "cmd/options.h"

static const char *rule_level(const struct lint_rule *rule)
{
	return rule->off ? "off" : level_name(rule->level);
}

static void print_text(void)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];

		printf("%-30s %-12s %-8s %-8s %s\n", rule->name, rule->group, rule_level(rule),
		       rule->fixable ? "fixable" : "-", rule->summary);
	}
}

static void print_json(void)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];

		json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:b, s:s}", "name", rule->name, "group",
					 rule->group, "level", rule_level(rule), "fixable",
					 (int)rule->fixable, "summary", rule->summary));
	}
	if (json_dumpf(array, stdout, JSON_INDENT(2)) != 0)
		die_out_of_memory();
	putchar('\n');
	json_decref(array);
}

static int list(struct options *options, struct arena *arena)
{
	const struct format_option *format = options->n_formats ? &options->formats[0] : NULL;

	(void)arena;
	if (options->n_words) {
		cmd_error("rules: '%s' is one argument too much", options->words[0]);
		return EXIT_TROUBLE;
	}
	if (!format || options->formats_inherited) {
		print_text();
		return EXIT_CLEAN;
	}
	if (options->n_formats > 1 || format->path || strcmp(format->name, "json") != 0) {
		cmd_error("rules: --format takes json, or is left out");
		return EXIT_TROUBLE;
	}
	print_json();
	return EXIT_CLEAN;
}

int cmd_rules(int argc, char **argv)
{
	return options_run(FOR_RULES, argc, argv, list);
}
