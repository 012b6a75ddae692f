/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports an IPv6 chain that denies what IPv6 does not work without: neighbour discovery
 * (RFC 4861), and the message that a packet is too big for the next link (RFC 8201).
 */
#include "analyse/analysis.h"
#include "lint/blocked.h"
#include "lint/rules.h"

#define TYPE(type) ((type)*256u), ((type)*256u + 255u)
/* conntrack does not track neighbour discovery, and knows whose packet was too big */
#define NEIGHBOUR CT_UNTRACKED, CT_UNTRACKED
#define ERROR	  CT_RELATED, CT_RELATED + (CT_SNAT | CT_DNAT)

struct need {
	struct kind kind;
	const char *name;
	const char *loss;
	bool forwarded; /* by a router, too */
	bool sent;	/* by the host, too */
};

static const struct need needs[] = {
	{ { IPPROTO_ICMPV6, TYPE(135), NEIGHBOUR },
	  "neighbour solicitation (type 135)",
	  "without it no neighbour finds this host, and no IPv6 packet arrives",
	  false,
	  true },
	{ { IPPROTO_ICMPV6, TYPE(136), NEIGHBOUR },
	  "neighbour advertisement (type 136)",
	  "without it this host finds no neighbour, and no IPv6 packet leaves",
	  false,
	  true },
	{ { IPPROTO_ICMPV6, TYPE(2), ERROR },
	  "packet-too-big (type 2)",
	  "without it connections through a smaller link hang",
	  true,
	  false },
};

#define N_NEEDS (sizeof(needs) / sizeof(needs[0]))

/* What is denied by the same rule as the need number FIRST, in one finding. */
static void report(const struct chain *chain, const struct blocked blocked[N_NEEDS],
		   bool is_blocked[N_NEEDS], size_t first, struct diags *diags)
{
	const struct rule *rule = blocked[first].rule;
	const char *names = needs[first].name;
	struct diag *diag;

	for (size_t i = first + 1; i < N_NEEDS; i++) {
		if (!is_blocked[i] || blocked[i].rule != rule)
			continue;
		names = arena_printf(diags->arena, "%s, every %s", names, needs[i].name);
		is_blocked[i] = false;
	}
	diag = diag_add(diags, "icmpv6-blocked",
			rule ? rule->origin->base.span : chain->declared->span,
			"'%s' denies every %s: %s", chain->name, names, needs[first].loss);
	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->name;
	diag_need_extra(diags->arena, diag)->witness = blocked[first].sample;
	diag_hint(diags, diag, "accept it before: -A %s -p ipv6-icmp -j ACCEPT", chain->name);
}

static bool is_needed(const struct need *need, enum hook hook)
{
	return hook == HOOK_FORWARD ? need->forwarded : hook == HOOK_OUTPUT ? need->sent : true;
}

static void check_chain(const struct unit *unit, const struct reach *reach, enum hook hook,
			struct diags *diags)
{
	const struct chain *chain = table_hook_chain(reach_flow(reach)->table, hook);
	struct blocked blocked[N_NEEDS];
	bool is_blocked[N_NEEDS] = { false };

	if (!chain || !chain->declared || !chain_accepts_some(unit, reach, chain))
		return;
	for (size_t i = 0; i < N_NEEDS; i++)
		is_blocked[i] = is_needed(&needs[i], hook) &&
				kind_is_blocked(unit, reach, chain, &needs[i].kind, &blocked[i]);
	for (size_t i = 0; i < N_NEEDS; i++) {
		if (is_blocked[i])
			report(chain, blocked, is_blocked, i, diags);
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct reach *reach;
	const struct chain *input;

	if (unit->family != FAMILY_IPV6 || unit->is_fragment)
		return;
	reach = analysis_reach(unit->analysis, TABLE_FILTER);
	input = reach ? table_hook_chain(reach_flow(reach)->table, HOOK_INPUT) : NULL;
	/* IPv6 is switched off where nothing but lo is let in */
	if (!input || !chain_accepts_some(unit, reach, input))
		return;
	check_chain(unit, reach, HOOK_INPUT, diags);
	check_chain(unit, reach, HOOK_FORWARD, diags);
	check_chain(unit, reach, HOOK_OUTPUT, diags);
}

const struct lint_rule lint_icmpv6_blocked = {
	.name = "icmpv6-blocked",
	.group = "ipv6",
	.summary = "the ICMPv6 that IPv6 does not work without is denied",
	.level = LEVEL_ERROR,
	.check = check,
};
