/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Canonical text: what iptables-save prints for a rule.  Pure functions from the
 * ruleset to text.
 */
#ifndef EMIT_SAVE_H
#define EMIT_SAVE_H

#include "base/buf.h"
#include "ruleset/ruleset.h"

/*
 * The rule as BACKEND's save command prints it, "-A CHAIN ...", without counters
 * and without a newline.
 */
void save_rule(struct buf *out, enum family family, enum backend backend, const char *chain,
	       const struct rule *rule);

/* " -s 10.0.0.0/8", with " !" before it if INVERTED; nothing for NULL. */
void save_prefix(struct buf *out, enum family family, const char *option,
		 const struct prefix *prefix, bool inverted);

#endif
