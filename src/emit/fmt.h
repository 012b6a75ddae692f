/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a hand-kept file: one line in, one line out, in canonical
 * spelling; comments, blank lines, order and names stay.
 */
#ifndef EMIT_FMT_H
#define EMIT_FMT_H

#include "base/buf.h"
#include "pipeline/unit.h"

/*
 * Adds the formatted file to OUT.  A line that could not be bound stays as written,
 * as unit->diags says; so does one whose canonical spelling would not be the same
 * rule, which REMARKS gets a record of.
 */
void fmt_text(const struct unit *unit, struct diags *remarks, struct buf *out);

#endif
