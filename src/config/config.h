/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One configuration file, read and checked: .iptlint.conf.
 *
 *     # a comment
 *     [check]
 *     ignore = style, dead-jump
 *     [per-file "*.v6"]
 *     noflush = yes
 *
 * Knows the keys, and of their values whether they are well formed.  Nothing of command
 * lines, and of where the file was found.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "source/diag.h"
#include "source/source.h"

/* All keys; config.c has their names and what they take. */
enum config_key {
	CONFIG_SELECT, /* those of lint rules first: each section adds to those above it */
	CONFIG_IGNORE,
	CONFIG_ERROR,
	CONFIG_WARNING,
	CONFIG_INFO,
	CONFIG_FAIL_ON,
	CONFIG_SHOW,
	CONFIG_MAX_PROBLEMS,
	CONFIG_FAMILY,
	CONFIG_BACKEND,
	CONFIG_NOFLUSH,
	CONFIG_EXTERNAL_CHAINS,
	CONFIG_ADMIN_PORTS,
	CONFIG_SETS,
	CONFIG_PASSWD,
	CONFIG_GROUP,
	CONFIG_ROOT,
	CONFIG_SCRIPT_ARGS,
	CONFIG_BASELINE,
	N_CONFIG_KEYS,
};

/* What stands behind a key; a list that stands there several times is put together. */
struct config_value {
	uint32_t line;	    /* of the first one; 0: the key is not there */
	struct span span;   /* of that one's words */
	const char **words; /* at least one */
	size_t n_words;
};

struct config_section {
	struct config_section *next;
	const char *glob; /* NULL: of every file */
	struct config_value values[N_CONFIG_KEYS];
};

struct config {
	const struct source *source; /* its name is the path */
	const char *folder;	     /* of the file: globs and paths start there */
	struct config_section *sections;
	/* What is wrong with it; the records' lint rule is "configuration", which is none. */
	struct diags diags;
};

/* Everything is taken from ARENA.  What is wrong is in the diags: then it is not to be used. */
struct config *config_read(struct arena *arena, const struct source *source, const char *folder);

/* Does the section hold for the file at PATH, which is relative to the config's folder?
 * A glob without a slash is compared with its last part. */
bool config_holds(const struct config_section *section, const char *path);

const char *config_key_name(enum config_key key);

/* The absolute path that is the value of a key, which may be relative to the config's folder;
 * NULL if VALUE is NULL. */
const char *config_path(struct arena *arena, const struct config *config,
			const struct config_value *value);

/* Adds a complaint about the value. */
void config_refuse(struct config *config, const struct config_value *value, const char *why);

#endif
