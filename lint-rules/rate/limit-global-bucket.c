/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that accept new TCP connections up to a rate which all clients share.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rates.h"
#include "lint/rules.h"

/* Is it about one host only? */
static bool has_one_source(const struct unit *unit, const struct rule *rule)
{
	unsigned bits = unit->family == FAMILY_IPV6 ? 128 : 32;

	return rule->src && !(rule->inverted & RULE_NOT_SRC) && rule->src->mask &&
	       !memcmp(rule->src->mask, mask_of_length(unit->family, bits), bits / 8);
}

/* Does it accept new connections of TCP, up to a rate of "-m limit"? */
static bool accepts_up_to(const struct reach *reach, struct scratch *scratch,
			  const struct rule *rule)
{
	struct scratch_mark mark = scratch_mark(scratch);
	struct condition condition;
	const struct match *rate;
	bool result = false;

	if (!rule->matches || rule_verdict(rule) != VERDICT_ACCEPT ||
	    rule->protocol != IPPROTO_TCP || (rule->inverted & RULE_NOT_PROTOCOL))
		return false;
	rate = rule_rate(rule);
	if (!rate || strcmp(rate->real_name, "limit") != 0)
		return false;
	condition_read(&condition, scratch, reach_space(reach), &moment_untouched, rule);
	for (unsigned i = 0; i < condition.n && !condition.silent; i++) {
		const struct set *states = region_get(condition.regions[i], VAR_STATE, 0);

		result |= !states || set_has(states, CT_NEW);
	}
	scratch_release(scratch, mark);
	return result;
}

static void check_chain(const struct unit *unit, const struct reach *reach,
			const struct chain_flow *chain, struct diags *diags)
{
	const struct dead_rule *dead = reach_of(reach, chain->chain)->dead;
	struct scratch *scratch = scratch_new();

	for (uint32_t i = 0; i < chain->n; i++) {
		const struct rule *rule = flow_rule(chain, i);
		struct diag *diag;

		while (dead && dead->position < i)
			dead = dead->next;
		if ((dead && dead->position == i) || !accepts_up_to(reach, scratch, rule) ||
		    has_one_source(unit, rule) || rule_is_for_loopback(rule))
			continue;
		diag = diag_add(diags, "limit-global-bucket", rule_rate(rule)->span,
				"all clients share this limit: one that uses it up shuts out "
				"the others");
		diag->table = table_name(TABLE_FILTER);
		diag->chain = chain->chain->name;
		diag_hint(diags, diag,
			  "-m hashlimit with --hashlimit-mode srcip counts each address by itself");
	}
	scratch_free(scratch);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, TABLE_FILTER);
	const struct table *table = reach ? reach_flow(reach)->table : NULL;

	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		const struct chain_flow *flow = reach_of(reach, table->chains[i])->flow;

		/* what leaves has no clients */
		if (flow && flow->is_reached && !flow->is_opaque &&
		    table->chains[i]->hook != HOOK_OUTPUT)
			check_chain(unit, reach, flow, diags);
	}
}

const struct lint_rule lint_limit_global_bucket = {
	.name = "limit-global-bucket",
	.group = "rate",
	.summary = "one limit for the connections of all clients together",
	.level = LEVEL_INFO,
	.check = check,
};
