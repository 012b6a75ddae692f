/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a command that can fail while the host is open, in a script that does nothing
 * about it: what would close the host may never come.
 */
#include "lint/rules.h"
#include "lint/windows.h"
#include "pipeline/script_run.h"

static void check(const struct unit *unit, struct diags *diags)
{
	const struct window *window = unit->windows ? &unit->windows->open : NULL;
	const struct script_run *run = unit->script_run;
	struct diag *diag;

	if (!window || !window->is_there || !window->fails || run->cleans_up)
		return;
	diag = diag_add(diags, "script-abort-leaves-open", run->list[window->failure].span,
			run->ends_at_failure
				? "%s: if it fails, 'set -e' ends the script, and %s stay let in"
				: "%s: if the script ends with it, %s stay let in",
			window->fails, window->whom);
	diag_related(diags, diag, run->list[window->first].span, "let in from here on");
	diag_hint(diags, diag,
		  "close the host first, or in a trap; or load a rules file, which "
		  "works as a whole or not at all");
}

const struct lint_rule lint_script_abort_leaves_open = {
	.name = "script-abort-leaves-open",
	.group = "script",
	.summary = "a command that can fail while the host is still open",
	.level = LEVEL_INFO,
	.check = check,
};
