/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel asks of the values of targets when a rule is added: facts that
 * were measured, in the order of the extensions' names.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_HMARK.h>
#include <linux/netfilter/xt_IDLETIMER.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_SECMARK.h>
#include <linux/netfilter/xt_TCPMSS.h>
#include <linux/netfilter/xt_TEE.h>
#include <linux/netfilter/xt_set.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ipt_ECN.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6t_NPT.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>

#include "kernel/constraints.h"
#include "kernel/proc_name.h"
#include "ruleset/protocol.h"

#define ROUTED_OUT (HOOK_BIT(HOOK_FORWARD) | HOOK_BIT(HOOK_OUTPUT) | HOOK_BIT(HOOK_POSTROUTING))

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size);
}

/* The helpers of the kernel. */
static const struct {
	const char *name;
	uint8_t protocols[2];
	bool v4_only;
} helpers[] = {
	{ "RAS", { IPPROTO_UDP }, false },	 { "Q.931", { IPPROTO_TCP }, false },
	{ "H.245", { IPPROTO_UDP }, false },	 { "amanda", { IPPROTO_UDP }, false },
	{ "ftp", { IPPROTO_TCP }, false },	 { "irc", { IPPROTO_TCP }, true },
	{ "netbios-ns", { IPPROTO_UDP }, true }, { "pptp", { IPPROTO_TCP }, true },
	{ "sane", { IPPROTO_TCP }, false },	 { "sip", { IPPROTO_TCP, IPPROTO_UDP }, false },
	{ "snmp", { IPPROTO_UDP }, true },	 { "snmp_trap", { IPPROTO_UDP }, true },
	{ "tftp", { IPPROTO_UDP }, false },
};

static void check_helper(const struct subject *subject, const char *name)
{
	const unsigned protocol = subject->rule->protocol;

	if (!protocol || (subject->rule->inverted & RULE_NOT_PROTOCOL)) {
		subject_hint(subject,
			     subject_refuse(subject, "protocol-mismatch", BACKEND_BOTH,
					    "target 'CT' with --helper needs one protocol, not "
					    "inverted"),
			     "add '-p tcp' or '-p udp', whichever the helper is for");
		return;
	}
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		const unsigned first = helpers[i].protocols[0], second = helpers[i].protocols[1];

		if (strcmp(helpers[i].name, name) ||
		    (helpers[i].v4_only && subject->family != FAMILY_IPV4))
			continue;
		if (protocol == first || protocol == second)
			return;
		subject_hint(subject,
			     subject_refuse(subject, "protocol-mismatch", BACKEND_BOTH,
					    "the helper '%s' is not for this protocol", name),
			     second ? "it is for '-p %s' and '-p %s'" : "it is for '-p %s'",
			     protocol_name((uint16_t)first, false),
			     protocol_name((uint16_t)second, false));
		return;
	}
	subject_hint(subject,
		     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
				    "the kernel has no helper '%s' for this address family", name),
		     "it has amanda, ftp, H.245, Q.931, RAS, sane, sip and tftp, and for IPv4 irc, "
		     "netbios-ns, pptp, snmp and snmp_trap");
}

void check_ct_target(const struct subject *subject)
{
	struct xt_ct_target_info_v1 info;

	if (!subject_data(subject, &info, sizeof(info)) || (info.flags & XT_CT_NOTRACK))
		return;
	if (info.helper[0] && is_terminated(info.helper, sizeof(info.helper)))
		check_helper(subject, info.helper);
	if (info.timeout[0] && is_terminated(info.timeout, sizeof(info.timeout)))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'CT' needs the timeout policy '%s', which a "
					    "freshly booted host does not have",
					    info.timeout),
			     "make it with 'nfct add timeout' before the rules are loaded, and "
			     "load this rule then");
}

void check_ecn_target(const struct subject *subject)
{
	struct ipt_ECN_info info;

	if (subject_data(subject, &info, sizeof(info)) &&
	    (info.operation & (IPT_ECN_OP_SET_ECE | IPT_ECN_OP_SET_CWR)) &&
	    !rule_is_for(subject->rule, IPPROTO_TCP))
		subject_hint(subject,
			     subject_refuse(subject, "protocol-mismatch", BACKEND_BOTH,
					    "target 'ECN' with --ecn-tcp-* needs '-p tcp'"),
			     "add '-p tcp' to the rule");
}

void check_hmark_target(const struct subject *subject)
{
	const unsigned spi = XT_HMARK_FLAG(XT_HMARK_SPI);
	const unsigned ports = XT_HMARK_FLAG(XT_HMARK_SPORT) | XT_HMARK_FLAG(XT_HMARK_DPORT);
	struct xt_hmark_info info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if ((info.flags & spi) && (info.flags & ports))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'HMARK': --hmark-spi does not go with "
					    "--hmark-sport and --hmark-dport"),
			     "use two rules");
	if (info.proto_mask && (info.flags & XT_HMARK_FLAG(XT_HMARK_METHOD_L3)))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'HMARK': --hmark-proto-mask without ports"),
			     "add sport or dport to --hmark-tuple");
}

#define MOST_IDLE_SECONDS 2147482

void check_idletimer_target(const struct subject *subject)
{
	struct idletimer_tg_info_v1 info;
	const char *why = NULL;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.timeout == 0 || info.timeout > MOST_IDLE_SECONDS)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'IDLETIMER': --timeout %u is out of range",
					    info.timeout),
			     "1 to %d seconds", MOST_IDLE_SECONDS);
	if (is_terminated(info.label, sizeof(info.label)))
		why = proc_name_complaint(info.label);
	if (!strcmp(info.label, "power") || !strcmp(info.label, "subsystem") ||
	    !strcmp(info.label, "uevent"))
		why = "is a file of /sys already";
	if (why)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'IDLETIMER': the label '%s' %s", info.label,
					    why),
			     "it becomes the name of a file in /sys/class/xt_idletimer/timers");
}

void check_nfqueue_target(const struct subject *subject)
{
	struct xt_NFQ_info_v3 info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.queues_total == 0)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'NFQUEUE': 65536 queues are one too many"),
			     "write --queue-balance 0:65534");
	else if (info.queuenum + info.queues_total > 65536)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'NFQUEUE': queue %u is too high",
					    info.queuenum + info.queues_total - 1u),
			     "queues go from 0 to 65535");
}

static bool has_bits_after(const struct in6_addr *address, unsigned bits)
{
	for (unsigned bit = bits; bit < 128; bit++) {
		if (address->s6_addr[bit / 8] & (0x80 >> bit % 8))
			return true;
	}
	return false;
}

static void check_npt_prefix(const struct subject *subject, const char *option,
			     const struct in6_addr *prefix, unsigned bits)
{
	if (bits > 64)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "%s: %s is longer than /64",
					    subject_phrase(subject).text, option),
			     "write the length of the prefix, at most /64");
	else if (has_bits_after(prefix, bits))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "%s: %s has bits behind its length of /%u",
					    subject_phrase(subject).text, option, bits),
			     "make the rest of the address zero");
}

void check_npt_target(const struct subject *subject)
{
	struct ip6t_npt_tginfo info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	check_npt_prefix(subject, "--src-pfx", &info.src_pfx.in6, info.src_pfx_len);
	check_npt_prefix(subject, "--dst-pfx", &info.dst_pfx.in6, info.dst_pfx_len);
}

void check_reject_target(const struct subject *subject)
{
	const bool v6 = subject->family == FAMILY_IPV6;
	uint32_t with;

	if (subject_data(subject, &with, sizeof(with)) &&
	    with == (v6 ? (uint32_t)IP6T_TCP_RESET : (uint32_t)IPT_TCP_RESET) &&
	    !rule_is_for(subject->rule, IPPROTO_TCP))
		subject_hint(subject,
			     subject_refuse(subject, "protocol-mismatch", BACKEND_BOTH,
					    "--reject-with tcp-reset needs '-p tcp'"),
			     "add '-p tcp' to the rule");
}

void check_secmark_target(const struct subject *subject)
{
	subject_hint(subject,
		     subject_refuse(subject, "target-not-valid-here", BACKEND_BOTH,
				    "target 'SECMARK' needs SELinux, which many kernels run "
				    "without"),
		     "load this rule on a host with SELinux only");
}

unsigned hooks_of_set_target(const struct subject *subject, const char **which)
{
	struct xt_set_info_target_v3 info;

	if (!subject_data(subject, &info, sizeof(info)) || info.map_set.index == IPSET_INVALID_ID ||
	    !(info.flags & (IPSET_FLAG_MAP_SKBPRIO | IPSET_FLAG_MAP_SKBQUEUE)))
		return HOOKS_ALL;
	*which = info.flags & IPSET_FLAG_MAP_SKBPRIO ? "--map-prio" : "--map-queue";
	return ROUTED_OUT;
}

void check_set_target(const struct subject *subject)
{
	struct xt_set_info_target_v3 info;

	if (subject->table->id != TABLE_MANGLE && subject_data(subject, &info, sizeof(info)) &&
	    info.map_set.index != IPSET_INVALID_ID)
		subject_hint(subject,
			     subject_refuse(subject, "target-not-valid-here", BACKEND_BOTH,
					    "target 'SET' with --map-set is valid in table mangle "
					    "only, not in %s",
					    table_name(subject->table->id)),
			     "it works in table mangle");
}

unsigned hooks_of_tcpmss_target(const struct subject *subject, const char **which)
{
	struct xt_tcpmss_info info;

	if (!subject_data(subject, &info, sizeof(info)) || info.mss != XT_TCPMSS_CLAMP_PMTU)
		return HOOKS_ALL;
	*which = "--clamp-mss-to-pmtu";
	return ROUTED_OUT;
}

/* The kernel wants to see that the rule is for SYN packets; nft does not ask. */
void check_tcpmss_target(const struct subject *subject)
{
	for (const struct match *m = subject->rule->matches; m; m = m->next) {
		struct xt_tcp tcp;

		if (!strcmp(m->name, "tcp") && match_data(m, &tcp, sizeof(tcp)) &&
		    (tcp.flg_cmp & TH_SYN) && !(tcp.invflags & XT_TCP_INV_FLAGS))
			return;
	}
	subject_hint(subject,
		     subject_refuse(subject, "target-not-valid-here", BACKEND_LEGACY,
				    "target 'TCPMSS' needs a match on SYN packets"),
		     "add '-m tcp --tcp-flags SYN,RST SYN' before it");
}

void check_tee_target(const struct subject *subject)
{
	struct xt_tee_tginfo info;

	if (subject_data(subject, &info, sizeof(info)) && !has_bits_after(&info.gw.in6, 0))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "target 'TEE' cannot send to the address of all zeros"),
			     "name the host that gets the copies");
}
