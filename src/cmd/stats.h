/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the analysis has done, for check --stats.
 */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include <stdio.h>

#include "pipeline/unit.h"

/* One line for each table that was analysed. */
void stats_print(FILE *out, const struct unit *unit);

#endif
