/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in force for one input: the command line, before the environment, before the
 * configuration file, before the defaults.
 *
 * The configuration file of an input is .iptlint.conf in its folder or in the nearest one
 * above, up to the one that holds .git; or the one that --config or IPTLINT_CONFIG names.
 */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/options.h"
#include "config/config.h"

struct settings {
	const struct config *config; /* NULL: there is none */
	/* What it says of this input, by its last section; rule names are in all sections. */
	const struct config_value *values[N_CONFIG_KEYS];
	bool is_of_ufw; /* its folder is called ufw, or one above */

	enum family family; /* FAMILY_UNSPEC: by name and content */
	unsigned backends;
	bool noflush;
	struct lint_selection *selection;
	enum level fail_on;
	bool show_info;
	size_t max_problems;

	/* Patterns of chains that other programs fill; ALONE: without those known as such. */
	const char *const *external_chains;
	size_t n_external_chains;
	bool external_chains_alone;

	/* Paths are absolute, or NULL. */
	const struct admin_port *admin_ports;
	size_t n_admin_ports;
	const char *const *sets; /* ipsets that are there before the load */
	size_t n_sets;
	const char *passwd; /* in place of /etc/passwd and /etc/group */
	const char *group;
	const char *root;     /* where the files of a script's host are */
	const char *baseline; /* check: not absolute if the command line names it */
	const char *const *script_args;
	size_t n_script_args;
};

/* Finds and keeps the configuration files of one run. */
struct configurations;

/* NULL after a complaint: what --config or IPTLINT_CONFIG names cannot be used. */
struct configurations *configurations_new(struct arena *arena, const struct options *options);

/*
 * The settings for the input called NAME ("-": a file in the current directory without a
 * name); NULL if its configuration file is wrong, which is said once.
 */
const struct settings *settings_for(struct configurations *configurations, const char *name);

/* Of these a process has one at a time: accounts, and the chains that other programs fill. */
void settings_use(const struct settings *settings);

/* The path of the input NAME from the folder of its configuration file on. */
const char *settings_path(struct arena *arena, const struct settings *settings, const char *name);

#endif
