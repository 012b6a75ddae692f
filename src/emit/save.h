/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Canonical text: what iptables-save prints for a rule.  Pure functions from the
 * ruleset to text.
 */
#ifndef EMIT_SAVE_H
#define EMIT_SAVE_H

#include "base/buf.h"
#include "pipeline/unit.h"
#include "ruleset/ruleset.h"

/* Whose text is wanted.  Made once for many rules. */
struct saver {
	const struct unit *unit;
	enum family family;
	enum backend backend;
	bool protocol_from_file; /* QUIRK_PROTOCOL_FROM_FILE */
	bool drops_not_any;	 /* QUIRK_NOT_ANY_INTERFACE */
	bool merges_ports;	 /* QUIRK_EXPRESSION_TEXT */
	bool rewrites_nflog;	 /* QUIRK_NFLOG_TEXT */
};

/* The save command of BACKEND, in the release that UNIT was loaded for. */
struct saver saver_for(const struct unit *unit, enum backend backend);

/*
 * Adds the rule as that command prints it, "-A CHAIN ...", without counters and
 * without a newline.
 */
void save_rule(const struct saver *saver, struct buf *out, const char *chain,
	       const struct rule *rule);

/* " -s 10.0.0.0/8", with " !" before it if INVERTED; nothing for NULL.  A host name
 * stays as written. */
void save_prefix(struct buf *out, enum family family, const char *option,
		 const struct prefix *prefix, bool inverted);

#endif
