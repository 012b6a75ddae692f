/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that record packets without a limit, on themselves or on the way to them.
 */
#include "analyse/analysis.h"
#include "analyse/facts.h"
#include "lint/logs.h"
#include "lint/rates.h"
#include "lint/rules.h"
#include "lint/words.h"

/* Does it ask for a rate, or for something else that only some of equal packets have? */
static bool is_limited(const struct rule *rule)
{
	for (const struct match *match = rule->unbound ? NULL : rule->matches; match;
	     match = match->next) {
		if (match_facts(match->real_name)->answer == ANSWER_FREE)
			return true;
	}
	return false;
}

/* By number of the chain: each way into it has a limit. */
static bool *limited_chains(const struct reach *reach, struct arena *arena)
{
	const struct flow *flow = reach_flow(reach);
	bool *limited = arena_alloc(arena, (flow->n + 1) * sizeof(*limited));

	/* callers first */
	for (uint32_t i = 0; i < flow->n; i++) {
		const struct chain_flow *chain = flow->order[i];
		bool all = chain->n_sites > 0 && !chain->is_open;

		for (uint32_t j = 0; j < chain->n_sites && all; j++) {
			const struct site *site = &chain->sites[j];

			all = limited[site->caller->number] ||
			      is_limited(flow_rule(site->caller, site->position));
		}
		limited[chain->number] = all;
	}
	return limited;
}

static void check_chain(const struct unit *unit, const struct reach *reach,
			const struct table *table, const struct chain_flow *chain,
			struct diags *diags)
{
	const struct dead_rule *dead = reach_of(reach, chain->chain)->dead;

	for (uint32_t i = 0; i < chain->n; i++) {
		const struct rule *rule = flow_rule(chain, i);
		struct diag *diag;

		while (dead && dead->position < i)
			dead = dead->next;
		if ((dead && dead->position == i) || !rule_logs(rule) || is_limited(rule) ||
		    rule_is_for_loopback(rule))
			continue;
		diag = diag_add(diags, "log-unlimited", rule->origin->base.span,
				"this %s records every packet: who sends many fills the log",
				rule_action(unit->arena, rule));
		diag->table = table_name(table->id);
		diag->chain = chain->chain->name;
		diag_hint(diags, diag, "-m limit --limit 5/min in front of -j");
	}
}

static void check_table(const struct unit *unit, const struct reach *reach, struct diags *diags)
{
	const struct table *table = reach_flow(reach)->table;
	struct arena *arena = arena_new();
	const bool *limited = limited_chains(reach, arena);

	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain_flow *chain = reach_of(reach, table->chains[i])->flow;

		if (chain && chain->is_reached && !chain->is_opaque && !limited[chain->number] &&
		    !reach_of(reach, table->chains[i])->is_cut_off)
			check_chain(unit, reach, table, chain, diags);
	}
	arena_free(arena);
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);

		if (reach)
			check_table(unit, reach, diags);
	}
}

const struct lint_rule lint_log_unlimited = {
	.name = "log-unlimited",
	.group = "rate",
	.summary = "a LOG without a limit",
	.level = LEVEL_INFO,
	.check = check,
};
