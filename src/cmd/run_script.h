/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script that is run for real, in a sandbox: its calls of iptables go to the packet
 * filters that were given, and into its journal.
 */
#ifndef CMD_RUN_SCRIPT_H
#define CMD_RUN_SCRIPT_H

#include "cmd/script.h"
#include "convert/filters.h"

/* False after a complaint: it could not be run. */
bool run_script(struct arena *arena, const struct options *options, struct script *script,
		const char *path, const char *const *arguments, size_t n_arguments,
		const struct filters *filters);

#endif
