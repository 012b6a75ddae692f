/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports an IPv4 chain that denies the message that a packet is too big for the next link and
 * must not be fragmented, which path MTU discovery (RFC 1191) lives on.
 */
#include "analyse/analysis.h"
#include "lint/blocked.h"
#include "lint/rules.h"

#define FRAGMENTATION_NEEDED (3u * 256 + 4)

static void report(const struct chain *chain, const struct blocked *blocked, struct diags *diags)
{
	struct span span = blocked->rule ? blocked->rule->origin->base.span : chain->declared->span;
	struct diag *diag =
		diag_add(diags, "icmp-pmtud-blocked", span,
			 "'%s' denies every ICMP fragmentation-needed (type 3 code 4): connections "
			 "through a smaller link hang",
			 chain->name);

	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->name;
	diag_need_extra(diags->arena, diag)->witness = blocked->sample;
	diag_hint(diags, diag,
		  "accept it before: -A %s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		  chain->name);
}

/* Are there packets that are not tracked?  Then what is sent about them has no state either. */
static bool is_stateless(const struct unit *unit)
{
	struct chains *chains = analysis_chains(unit->analysis, TABLE_RAW);
	const struct table *table = chains ? chains_table(chains) : NULL;

	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			if (rule_has_target(entry->rule, "CT"))
				return true;
		}
	}
	return false;
}

/*
 * Where the host gets no replies to connections of its own, that is the larger loss, and
 * missing-established-accept speaks of it; but not where ICMP is denied by name.
 */
static bool is_worth_it(const struct unit *unit, const struct reach *reach,
			const struct chain *chain, const struct blocked *blocked)
{
	if (is_stateless(unit))
		return false;
	if (blocked->rule && blocked->rule->protocol == IPPROTO_ICMP)
		return chain_accepts_some(unit, reach, chain);
	return chain_accepts_replies(unit, reach, chain);
}

static void check(const struct unit *unit, struct diags *diags)
{
	static const enum hook hooks[] = { HOOK_INPUT, HOOK_FORWARD };
	static const struct kind kind = { IPPROTO_ICMP, FRAGMENTATION_NEEDED, FRAGMENTATION_NEEDED,
					  CT_RELATED, CT_RELATED + (CT_SNAT | CT_DNAT) };
	const struct reach *reach;

	if (unit->family != FAMILY_IPV4 || unit->is_fragment)
		return;
	reach = analysis_reach(unit->analysis, TABLE_FILTER);
	for (size_t i = 0; reach && i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		const struct chain *chain = table_hook_chain(reach_flow(reach)->table, hooks[i]);
		struct blocked blocked;

		if (!chain || !chain->declared ||
		    !kind_is_blocked(unit, reach, chain, &kind, &blocked))
			continue;
		if (is_worth_it(unit, reach, chain, &blocked))
			report(chain, &blocked, diags);
	}
}

const struct lint_rule lint_icmp_pmtud_blocked = {
	.name = "icmp-pmtud-blocked",
	.group = "exposure",
	.summary = "the ICMP that path MTU discovery lives on is denied",
	.level = LEVEL_WARNING,
	.check = check,
};
