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
 * Adds the formatted file to OUT.  REMARKS gets a record of each line that stays as
 * written: errors where it could not be read, warnings where its canonical spelling
 * would not be the same rule.
 */
void fmt_text(const struct unit *unit, struct diags *remarks, struct buf *out);

#endif
