/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What compile and fmt have to say about a file, as check would print it.
 */
#ifndef CMD_REMARKS_H
#define CMD_REMARKS_H

#include <stdio.h>

#include "pipeline/unit.h"

/* Prints REMARKS, sorted, in the full format without colours. */
void remarks_print(FILE *out, const struct unit *unit, struct diags *remarks);

#endif
