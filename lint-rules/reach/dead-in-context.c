/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule that could act by itself, but whose packets never come to it: no
 * jump to its chain lets them through, or the kernel sends none such into the hook.
 */
#include "lint/dead.h"
#include "lint/rules.h"
#include "lint/words.h"

#define SITES_SHOWN 4

static void relate_sites(const struct dead_line *line, struct diags *diags, struct diag *diag)
{
	const struct chain_flow *chain = line->chain->flow;

	for (uint32_t i = 0; i < chain->n_sites && i < SITES_SHOWN; i++) {
		const struct rule *rule =
			flow_rule(chain->sites[i].caller, chain->sites[i].position);
		bool is_last = i + 1 == SITES_SHOWN && chain->n_sites > SITES_SHOWN;

		if (is_last)
			diag_related(diags, diag, rule->origin->base.span,
				     "packets come from here, and from %u more places",
				     chain->n_sites - SITES_SHOWN);
		else
			diag_related(diags, diag, rule->origin->base.span,
				     "packets come from here");
	}
	for (uint32_t i = 0; i < line->first->n_listed && i < SITES_SHOWN; i++) {
		if (dead_cover(line->first, i)->origin != line->first->rule->origin)
			diag_related(diags, diag, dead_cover(line->first, i)->origin->base.span,
				     "this rule takes some of them before");
	}
}

static void report(const struct dead_line *line, struct diags *diags)
{
	const struct chain *chain = line->chain->chain;
	struct diag *diag;

	if (chain->hook != HOOK_NONE)
		diag = dead_diag(line, diags, "dead-in-context",
				 "no packet comes to %s of table '%s' that this rule asks for",
				 chain->name, table_name(line->table->id));
	else
		diag = dead_diag(line, diags, "dead-in-context",
				 "this %s never happens: no packet that comes to '%s' meets it",
				 rule_action(line->unit->arena, line->first->rule), chain->name);
	diag->level = LEVEL_WARNING;
	relate_sites(line, diags, diag);
}

static void check(const struct unit *unit, struct diags *diags)
{
	dead_each_line(unit, "dead-in-context", report, diags);
}

const struct lint_rule lint_dead_in_context = {
	.name = "dead-in-context",
	.group = "reach",
	.summary = "no packet that comes into the chain meets this rule",
	.level = LEVEL_WARNING,
	.check = check,
};
