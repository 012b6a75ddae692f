/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a new spelling of a line mean what the line meant?  The new text is read by
 * the binder, and the results are compared.
 */
#ifndef EMIT_SAME_H
#define EMIT_SAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "pipeline/unit.h"

struct same;

struct same *same_new(const struct unit *unit);
void same_free(struct same *same);

/* COMMAND has rules, all of them bound; TEXT is one line without its end. */
bool same_meaning(struct same *same, enum table_id table, const struct command *command,
		  const struct buf *text);

#endif
