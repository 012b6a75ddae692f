/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint config: what is in force for a file, and who says so.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/settings.h"
#include "lint/select.h"

struct shown {
	const struct options *options;
	const struct settings *settings;
};

static const char *origin_name(enum origin origin)
{
	return origin == ORIGIN_ENVIRONMENT ? "IPTLINT_OPTS" : "the command line";
}

/* Who has the last word about KEY. */
static void print_origin(const struct shown *shown, enum config_key key)
{
	const struct config_value *value = shown->settings->values[key];

	if (shown->options->origins[key] != ORIGIN_DEFAULT)
		printf("# %s\n", origin_name(shown->options->origins[key]));
	else if (value)
		printf("# %s:%u\n", shown->settings->config->source->name, value->line);
	else if (key == CONFIG_NOFLUSH && shown->settings->is_of_ufw)
		printf("# default in a folder called ufw\n");
	else
		printf("# default\n");
}

static void print_key(const struct shown *shown, enum config_key key, const char *value)
{
	printf("%s = %-*s ", config_key_name(key), 24 - (int)strlen(config_key_name(key)), value);
	print_origin(shown, key);
}

static const char *family_word(enum family family)
{
	return family == FAMILY_IPV4 ? "4" : family == FAMILY_IPV6 ? "6" : "auto";
}

static const char *backend_word(unsigned backends)
{
	return backends == BACKEND_LEGACY ? "legacy" : backends == BACKEND_NFT ? "nft" : "both";
}

/* The words of a list as they can stand in a file. */
static const char *joined(struct arena *arena, const struct config_value *value)
{
	const char *text = "";

	for (size_t i = 0; value && i < value->n_words; i++) {
		const char *word = value->words[i];
		const char *quote = strpbrk(word, " \t,") || !*word ? "\"" : "";

		text = arena_printf(arena, "%s%s%s%s%s", text, i ? ", " : "", quote, word, quote);
	}
	return text;
}

static void print_values(const struct shown *shown, struct arena *arena)
{
	const struct settings *settings = shown->settings;
	const char *fail_on = level_name(settings->fail_on);

	print_key(shown, CONFIG_FAMILY, family_word(settings->family));
	print_key(shown, CONFIG_BACKEND, backend_word(settings->backends));
	print_key(shown, CONFIG_NOFLUSH, settings->noflush ? "yes" : "no");
	print_key(shown, CONFIG_FAIL_ON, fail_on ? fail_on : "never");
	print_key(shown, CONFIG_SHOW, settings->show_info ? "info" : "warning");
	print_key(shown, CONFIG_MAX_PROBLEMS, arena_printf(arena, "%zu", settings->max_problems));
	for (int key = CONFIG_EXTERNAL_CHAINS; key < N_CONFIG_KEYS; key++)
		if (settings->values[key])
			print_key(shown, (enum config_key)key,
				  joined(arena, settings->values[key]));
}

static const char *level_in_force(const struct settings *settings, const struct lint_rule *rule)
{
	enum level level = selection_level(settings->selection, rule);

	if (!selection_has(settings->selection, rule))
		return "off";
	return level_name(level == LEVEL_DEFAULT ? rule->level : level);
}

/* The lines of all sections that hold, in their order: each may change what others say. */
static void print_rule_words(const struct shown *shown, struct arena *arena, const char *path)
{
	const struct config *config = shown->settings->config;

	for (int key = CONFIG_SELECT; key <= CONFIG_INFO; key++) {
		if (shown->options->origins[key] != ORIGIN_DEFAULT)
			printf("# %s by %s\n", config_key_name((enum config_key)key),
			       origin_name(shown->options->origins[key]));
		for (const struct config_section *each = config ? config->sections : NULL; each;
		     each = each->next) {
			const struct config_value *value = &each->values[key];

			if (value->line && config_holds(each, path))
				printf("# %s:%u: %s = %s\n", config->source->name, value->line,
				       config_key_name((enum config_key)key), joined(arena, value));
		}
	}
}

static void print_rules(const struct settings *settings)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];
		const char *now = level_in_force(settings, rule);
		const char *usual = rule->off ? "off" : level_name(rule->level);

		printf("%s = %s", rule->name, now);
		if (strcmp(now, usual) != 0)
			printf(" # default: %s", usual);
		putchar('\n');
	}
}

static void print_settings(const struct options *options, struct arena *arena, const char *name,
			   const struct settings *settings)
{
	const struct shown shown = { options, settings };

	printf("# %s: ", name);
	if (settings->config)
		printf("%s\n", settings->config->source->name);
	else
		printf("no configuration file\n");
	print_values(&shown, arena);
	printf("\n# lint rules\n");
	if (settings->config)
		print_rule_words(&shown, arena, settings_path(arena, settings, name));
	else
		print_rule_words(&shown, arena, name);
	print_rules(settings);
}

static int show_all(struct options *options, struct arena *arena)
{
	struct configurations *all = configurations_new(arena, options);
	int status = EXIT_CLEAN;

	if (!all)
		return EXIT_TROUBLE;
	if (options->n_words == 0) {
		cmd_error("config: for which file?");
		return EXIT_TROUBLE;
	}
	for (int i = 0; i < options->n_words; i++) {
		const struct settings *settings = settings_for(all, options->words[i]);

		if (i)
			putchar('\n');
		if (settings)
			print_settings(options, arena, options->words[i], settings);
		else
			status = EXIT_TROUBLE;
	}
	return status;
}

int cmd_config(int argc, char **argv)
{
	return options_run(FOR_CONFIG, argc, argv, show_all);
}
