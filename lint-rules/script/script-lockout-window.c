/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the commands of a script behind which packets are denied that the rules before
 * it and those that it leaves let through.
 */
#include "lint/rules.h"
#include "lint/windows.h"
#include "pipeline/script_run.h"

static void check(const struct unit *unit, struct diags *diags)
{
	const struct window *window = unit->windows ? &unit->windows->lockout : NULL;
	const struct happening *list;
	struct diag *diag;

	if (!window || !window->is_there)
		return;
	list = unit->script_run->list;
	if (window->n_commands == 1)
		diag = diag_add(diags, "script-lockout-window", list[window->first].span,
				"%s are cut off from this command to the next one: the rules "
				"before the script and at its end let them through",
				window->whom);
	else
		diag = diag_add(diags, "script-lockout-window", list[window->first].span,
				"%s are cut off from here to line %u (%zu commands): the rules "
				"before the script and at its end let them through",
				window->whom,
				source_line(unit->source, list[window->last].span.start),
				window->n_commands);
	diag->level = window->delays ? LEVEL_WARNING : LEVEL_INFO;
	if (window->delays)
		diag_related(diags, diag, list[window->delay].span, "%s: it may take long, or fail",
			     window->delays);
	if (window->closing < unit->script_run->n)
		diag_related(diags, diag, list[window->closing].span,
			     "from here on they come through again");
	diag_hint(diags, diag,
		  "iptlint convert makes a rules file of it, which takes effect at "
		  "once");
	diag_need_extra(diags->arena, diag)->witness = window->witness;
}

const struct lint_rule lint_script_lockout_window = {
	.name = "script-lockout-window",
	.group = "script",
	.summary = "a part of a script during which it locks out who is let in before and after",
	.level = LEVEL_WARNING,
	.check = check,
};
