/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that record every packet directly below one that records the same packets
 * up to a rate: the rate spares the log nothing.
 *
 * Where a verdict stands between them the lower one is dead: log-after-verdict speaks of it.
 */
#include "analyse/analysis.h"
#include "lint/logs.h"
#include "lint/rules.h"
#include "lint/words.h"

static void report(const struct unit *unit, const struct table *table, const struct chain *chain,
		   const struct rule *rule, const struct rule *limited, struct diags *diags)
{
	const char *action = rule_action(unit->arena, rule);
	struct diag *diag = diag_add(diags, "log-after-limit", rule->origin->base.span,
				     "this %s records what the limit of the %s above leaves out",
				     action, action);

	diag->table = table_name(table->id);
	diag->chain = chain->name;
	diag_related(diags, diag, limited->origin->base.span, "it has a limit");
	diag_hint(diags, diag, "one of the two is enough");
}

static void check_chain(const struct unit *unit, const struct reach *reach,
			const struct table *table, const struct chain *chain, struct diags *diags)
{
	const struct chain_flow *flow = reach_of(reach, chain)->flow;
	const struct dead_rule *dead = reach_of(reach, chain)->dead;

	for (uint32_t i = 1; i < flow->n; i++) {
		const struct rule *rule = flow_rule(flow, i);
		const struct rule *limited;

		while (dead && dead->position < i)
			dead = dead->next;
		if (!rule_logs(rule) || (dead && dead->position == i))
			continue;
		limited = limited_log_above(reach, chain, i, rule);
		if (limited && limited->origin != rule->origin)
			report(unit, table, chain, rule, limited, diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct chain_flow *flow = reach_of(reach, table->chains[i])->flow;

			if (flow && flow->is_reached && !flow->is_opaque)
				check_chain(unit, reach, table, table->chains[i], diags);
		}
	}
}

const struct lint_rule lint_log_after_limit = {
	.name = "log-after-limit",
	.group = "policy",
	.summary = "a LOG for every packet below one with a limit",
	.level = LEVEL_INFO,
	.check = check,
};
