/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A baseline: the findings that were there when somebody began to use the program, one JSON
 * object a line.
 *
 *     {"rule":"shadowed-rule","file":"fw/rules.v4","fingerprint":"0123456789abcdef","text":"-A
 * ..."}
 *
 * Rule, file and fingerprint are the key; the text is the line of the finding, for whoever
 * reads the file.  Other members are left to later versions.  The lines are sorted by the key,
 * so that two people's changes rarely meet, and may stand there twice after a merge.
 *
 * Knows the text of such a file; not where it lies, nor what is done with it.
 */
#ifndef REPORT_BASELINE_H
#define REPORT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "report/fingerprint.h"
#include "source/source.h"

struct baseline_entry {
	const char *rule;
	const char *file; /* from the root of the work tree on */
	uint64_t fingerprint;
	const char *text;
	uint32_t line; /* in the file that it was read from */
};

/* Sorted by file, rule and fingerprint; each key once. */
struct baseline {
	struct baseline_entry *list;
	size_t count;
};

/* What is wrong with a line of it. */
struct baseline_error {
	struct position at;
	const char *why;
};

/* Everything is taken from ARENA.  False and *ERROR if SOURCE is no baseline. */
bool baseline_read(struct arena *arena, const struct source *source, struct baseline *baseline,
		   struct baseline_error *error);

/* The number of the entry with that key; baseline->count if there is none. */
size_t baseline_find(const struct baseline *baseline, const char *file, const char *rule,
		     uint64_t fingerprint);

/* TEXT as it can stand in an entry: U+FFFD for each byte that is not UTF-8. */
const char *baseline_clean(struct arena *arena, const char *text);

/* As one line; its texts are clean. */
void baseline_print(FILE *out, const struct baseline_entry *entry);

/* The entries of both; those of A where both have one key. */
struct baseline baseline_join(struct arena *arena, const struct baseline *a,
			      const struct baseline *b);

#endif
