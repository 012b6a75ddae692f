/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the lint rules over a unit and makes what all stages found fit to be
 * reported: levels, selection, suppressions, order.  Prints nothing.
 */
#include "lint/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/interest.h"
#include "lint/repeats.h"
#include "lint/select.h"
#include "lint/suppress.h"
#include "lint/windows.h"

static const struct lint_rule *rule_of(const struct diag *diag)
{
	const struct lint_rule *rule = lint_find(diag->rule);

	if (!rule)
		abort(); /* a stage made up a name: a bug that no input may hide */
	return rule;
}

/* Does some lint rule that runs ask which later rules take the packets of a rule? */
static bool somebody_looks_ahead(const struct lint_selection *selection)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		if (lint_rules[i]->looks_ahead && selection_runs(selection, lint_rules[i]))
			return true;
	}
	return false;
}

/* Rules that nobody knows may stand between those of the unit, and commands between its commands.
 */
static bool is_hidden(const struct unit *unit, const struct lint_rule *rule)
{
	return unit->is_partial &&
	       (!strcmp(rule->group, "reach") || !strcmp(rule->group, "policy") ||
		!strcmp(rule->group, "script"));
}

static void run_checks(struct unit *unit, const struct lint_selection *selection)
{
	struct diags found;

	diags_init(&found, unit->arena);
	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];

		if (rule->check && selection_runs(selection, rule) && !is_hidden(unit, rule))
			rule->check(unit, &found);
	}
	diags_take(&unit->diags, &found);
}

/*
 * Where both back ends were asked for, a record of what only one of them refuses is
 * about the difference, whatever else it is about.  It is no more than a warning as
 * long as the other one loads the file.
 */
static void name_difference(const struct unit *unit, struct diag *diag, bool one_is_left)
{
	const char *refuses = diag->refuses == BACKEND_LEGACY ? "legacy" : "nft";
	const char *loads = diag->refuses == BACKEND_LEGACY ? "nft" : "legacy";

	if (unit->options.tools.backends != BACKEND_BOTH)
		return;
	if (diag->refuses != BACKEND_LEGACY && diag->refuses != BACKEND_NFT)
		return;
	if (strcmp(diag->rule, "backend-difference")) {
		diag->rule = "backend-difference";
		diag->level = LEVEL_DEFAULT;
		diag->message = arena_printf(unit->arena, "%s refuses this, %s does not: %s",
					     refuses, loads, diag->message);
	}
	if (!one_is_left && diag->level == LEVEL_DEFAULT)
		diag->level = LEVEL_ERROR;
}

/* CHOSEN is what the selection says. */
static void settle_level(const struct unit *unit, enum level chosen, const struct lint_rule *rule,
			 struct diag *diag)
{
	unsigned asked_for = unit->options.tools.backends;

	if (chosen != LEVEL_DEFAULT)
		diag->level = (unsigned char)chosen;
	else if (diag->level != LEVEL_DEFAULT)
		return;
	else if (asked_for && (diag->refuses & asked_for) == asked_for)
		diag->level = LEVEL_ERROR;
	else
		diag->level = (unsigned char)rule->level;
}

/* What another program writes while the host runs has its own style. */
static bool is_nobodys_style(const struct lint_rule *rule, const struct diag *diag)
{
	return diag->chain && !strcmp(rule->group, "style") && chain_is_external(diag->chain) &&
	       !diag->refuses;
}

/* Settles each record and keeps those that are to be said. */
static void settle(struct unit *unit, const struct lint_selection *selection)
{
	/* Does one of the two load the file, or fail for a reason of its own only? */
	bool one_is_left = unit->refused_by != BACKEND_BOTH;
	struct diag *diag = unit->diags.first, *next;
	const struct lint_rule *rule = NULL;
	enum level chosen = LEVEL_DEFAULT;
	bool is_wanted = false;

	for (struct diag *each = diag; each; each = each->next)
		one_is_left |= each->refuses == BACKEND_BOTH;
	diags_init(&unit->diags, unit->diags.arena);
	for (; diag; diag = next) {
		next = diag->next;
		name_difference(unit, diag, one_is_left);
		/* a run of records of one rule mostly has one pointer for its name */
		if (!rule || rule->name != diag->rule) {
			rule = rule_of(diag);
			chosen = selection_level(selection, rule);
			is_wanted = selection_has(selection, rule);
		}
		if (unit->is_template && strcmp(rule->name, "template-text"))
			continue;
		if (!is_wanted || is_nobodys_style(rule, diag))
			continue;
		settle_level(unit, chosen, rule, diag);
		diags_append(&unit->diags, diag);
	}
}

void lint_run(struct unit *unit, const struct lint_selection *selection)
{
	struct lint_used alone = { .is_first = true, .is_last = true };

	lint_run_part(unit, selection, &alone);
}

void lint_run_part(struct unit *unit, const struct lint_selection *selection,
		   struct lint_used *used)
{
	struct suppressions *suppressions;

	diags_init(&unit->silenced, unit->diags.arena);
	suppressions = suppressions_read(unit, used);
	unit->analysis = analysis_new(unit->arena, unit, somebody_looks_ahead(selection));
	unit->windows = windows_new(unit);
	unit->interests = interests_new(unit->arena);
	if (!unit->is_template)
		run_checks(unit, selection);
	settle(unit, selection);
	suppressions_apply(suppressions, unit);
	suppressions_report_unused(suppressions, unit, selection, used);
	settle(unit, selection);
	suppressions_apply(suppressions, unit);
	diags_sort(&unit->diags);
	diags_sort(&unit->silenced);
	repeats_merge(unit, &unit->diags);
	repeats_merge(unit, &unit->silenced);
}
