/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the rule that accepts established connections if many rules stand before it.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"

#define MANY	10	/* rules that each packet is tested against before */
#define COUNTED 1000000 /* more are not */

/* Is it about states and nothing else, and takes the established? */
static bool accepts_established(const struct reach *reach, struct scratch *scratch,
				const struct rule *rule)
{
	struct scratch_mark mark = scratch_mark(scratch);
	const struct constraint *only;
	struct condition condition;
	bool result;

	if (rule_verdict(rule) != VERDICT_ACCEPT || !rule_find_match(rule, "conntrack"))
		return false;
	condition_read(&condition, scratch, reach_space(reach), &moment_untouched, rule);
	only = condition.n == 1 ? condition.regions[0]->constraints : NULL;
	result = only && condition.sure && condition.regions[0]->n == 1 &&
		 only->variable == VAR_STATE && set_has(only->set, CT_ESTABLISHED);
	scratch_release(scratch, mark);
	return result;
}

static bool is_for_loopback(const struct rule *rule)
{
	const char *name = rule->in ? rule->in : rule->out;

	return name && !strcmp(name, "lo") && !(rule->inverted & (RULE_NOT_IN | RULE_NOT_OUT));
}

/* How many rules each packet is tested against at this one. */
static uint32_t tests_of(const struct chain_flow *chain, uint32_t position, const uint32_t *counts)
{
	const struct rule *rule = flow_rule(chain, position);
	const struct chain_flow *callee;

	if (!rule_matches_all(rule))
		return !is_for_loopback(rule);
	/* every packet goes through the rules of that chain */
	callee = flow_callee(chain, position);
	return callee ? counts[callee->number] : 0;
}

/* Does no packet get past it? */
static bool is_end(const struct chain_flow *chain, uint32_t position)
{
	enum role role = chain->roles[position];

	return rule_matches_all(flow_rule(chain, position)) && role != ROLE_GOES_ON &&
	       role != ROLE_CALLS;
}

/* By number of the chain: how many rules each packet is tested against in it. */
static uint32_t *count_tests(const struct flow *flow, struct arena *arena)
{
	uint32_t *counts = arena_alloc(arena, (flow->n + 1) * sizeof(*counts));

	/* those that are called first */
	for (uint32_t i = flow->n; i-- > 0;) {
		const struct chain_flow *chain = flow->order[i];
		uint32_t n = 0;

		for (uint32_t j = 0; j < chain->n && n < COUNTED; j++) {
			n += tests_of(chain, j, counts);
			if (is_end(chain, j))
				break;
		}
		counts[chain->number] = n < COUNTED ? n : COUNTED;
	}
	return counts;
}

static void report(const struct chain *chain, const struct rule *rule, uint32_t before,
		   struct diags *diags)
{
	struct diag *diag = diag_add(
		diags, "established-accept-late", rule->origin->base.span,
		"packets of established connections pass %u rules before this one accepts them",
		before);

	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->name;
	diag_hint(diags, diag, "if none of those is to stop them, put it first");
}

static void check_chain(const struct reach *reach, const struct chain *chain,
			const uint32_t *counts, struct diags *diags)
{
	const struct chain_flow *flow = reach_of(reach, chain)->flow;
	struct scratch *scratch = scratch_new();
	uint32_t before = 0;

	for (uint32_t i = 0; i < flow->n && before < COUNTED; i++) {
		const struct rule *rule = flow_rule(flow, i);

		if (accepts_established(reach, scratch, rule)) {
			if (before > MANY)
				report(chain, rule, before, diags);
			break;
		}
		if (is_end(flow, i))
			break;
		before += tests_of(flow, i, counts);
	}
	scratch_free(scratch);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, TABLE_FILTER);
	const struct table *table = reach ? reach_flow(reach)->table : NULL;
	struct arena *arena;
	uint32_t *counts;

	/* what is loaded already is not known */
	if (!table || unit->is_fragment)
		return;
	arena = arena_new();
	counts = count_tests(reach_flow(reach), arena);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->hook != HOOK_NONE)
			check_chain(reach, table->chains[i], counts, diags);
	}
	arena_free(arena);
}

const struct lint_rule lint_established_accept_late = {
	.name = "established-accept-late",
	.group = "policy",
	.summary = "established connections are accepted behind many other rules",
	.level = LEVEL_INFO,
	.check = check,
};
