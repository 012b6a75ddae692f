/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports MASQUERADE rules that hide every source.
 */
#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/translation.h"

struct search {
	bool found;
	bool has_out;
};

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	bool has_out = false;

	if (path->hook != HOOK_POSTROUTING)
		return true;
	for (unsigned i = 0; i < path->n_sites; i++) {
		const struct rule *rule = flow_rule(path->sites[i].caller, path->sites[i].position);

		if (rule->src || rule->dst || !rule_is_plain(rule))
			return true;
		has_out |= rule->out != NULL;
	}
	search->found = true;
	search->has_out = has_out;
	return has_out;
}

static void check_rule(const struct unit *unit, struct scratch *scratch, const struct interest *at,
		       struct diags *diags)
{
	const struct chain_flow *flow = interest_flow(unit, at);
	struct search search = { false, false };
	struct diag *diag;

	if (!flow)
		return;
	paths_each(analysis_reach(unit->analysis, at->table), scratch, flow, at->position, visit,
		   &search);
	if (!search.found || interest_is_dead(unit, at))
		return;
	diag = interest_diag(
		diags, "masquerade-unscoped", at, LEVEL_INFO,
		search.has_out
			? "this MASQUERADE hides every source that leaves there, not only the "
			  "network behind this host"
			: "this MASQUERADE hides the source of everything that leaves, by each "
			  "interface: services inside see the address of this host instead of "
			  "their clients'");
	diag_hint(diags, diag,
		  search.has_out ? "name the network (-s)"
				 : "name the interface (-o) and the network (-s)");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct scratch *scratch = scratch_new();
	const struct interest *at;
	uint32_t i = 0;

	while ((at = interests_next(unit, &i, INTEREST_NAT))) {
		if (rule_has_target(at->rule, "MASQUERADE"))
			check_rule(unit, scratch, at, diags);
	}
	scratch_free(scratch);
}

const struct lint_rule lint_masquerade_unscoped = {
	.name = "masquerade-unscoped",
	.group = "nat",
	.summary = "a MASQUERADE hides every source",
	.level = LEVEL_INFO,
	.check = check,
};
