/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports built-in chains of the file's tables whose policy no line sets: one back
 * end keeps what the kernel has, the other one sets ACCEPT.
 */
#include "lint/rules.h"

static void check_table(const struct table *table, struct diags *diags)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct chain *chain = table->chains[i];
		struct diag *diag;

		if (chain->hook == HOOK_NONE || chain->policy_declared)
			continue;
		diag = diag_add(diags, "policy-undeclared", table->section->base.span,
				"no line sets the policy of '%s': legacy keeps the one that the "
				"kernel has, nft sets ACCEPT",
				chain->name);
		if (table->id != TABLE_FILTER || chain->hook == HOOK_OUTPUT)
			diag->level = LEVEL_INFO;
		diag->table = table_name(table->id);
		diag->chain = chain->name;
		diag_hint(diags, diag, "add ':%s DROP [0:0]' or ':%s ACCEPT [0:0]'", chain->name,
			  chain->name);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct ruleset *ruleset = unit_ruleset(unit);

	/* commands leave the policy as it is, whoever makes them */
	if (unit->is_fragment || unit->is_script)
		return;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		/* NAT only rewrites; a table without a line changes nothing on nft */
		if (id != TABLE_NAT && table->present && table->used && table->section)
			check_table(table, diags);
	}
}

const struct lint_rule lint_policy_undeclared = {
	.name = "policy-undeclared",
	.group = "policy",
	.summary = "a built-in chain whose policy the file does not set",
	.level = LEVEL_WARNING,
	.check = check,
};
