/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports DNAT rules that take packets to any address from any interface.
 */

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/rules.h"
#include "lint/translation.h"

struct search {
	const struct unit *unit;
	const struct reach *reach;
	const char *sample; /* of a way on which nothing scopes the rule */
	bool has_source;
};

static bool scopes(const struct rule *rule)
{
	return rule->in || rule->dst || !rule_is_plain(rule);
}

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	bool has_source = false;

	if (path->hook != HOOK_PREROUTING)
		return true;
	for (unsigned i = 0; i < path->n_sites; i++) {
		const struct rule *rule = flow_rule(path->sites[i].caller, path->sites[i].position);

		if (scopes(rule))
			return true;
		has_source |= rule->src != NULL;
	}
	search->has_source = has_source;
	search->sample =
		sample_of_region(search->unit->arena, reach_space(search->reach), path->region);
	return false;
}

static void check_rule(const struct unit *unit, struct scratch *scratch, const struct interest *at,
		       struct diags *diags)
{
	struct search search = { unit, analysis_reach(unit->analysis, at->table), NULL, false };
	const struct chain_flow *flow = interest_flow(unit, at);
	struct diag *diag;

	if (!flow)
		return;
	paths_each(search.reach, scratch, flow, at->position, visit, &search);
	if (!search.sample || interest_is_dead(unit, at))
		return;
	diag = interest_diag(diags, "dnat-unscoped", at,
			     search.has_source ? LEVEL_INFO : LEVEL_WARNING,
			     "this DNAT takes packets to any address, also those that only pass "
			     "through, such as connections from the inside to other hosts");
	diag_need_extra(diags->arena, diag)->witness = search.sample;
	diag_hint(diags, diag,
		  "name the address that is published (-d), the interface (-i), or -m addrtype "
		  "--dst-type LOCAL");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct scratch *scratch = scratch_new();
	const struct interest *at;
	uint32_t i = 0;

	while ((at = interests_next(unit, &i, INTEREST_NAT))) {
		if (rule_has_target(at->rule, "DNAT"))
			check_rule(unit, scratch, at, diags);
	}
	scratch_free(scratch);
}

const struct lint_rule lint_dnat_unscoped = {
	.name = "dnat-unscoped",
	.group = "nat",
	.summary = "a DNAT takes packets to any address from anywhere",
	.level = LEVEL_WARNING,
	.check = check,
};
