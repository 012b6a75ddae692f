/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user tells of the host that will load the files: its interfaces, its ipsets and the
 * ports of its administrator.
 */
#ifndef CMD_INVENTORY_H
#define CMD_INVENTORY_H

#include "cmd/options.h"
#include "pipeline/unit.h"

struct settings; /* cmd/settings.h */

/* Puts it into UNIT_OPTIONS; from ARENA.  The files are readable; SETTINGS may be NULL. */
void inventory_read(struct arena *arena, const struct options *options,
		    const struct settings *settings, struct unit_options *unit_options);

#endif
