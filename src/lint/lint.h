/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lint rules: one file each in lint-rules/GROUP/NAME.c, with its document
 * NAME.md beside it, listed once in lint-rules/rules.def.
 */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/unit.h"
#include "source/diag.h"

struct lint_rule {
	const char *name;    /* kebab-case, with at least one hyphen; never reused */
	const char *group;   /* "load", "reach", "policy", "names" ... */
	const char *summary; /* one line, lower case, no full stop */
	enum level level;    /* the default */
	bool off;	     /* not run unless selected by name */
	bool fixable;
	/* Adds what it finds in UNIT; NULL where a stage before reports it. */
	void (*check)(const struct unit *unit, struct diags *diags);
};

/* All lint rules, in the order of rules.def (by group, then name). */
extern const struct lint_rule *const lint_rules[];
extern const size_t n_lint_rules;

const struct lint_rule *lint_find(const char *name);

/* The Markdown document of a rule, as compiled into the program. */
const char *lint_document(const struct lint_rule *rule);

/* Runs every rule that is on over the unit and settles the levels of all records. */
void lint_run(struct unit *unit);

#endif
