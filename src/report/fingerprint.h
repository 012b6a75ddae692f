/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finding is known by from one version of a file to the next: its content, and never
 * its place.
 *
 * A fingerprint is made of the lint rule, the path of the file, the family, table and chain, the
 * line of the finding, and which one it is among those that have all of this in common.  Of the
 * line, blanks count as one and the counters of iptables-save not at all; of a script it is the
 * command with all its continuations.  So a finding keeps its fingerprint when lines are added
 * or moved elsewhere in the file, and gets a new one when its own line is changed.
 *
 * The values stand in files of users: what they are made of is never changed.
 */
#ifndef REPORT_FINGERPRINT_H
#define REPORT_FINGERPRINT_H

#include <stdint.h>

#include "base/arena.h"
#include "pipeline/unit.h"

/* 16 hexadecimal digits and the NUL. */
#define FINGERPRINT_TEXT 17

struct fingerprints;

/*
 * Those of all findings of the unit, silenced ones and those set aside too: which of the lists a
 * finding is in changes no fingerprint.  PATH is that of the file in its work tree.
 */
struct fingerprints *fingerprints_new(struct arena *arena, const struct unit *unit,
				      const char *path);

/* DIAG was in the unit when the fingerprints were made. */
uint64_t fingerprint_get(const struct fingerprints *fingerprints, const struct diag *diag);

/* The line that a fingerprint is made of, its words with one blank between them. */
const char *fingerprint_line(struct arena *arena, const struct unit *unit, const struct diag *diag);

void fingerprint_text(uint64_t fingerprint, char text[FINGERPRINT_TEXT]);

void fingerprints_free(struct fingerprints *fingerprints);

#endif
