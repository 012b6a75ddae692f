/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which extensions save text that makes the same rule again, in every release and
 * on every host.
 */
#ifndef BIND_TRUST_H
#define BIND_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

/*
 * Is it known of this extension that TEXT, which it saved, is read back as the
 * same rule?  HAD_OPTIONS: options were given to it.  False only means that it has to
 * be tried.
 */
bool trust_saved_text(const char *real_name, const char *text, bool had_options);

/*
 * Does byte I of the kernel's structure mean anything to FAMILY?  The rest of an
 * address of the other one does not.
 */
bool trust_byte_counts(const char *real_name, enum family family, size_t i);

/* In how many bytes that mean something do two matches of one extension differ? */
unsigned trust_differing_bytes(enum family family, const struct match *a, const struct match *b);

/* Does what the extension saves depend on files of the host or on the release? */
bool trust_text_varies(const char *real_name);

#endif
