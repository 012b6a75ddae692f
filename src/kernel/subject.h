/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is being checked at the moment, and how a refusal of it is written down.
 */
#ifndef KERNEL_SUBJECT_H
#define KERNEL_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "ruleset/ruleset.h"
#include "source/diag.h"

struct constraint;

/* What was said last: rules that are alike share their texts. */
struct last_words {
	const char *message;
	const char *hint;
};

/* One match or the target of one rule; with neither of them set, the jump of the rule. */
struct subject {
	enum family family;
	unsigned backends; /* enum backend: whose ruleset this is */
	const struct table *table;
	const struct chain *chain;
	const struct rule *rule;
	const struct match *match;
	const struct target *target;
	const struct constraint *constraint;
	struct diags *diags;
	struct last_words *last;
};

/* A few words of a message. */
struct words {
	char text[96];
};

/* "match 'owner'" or "target 'LOG'". */
struct words subject_phrase(const struct subject *subject);
const char *subject_name(const struct subject *subject);
struct span subject_span(const struct subject *subject);

/*
 * Copies the kernel's structure to OUT.  False if there is nothing to look at: another
 * revision than the one that CONSTRAINT knows, or a value that is not known before the load.
 */
bool subject_data(const struct subject *subject, void *out, size_t size);

/*
 * A new record: BACKENDS (of those in the subject) refuse it.  NULL if none of them does.
 * In a table that is never committed the record stands, but refuses nothing.
 */
struct diag *subject_refuse(const struct subject *subject, const char *lint_rule, unsigned backends,
			    const char *format, ...) __attribute__((format(printf, 4, 5)));
void subject_hint(const struct subject *subject, struct diag *diag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
