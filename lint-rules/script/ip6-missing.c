/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a script that denies something for IPv4 and has no command for IPv6.
 */
#include "lint/rules.h"
#include "pipeline/script_run.h"

/* The chain that keeps something out; NULL: none does. */
static const struct chain *find_denial(const struct table *table)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain *chain = table->chains[i];

		if (chain->hook != HOOK_NONE && chain->hook != HOOK_OUTPUT &&
		    chain->policy == VERDICT_DROP)
			return chain;
		for_each_entry (entry, chain)
			if (chain->hook != HOOK_OUTPUT && rule_verdict(entry->rule) == VERDICT_DROP)
				return chain;
	}
	return NULL;
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct script_run *run = unit->script_run;
	const struct chain *chain;
	struct diag *diag;

	if (!run || unit->family != FAMILY_IPV4 || run->has_other || run->has_no_ipv6)
		return;
	chain = find_denial(&unit_ruleset(unit)->tables[TABLE_FILTER]);
	for (size_t i = 0; chain && i < run->n; i++) {
		if (run->list[i].kind != HAPPENING_COMMAND &&
		    run->list[i].kind != HAPPENING_SECTION)
			continue;
		diag = diag_add(diags, "ip6-missing", run->list[i].span,
				"the script has rules for IPv4 only: what '%s' keeps out may come "
				"in over IPv6",
				chain->name);
		diag_hint(diags, diag,
			  "the same rules with ip6tables, or 'ip6tables -P INPUT DROP' where there "
			  "is no IPv6");
		return;
	}
}

const struct lint_rule lint_ip6_missing = {
	.name = "ip6-missing",
	.group = "script",
	.summary = "a script that has rules for IPv4 and none for IPv6",
	.level = LEVEL_INFO,
	.check = check,
};
