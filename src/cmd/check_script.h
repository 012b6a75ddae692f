/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts among the files of check: each is evaluated once, before anything is bound, and
 * becomes an input for each family that it touches.
 */
#ifndef CMD_CHECK_SCRIPT_H
#define CMD_CHECK_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/files.h"
#include "cmd/options.h"
#include "lint/lint.h"
#include "pipeline/unit.h"

/*
 * Evaluates the script that is input number I.  In its place stand then the families that
 * it touches, or one of them if it touches none; false after a complaint.
 */
bool check_script_load(struct inputs *inputs, size_t i, struct arena *arena,
		       const struct options *options);

/* Its unit for the input's family; it loads if the rules that the script leaves would. */
struct unit *check_script_unit(struct arena *arena, const struct input *input,
			       const struct options *options);

#define SCRIPT_TOLD 256

/* What the process of one family hands on to that of the other. */
struct script_told {
	struct lint_used used;
	uint64_t findings[SCRIPT_TOLD]; /* rule and line; what is beyond is told twice */
	size_t n;
};

/*
 * lint_run() for the unit; a lint rule then says one thing of one line of the script, whatever
 * the number of commands that come from there, and of families.  TOLD goes to
 * check_script_done().
 */
void check_script_lint(const struct input *input, struct unit *unit,
		       const struct lint_selection *selection, struct script_told *told);

/* Behind each input, in the process that started the others; does nothing for rules files. */
void check_script_done(const struct input *input, const struct script_told *told);

#endif
