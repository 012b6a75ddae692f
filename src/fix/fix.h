/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixes of a unit's records, applied to the bytes of its source.  Knows edits and
 * bytes; nothing of what the lint rules mean by them.
 */
#ifndef FIX_FIX_H
#define FIX_FIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pipeline/unit.h"

/*
 * Adds to TEXT the source of UNIT, as lint_run() left it, with its safe fixes applied, or
 * with all if UNSAFE.  The edits of a record are made together or not at all; of records
 * whose edits overlap the earlier one in the order of unit->diags is taken, safe ones
 * before others.  Returns how many records were fixed.
 */
size_t fix_apply(const struct unit *unit, bool unsafe, struct buf *text);

/* Adds to TEXT the source with the edits from FIRST on; false if they overlap. */
bool fix_splice(const struct source *source, const struct edit *first, struct buf *text);

#endif
