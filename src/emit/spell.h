/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The canonical spelling of one line of a rules file: the order and the forms of
 * iptables-save, but the author's command, lists and names.
 *
 * The same on every host and with every release: a name that /etc or the release
 * decides about stays as the author wrote it.
 */
#ifndef EMIT_SPELL_H
#define EMIT_SPELL_H

#include <stdbool.h>

#include "base/buf.h"
#include "pipeline/unit.h"

/*
 * Adds the line without its end; false if the line has to stay as written.  Words
 * that are needed are parsed into SCRATCH.
 */
bool spell_command(struct buf *out, const struct unit *unit, struct arena *scratch,
		   const struct command *command);

/* ":CHAIN POLICY [0:0]" and "*table"; LINE is the whole line. */
bool spell_chain(struct buf *out, const struct unit *unit, const struct chain_statement *chain,
		 struct span line);
bool spell_table(struct buf *out, const struct unit *unit, const struct table_statement *table,
		 struct span line);

#endif
