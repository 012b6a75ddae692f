/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nearest configuration file above a folder.
 */
#ifndef CMD_FIND_CONFIG_H
#define CMD_FIND_CONFIG_H

#include "config/config.h"

/* What was found for one folder. */
struct found_config;

struct config_search {
	struct arena *arena;
	struct found_config *folders; /* looked at before */
};

/* For FOLDER, an absolute path without links; NULL if there is none.  One that cannot be read
 * or is wrong has diags; they were printed if it was read by this call. */
const struct config *config_find(struct config_search *search, const char *folder);

/* The file at PATH; NULL after a complaint. */
const struct config *config_load(struct arena *arena, const char *path);

#endif
