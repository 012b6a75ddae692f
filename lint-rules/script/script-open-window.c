/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the commands of a script behind which a policy lets packets through that the
 * rules which it leaves deny.
 */
#include "lint/rules.h"
#include "lint/windows.h"
#include "pipeline/script_run.h"

static void check(const struct unit *unit, struct diags *diags)
{
	const struct window *window = unit->windows ? &unit->windows->open : NULL;
	const struct happening *list;
	struct diag *diag;

	if (!window || !window->is_there)
		return;
	list = unit->script_run->list;
	if (window->n_commands == 1)
		diag = diag_add(diags, "script-open-window", list[window->first].span,
				"%s come through by the policy from this command to the next "
				"one: the rules at the script's end deny them",
				window->whom);
	else
		diag = diag_add(diags, "script-open-window", list[window->first].span,
				"%s come through by the policy from here to line %u (%zu "
				"commands): the rules at the script's end deny them",
				window->whom,
				source_line(unit->source, list[window->last].span.start),
				window->n_commands);
	diag->level = window->was_closed ? LEVEL_WARNING : LEVEL_INFO;
	if (window->closing < unit->script_run->n)
		diag_related(diags, diag, list[window->closing].span, "denied from here on");
	diag_hint(diags, diag,
		  "iptlint convert makes a rules file of it, which takes effect at "
		  "once");
	diag_need_extra(diags->arena, diag)->witness = window->witness;
}

const struct lint_rule lint_script_open_window = {
	.name = "script-open-window",
	.group = "script",
	.summary = "a part of a script during which it lets in what it denies at its end",
	.level = LEVEL_WARNING,
	.check = check,
};
