/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts together what the command line, the environment and a configuration file say.
 */
#include "cmd/settings.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/chains.h"
#include "bind/names.h"
#include "cmd/cmd.h"
#include "cmd/find_config.h"
#include "cmd/work_tree.h"

struct configurations {
	struct arena *arena;
	const struct options *options;
	struct config_search search;
	bool is_fixed; /* one file for all, or none */
	const struct config *fixed;
	/* Without a configuration file: of ufw, and others. */
	const struct settings *plain[2];
};

struct configurations *configurations_new(struct arena *arena, const struct options *options)
{
	struct configurations *all = arena_new_object(arena, struct configurations);
	const char *variable = getenv("IPTLINT_CONFIG");
	const char *path = options->config;

	all->arena = arena;
	all->options = options;
	all->search.arena = arena;
	if (!path && variable && *variable)
		path = variable;
	if (options->isolated)
		path = NULL;
	all->is_fixed = path || options->isolated;
	if (path)
		all->fixed = config_load(arena, path);
	return path && (!all->fixed || all->fixed->diags.first) ? NULL : all;
}

/* ---- where the input is ---- */

static bool is_under_ufw(const char *folder)
{
	for (const char *part = folder; (part = strstr(part, "/ufw")); part++)
		if (part[4] == '/' || part[4] == '\0')
			return true;
	return false;
}

/* ---- values ---- */

static bool value_is(const struct config_value *value, const char *word)
{
	return value && strcmp(value->words[0], word) == 0;
}

/* What the command line says, if it does. */
static const char *path_of(struct settings *settings, struct arena *arena, enum config_key key,
			   const char *given)
{
	return given ? given : config_path(arena, settings->config, settings->values[key]);
}

static const char *const *list_of(const struct config_value *value, size_t *n)
{
	*n = value ? value->n_words : 0;
	return value ? value->words : NULL;
}

static void read_ports(struct settings *settings, struct arena *arena,
		       const struct config_value *value)
{
	struct admin_port *ports;

	if (!value)
		return;
	ports = arena_alloc(arena, value->n_words * sizeof(*ports));
	for (size_t i = 0; i < value->n_words; i++) {
		char *end;

		ports[i].port = (uint16_t)strtoul(value->words[i], &end, 10);
		ports[i].tcp = strcmp(end, "/udp") != 0;
		ports[i].udp = strcmp(end, "/tcp") != 0;
	}
	settings->admin_ports = ports;
	settings->n_admin_ports = value->n_words;
}

/* "none" leaves those out that are known. */
static void read_external_chains(struct settings *settings, const struct config_value *value)
{
	settings->external_chains = list_of(value, &settings->n_external_chains);
	settings->external_chains_alone = value_is(value, "none");
	if (settings->external_chains_alone) {
		settings->external_chains++;
		settings->n_external_chains--;
	}
}

static enum level level_of(const char *word)
{
	for (int level = LEVEL_INFO; level <= LEVEL_ERROR; level++)
		if (strcmp(word, level_name((enum level)level)) == 0)
			return (enum level)level;
	return LEVEL_DEFAULT;
}

/* ---- lint rules ---- */

static void select_words(struct lint_selection *selection, enum config_key key,
			 const struct config_value *value)
{
	static const enum level levels[] = {
		[CONFIG_ERROR] = LEVEL_ERROR,
		[CONFIG_WARNING] = LEVEL_WARNING,
		[CONFIG_INFO] = LEVEL_INFO,
	};

	for (size_t i = 0; i < value->n_words; i++) {
		if (key == CONFIG_SELECT)
			lint_select(selection, value->words[i]);
		else if (key == CONFIG_IGNORE)
			lint_ignore(selection, value->words[i]);
		else
			lint_set_level(selection, value->words[i], levels[key]);
	}
}

static struct lint_selection *select_section(struct arena *arena,
					     const struct config_section *section,
					     const struct lint_selection *below)
{
	struct lint_selection *selection = lint_selection_new(arena);

	for (int key = CONFIG_SELECT; key <= CONFIG_INFO; key++)
		select_words(selection, (enum config_key)key, &section->values[key]);
	return lint_selection_over(arena, selection, below);
}

/* ---- the whole ---- */

/* What check cannot follow is no fault of the script. */
static const struct lint_selection *usual_selection(struct arena *arena,
						    const struct options *options)
{
	struct lint_selection *selection;

	if (options->command != FOR_CHECK && options->command != FOR_CONFIG)
		return NULL;
	selection = lint_selection_new(arena);
	lint_set_level(selection, "unsupported-shell", LEVEL_INFO);
	return selection;
}

/* The sections that hold, each over those above it in the file. */
static const struct lint_selection *apply_sections(struct settings *settings, struct arena *arena,
						   const struct config *config, const char *path,
						   const struct lint_selection *selection)
{
	for (const struct config_section *section = config->sections; section;
	     section = section->next) {
		if (!config_holds(section, path_within(path, config->folder)))
			continue;
		selection = select_section(arena, section, selection);
		for (int key = 0; key < N_CONFIG_KEYS; key++)
			if (section->values[key].line)
				settings->values[key] = &section->values[key];
	}
	return selection;
}

static bool is_given(const struct options *options, enum config_key key)
{
	return options->origins[key] != ORIGIN_DEFAULT;
}

static void settle_family(struct settings *settings, const struct options *options)
{
	const struct config_value *value = settings->values[CONFIG_FAMILY];

	settings->family = options->family;
	if (is_given(options, CONFIG_FAMILY) || !value)
		return;
	if (value_is(value, "4"))
		settings->family = FAMILY_IPV4;
	else if (value_is(value, "6"))
		settings->family = FAMILY_IPV6;
}

static void settle_backends(struct settings *settings, const struct options *options)
{
	const struct config_value *value = settings->values[CONFIG_BACKEND];

	settings->backends = options->backends;
	if (is_given(options, CONFIG_BACKEND) || !value)
		return;
	settings->backends = value_is(value, "legacy") ? BACKEND_LEGACY
			     : value_is(value, "nft")  ? BACKEND_NFT
						       : BACKEND_BOTH;
}

static void settle_noflush(struct settings *settings, const struct options *options)
{
	const struct config_value *value = settings->values[CONFIG_NOFLUSH];

	settings->noflush = value ? value_is(value, "yes") : settings->is_of_ufw;
	if (is_given(options, CONFIG_NOFLUSH))
		settings->noflush = true;
}

static void settle_reports(struct settings *settings, const struct options *options)
{
	const struct config_value *const *values = settings->values;

	settings->fail_on = options->fail_on;
	settings->show_info = options->show_info;
	settings->max_problems = options->max_problems;
	if (!is_given(options, CONFIG_FAIL_ON) && values[CONFIG_FAIL_ON])
		settings->fail_on = level_of(values[CONFIG_FAIL_ON]->words[0]);
	if (!is_given(options, CONFIG_SHOW) && values[CONFIG_SHOW])
		settings->show_info = value_is(values[CONFIG_SHOW], "info");
	if (!is_given(options, CONFIG_MAX_PROBLEMS) && values[CONFIG_MAX_PROBLEMS])
		settings->max_problems = strtoul(values[CONFIG_MAX_PROBLEMS]->words[0], NULL, 10);
}

static const struct settings *settle_all(const struct configurations *all,
					 const struct config *config, const char *path,
					 bool is_of_ufw)
{
	struct settings *settings = arena_new_object(all->arena, struct settings);
	const struct options *options = all->options;
	const struct lint_selection *selection = usual_selection(all->arena, options);

	settings->config = config;
	settings->is_of_ufw = is_of_ufw;
	if (config)
		selection = apply_sections(settings, all->arena, config, path, selection);
	selection = lint_selection_over(all->arena, options->environment_selection, selection);
	settings->selection = lint_selection_over(all->arena, options->selection, selection);
	settle_family(settings, options);
	settle_backends(settings, options);
	settle_noflush(settings, options);
	settle_reports(settings, options);
	read_external_chains(settings, settings->values[CONFIG_EXTERNAL_CHAINS]);
	read_ports(settings, all->arena, settings->values[CONFIG_ADMIN_PORTS]);
	settings->sets = list_of(settings->values[CONFIG_SETS], &settings->n_sets);
	settings->script_args =
		list_of(settings->values[CONFIG_SCRIPT_ARGS], &settings->n_script_args);
	settings->passwd = path_of(settings, all->arena, CONFIG_PASSWD, options->passwd);
	settings->group = path_of(settings, all->arena, CONFIG_GROUP, options->group);
	settings->root = path_of(settings, all->arena, CONFIG_ROOT, NULL);
	settings->baseline = path_of(settings, all->arena, CONFIG_BASELINE, options->baseline);
	return settings;
}

const struct settings *settings_for(struct configurations *all, const char *name)
{
	const struct config *config = all->fixed;
	const char *folder, *path;
	bool is_of_ufw;

	path = absolute_path(all->arena, name, &folder);
	is_of_ufw = is_under_ufw(folder);
	if (!all->is_fixed)
		config = config_find(&all->search, folder);
	if (config && config->diags.first)
		return NULL;
	if (config)
		return settle_all(all, config, path, is_of_ufw);
	if (!all->plain[is_of_ufw])
		all->plain[is_of_ufw] = settle_all(all, NULL, path, is_of_ufw);
	return all->plain[is_of_ufw];
}

void settings_use(const struct settings *settings)
{
	names_use_files(settings->passwd, settings->group);
	chains_set_external(settings->external_chains, settings->n_external_chains,
			    settings->external_chains_alone);
}

const char *settings_path(struct arena *arena, const struct settings *settings, const char *name)
{
	const char *folder;

	return path_within(absolute_path(arena, name, &folder), settings->config->folder);
}
