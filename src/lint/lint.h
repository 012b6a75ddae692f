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
	enum level level;    /* the default; LEVEL_INFO: of each of its findings */
	bool off;	     /* not run unless selected by name */
	bool fixable;
	bool looks_ahead; /* asks which later rules take the packets of a rule */
	/* Adds what it finds in UNIT; NULL where a stage before reports it. */
	void (*check)(const struct unit *unit, struct diags *diags);
};

/* All lint rules, in the order of rules.def (by group, then name). */
extern const struct lint_rule *const lint_rules[];
extern const size_t n_lint_rules;

const struct lint_rule *lint_find(const char *name);

/* The rule or group whose name is most like NAME, for "did you mean"; NULL if none is. */
const char *lint_suggest(const char *name);

/* Is there a group of that name? */
bool lint_has_group(const char *name);

/* "error", "warning", "info"; NULL for LEVEL_DEFAULT. */
const char *level_name(enum level level);

/* The Markdown document of a rule, as compiled into the program. */
const char *lint_document(const struct lint_rule *rule);

/*
 * Which rules are to run and at what level.  A new selection holds every rule that
 * is not off by default.
 *
 * NAME is a rule, a group, or "all"; false if there is no such name.  A rule's own
 * name counts more than its group's, that more than "all"; between two that are
 * alike, ignore beats select, and the level set last holds.
 */
struct lint_selection;

struct lint_selection *lint_selection_new(struct arena *arena);

/* From the first call on, only what was selected runs.  A rule that is off by
 * default is selected by its own name only. */
bool lint_select(struct lint_selection *selection, const char *name);
bool lint_ignore(struct lint_selection *selection, const char *name);
bool lint_set_level(struct lint_selection *selection, const char *name, enum level level);

/* A copy of ABOVE: what it does not name is as BELOW says (NULL: the defaults).  Where ABOVE
 * selects, nothing that BELOW selects is. */
struct lint_selection *lint_selection_over(struct arena *arena, const struct lint_selection *above,
					   const struct lint_selection *below);

/* Nobody reads infos: rules that find nothing else need not run. */
void lint_skip_infos(struct lint_selection *selection);

/*
 * Runs the selected rules over the unit (SELECTION may be NULL: the defaults) and
 * settles unit->diags: levels, order, suppressions.  What a comment of the file
 * silences moves to unit->silenced; what is not selected is gone.  unit_loads()
 * answers the same as before.
 *
 * A record that names no rule of the registry is a bug in the program: abort().
 */
void lint_run(struct unit *unit, const struct lint_selection *selection);

#define LINT_SHARED 8000 /* comments that silence something */

/* Which comments of a source have silenced something, where several units share it: the
 * families of a script. */
struct lint_used {
	bool is_first; /* of the units: it tells which comments are wrong ... */
	bool is_last;  /* ... and which are for nothing */
	unsigned char bits[LINT_SHARED / 8];
};

/* The same for one of these units; USED holds what those before it found. */
void lint_run_part(struct unit *unit, const struct lint_selection *selection,
		   struct lint_used *used);

#endif
