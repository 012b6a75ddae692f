/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of facts: which tables, hooks and protocols the kernel takes an
 * extension in.  Every row was measured by loading a rule into a kernel in every
 * table and chain (tests/kernel/constraints.py does it again).
 *
 * Knows nothing of rulesets and messages.
 */
#include "kernel/constraints.h"

#include <string.h>

#define PREROUTING  HOOK_BIT(HOOK_PREROUTING)
#define INPUT	    HOOK_BIT(HOOK_INPUT)
#define FORWARD	    HOOK_BIT(HOOK_FORWARD)
#define OUTPUT	    HOOK_BIT(HOOK_OUTPUT)
#define POSTROUTING HOOK_BIT(HOOK_POSTROUTING)

#define RAW	 TABLE_BIT(TABLE_RAW)
#define MANGLE	 TABLE_BIT(TABLE_MANGLE)
#define NAT	 TABLE_BIT(TABLE_NAT)
#define FILTER	 TABLE_BIT(TABLE_FILTER)
#define SECURITY TABLE_BIT(TABLE_SECURITY)

#define MATCH(extension)  .name = extension, .kind = CONSTRAINT_MATCH
#define TARGET(extension) .name = extension, .kind = CONSTRAINT_TARGET
#define V4		  .family = FAMILY_IPV4
#define V6		  .family = FAMILY_IPV6

static const struct constraint constraints[] = {
	/* clang-format off */
	/* Matches that ask for their protocol. */
	{ MATCH("ah"), V4, .protocols = { IPPROTO_AH } },
	{ MATCH("dccp"), .protocols = { IPPROTO_DCCP } },
	{ MATCH("esp"), .protocols = { IPPROTO_ESP } },
	{ MATCH("icmp"), V4, .protocols = { IPPROTO_ICMP } },
	{ MATCH("icmp6"), V6, .protocols = { IPPROTO_ICMPV6 } },
	{ MATCH("ipcomp"), .protocols = { IPPROTO_COMP } },
	{ MATCH("mh"), V6, .protocols = { IPPROTO_MH } },
	{ MATCH("sctp"), .protocols = { IPPROTO_SCTP } },
	{ MATCH("tcp"), .protocols = { IPPROTO_TCP }, .is_native = is_native_tcp },
	{ MATCH("tcpmss"), .protocols = { IPPROTO_TCP } },
	{ MATCH("udp"), .protocols = { IPPROTO_UDP }, .is_native = is_native_udp },

	/* Matches that ask for a place. */
	{ MATCH("addrtype"), .revision = 1, .hooks_of = hooks_of_addrtype,
	  .check = check_addrtype },
	{ MATCH("cgroup"), .revision = 2, .hooks = INPUT | OUTPUT | POSTROUTING,
	  .check = check_cgroup },
	{ MATCH("devgroup"), .hooks_of = hooks_of_devgroup },
	{ MATCH("eui64"), V6, .hooks = PREROUTING | INPUT | FORWARD },
	{ MATCH("mac"), .hooks = PREROUTING | INPUT | FORWARD },
	{ MATCH("osf"), .hooks = PREROUTING | INPUT | FORWARD, .protocols = { IPPROTO_TCP } },
	{ MATCH("owner"), .revision = 1, .hooks = OUTPUT | POSTROUTING, .check = check_owner },
	{ MATCH("physdev"), .hooks_of = hooks_of_physdev },
	{ MATCH("policy"), .hooks_of = hooks_of_policy },
	{ MATCH("realm"), V4, .hooks = INPUT | FORWARD | OUTPUT | POSTROUTING },
	{ MATCH("rpfilter"), .tables = RAW | MANGLE, .hooks = PREROUTING },
	{ MATCH("socket"), .hooks = PREROUTING | INPUT },

	/* Matches that are picky about their values. */
	{ MATCH("bpf"), .revision = 1, .check = check_bpf },
	{ MATCH("connlabel"), .check = check_connlabel },
	{ MATCH("ecn"), .check = check_ecn },
	{ MATCH("hashlimit"), .revision = 3, .check = check_hashlimit },
	{ MATCH("limit"), .check = check_limit },
	{ MATCH("nfacct"), .revision = 1, .check = check_nfacct },
	{ MATCH("recent"), .revision = 1, .check = check_recent },
	{ MATCH("string"), .revision = 1, .check = check_string },

	/* Targets of one table. */
	{ TARGET("CHECKSUM"), .tables = MANGLE },
	{ TARGET("CONNSECMARK"), .tables = MANGLE | SECURITY },
	{ TARGET("CT"), .revision = 2, .tables = RAW, .check = check_ct_target },
	{ TARGET("DNAT"), .tables = NAT, .hooks = PREROUTING | OUTPUT },
	{ TARGET("DNPT"), V6, .tables = MANGLE, .hooks = PREROUTING | OUTPUT,
	  .check = check_npt_target },
	{ TARGET("DSCP"), .tables = MANGLE },
	{ TARGET("ECN"), V4, .tables = MANGLE, .check = check_ecn_target },
	{ TARGET("HL"), V6, .tables = MANGLE },
	{ TARGET("MASQUERADE"), .tables = NAT, .hooks = POSTROUTING },
	{ TARGET("NETMAP"), .tables = NAT },
	{ TARGET("REDIRECT"), .tables = NAT, .hooks = PREROUTING | OUTPUT },
	{ TARGET("REJECT"), .tables = FILTER, .check = check_reject_target },
	{ TARGET("SECMARK"), .revision = 1, .tables = MANGLE | SECURITY, .check = check_secmark_target },
	{ TARGET("SNAT"), .tables = NAT, .hooks = INPUT | POSTROUTING },
	{ TARGET("SNPT"), V6, .tables = MANGLE, .hooks = INPUT | POSTROUTING,
	  .check = check_npt_target },
	{ TARGET("TCPOPTSTRIP"), .tables = MANGLE, .protocols = { IPPROTO_TCP } },
	{ TARGET("TOS"), .tables = MANGLE },
	{ TARGET("TPROXY"), .tables = MANGLE, .hooks = PREROUTING,
	  .protocols = { IPPROTO_TCP, IPPROTO_UDP } },
	{ TARGET("TRACE"), .tables = RAW, .legacy_only = true },
	{ TARGET("TTL"), V4, .tables = MANGLE },

	/* Targets with other limits. */
	{ TARGET("CLASSIFY"), .hooks = FORWARD | OUTPUT | POSTROUTING },
	{ TARGET("HMARK"), .check = check_hmark_target },
	{ TARGET("IDLETIMER"), .revision = 1, .check = check_idletimer_target },
	{ TARGET("NFQUEUE"), .revision = 3, .check = check_nfqueue_target },
	{ TARGET("SET"), .revision = 3, .hooks_of = hooks_of_set_target,
	  .check = check_set_target },
	{ TARGET("SYNPROXY"), .hooks = INPUT | FORWARD, .protocols = { IPPROTO_TCP } },
	{ TARGET("TCPMSS"), .hooks_of = hooks_of_tcpmss_target, .protocols = { IPPROTO_TCP },
	  .check = check_tcpmss_target },
	{ TARGET("TEE"), .revision = 1, .check = check_tee_target },

	/* Extensions whose kernel side common kernels do not have. */
	{ MATCH("ipvs"), .module = "xt_ipvs" },
	{ TARGET("CLUSTERIP"), .module = "ipt_CLUSTERIP" },
	{ TARGET("LED"), .module = "xt_LED" },
	{ TARGET("ULOG"), .module = "ipt_ULOG" },

	/* Extensions of xtables-addons, whose kernel side is built apart. */
	{ MATCH("asn"), .module = "xt_asn" },
	{ MATCH("condition"), .module = "xt_condition" },
	{ MATCH("fuzzy"), .module = "xt_fuzzy" },
	{ MATCH("geoip"), .module = "xt_geoip" },
	{ MATCH("ipp2p"), .module = "xt_ipp2p" },
	{ MATCH("ipv4options"), .module = "xt_ipv4options" },
	{ MATCH("pknock"), .module = "xt_pknock" },
	{ MATCH("psd"), .module = "xt_psd" },
	{ MATCH("quota2"), .module = "xt_quota2" },
	{ TARGET("ACCOUNT"), .module = "xt_ACCOUNT" },
	{ TARGET("IPMARK"), .module = "xt_IPMARK" },
	{ TARGET("SYSRQ"), .module = "xt_SYSRQ" },
	/* clang-format on */
};

#define N_CONSTRAINTS (sizeof(constraints) / sizeof(constraints[0]))

bool rule_is_for(const struct rule *rule, unsigned protocol)
{
	return rule->protocol == protocol && !(rule->inverted & RULE_NOT_PROTOCOL);
}

const struct constraint *constraint_find(enum constraint_kind kind, enum family family,
					 const char *name)
{
	for (size_t i = 0; i < N_CONSTRAINTS; i++) {
		const struct constraint *row = &constraints[i];

		if (row->kind == kind && row->name[0] == name[0] && !strcmp(row->name, name) &&
		    (row->family == FAMILY_UNSPEC || row->family == family))
			return row;
	}
	return NULL;
}
