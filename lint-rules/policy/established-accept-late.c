/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports the rule that accepts established connections if many rules stand before it.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"

#define MANY 10 /* rules that each packet is tested against before */

/* Is it about states and nothing else, and takes the established? */
static bool accepts_established(const struct reach *reach, struct scratch *scratch,
				const struct rule *rule)
{
	struct scratch_mark mark = scratch_mark(scratch);
	const struct constraint *only;
	struct condition condition;
	bool result;

	if (rule->unbound || rule->target_kind != TARGET_VERDICT ||
	    rule->verdict != VERDICT_ACCEPT || !rule_find_match(rule, "conntrack"))
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

static void check_chain(const struct reach *reach, const struct chain *chain, struct diags *diags)
{
	struct scratch *scratch = scratch_new();
	unsigned before = 0;

	for_each_entry (entry, chain) {
		const struct rule *rule = entry->rule;

		if (accepts_established(reach, scratch, rule)) {
			struct diag *diag;

			if (before <= MANY)
				break;
			diag = diag_add(diags, "established-accept-late", rule->origin->base.span,
					"packets of established connections pass %u rules before "
					"this one accepts them",
					before);
			diag->table = table_name(TABLE_FILTER);
			diag->chain = chain->name;
			diag->hint = "if none of those is to stop them, put it first";
			break;
		}
		if (!rule_matches_all(rule) && !is_for_loopback(rule))
			before++;
	}
	scratch_free(scratch);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, TABLE_FILTER);
	const struct table *table = reach ? reach_flow(reach)->table : NULL;

	/* what is loaded already is not known */
	if (unit->is_fragment)
		return;
	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		if (table->chains[i]->hook != HOOK_NONE)
			check_chain(reach, table->chains[i], diags);
	}
}

const struct lint_rule lint_established_accept_late = {
	.name = "established-accept-late",
	.group = "policy",
	.summary = "established connections are accepted behind many other rules",
	.level = LEVEL_INFO,
	.check = check,
};
