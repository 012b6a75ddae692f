/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a hand-kept file: one line in, one line out, in canonical
 * spelling; comments, blank lines, order and names stay.
 */
#ifndef EMIT_FMT_H
#define EMIT_FMT_H

#include <stdio.h>

#include "pipeline/unit.h"

/* Prints the formatted file.  What stays as written because it could not be bound
 * or would change meaning is already in unit->diags. */
void fmt_print(const struct unit *unit, FILE *out);

#endif
