/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel asks of the values of matches when a rule is added: facts that
 * were measured, in the order of the extensions' names.
 */
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_bpf.h>
#include <linux/netfilter/xt_cgroup.h>
#include <linux/netfilter/xt_connlabel.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_ecn.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_nfacct.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "kernel/classic_bpf.h"
#include "kernel/constraints.h"
#include "kernel/proc_name.h"

#define NOT_PREROUTING_INPUT   (HOOKS_ALL & ~(HOOK_BIT(HOOK_PREROUTING) | HOOK_BIT(HOOK_INPUT)))
#define NOT_OUTPUT_POSTROUTING (HOOKS_ALL & ~(HOOK_BIT(HOOK_OUTPUT) | HOOK_BIT(HOOK_POSTROUTING)))

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size);
}

unsigned hooks_of_addrtype(const struct subject *subject, const char **which)
{
	struct xt_addrtype_info_v1 info;

	if (!subject_data(subject, &info, sizeof(info)))
		return HOOKS_ALL;
	if (info.flags & XT_ADDRTYPE_LIMIT_IFACE_OUT) {
		*which = "--limit-iface-out";
		return NOT_PREROUTING_INPUT;
	}
	if (info.flags & XT_ADDRTYPE_LIMIT_IFACE_IN) {
		*which = "--limit-iface-in";
		return NOT_OUTPUT_POSTROUTING;
	}
	return HOOKS_ALL;
}

void check_addrtype(const struct subject *subject)
{
	static const struct {
		unsigned bit;
		const char *name;
	} unknown[] = {
		{ XT_ADDRTYPE_BROADCAST, "BROADCAST" },
		{ XT_ADDRTYPE_BLACKHOLE, "BLACKHOLE" },
		{ XT_ADDRTYPE_PROHIBIT, "PROHIBIT" },
		{ XT_ADDRTYPE_THROW, "THROW" },
		{ XT_ADDRTYPE_NAT, "NAT" },
		{ XT_ADDRTYPE_XRESOLVE, "XRESOLVE" },
	};
	struct xt_addrtype_info_v1 info;

	if (subject->family != FAMILY_IPV6 || !subject_data(subject, &info, sizeof(info)))
		return;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		if ((info.source | info.dest) & unknown[i].bit)
			subject_hint(subject,
				     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
						    "match 'addrtype' does not know the type '%s' "
						    "in IPv6",
						    unknown[i].name),
				     "IPv6 has UNSPEC, UNICAST, LOCAL, ANYCAST, MULTICAST and "
				     "UNREACHABLE");
	}
}

void check_bpf(const struct subject *subject)
{
	struct xt_bpf_info_v1 info;
	const char *why;
	unsigned at;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.mode != XT_BPF_MODE_BYTECODE) {
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'bpf' needs a program that is pinned already, "
					    "which a freshly booted host does not have"),
			     "write the program with --bytecode");
		return;
	}
	why = classic_bpf_complaint(info.bpf_program, info.bpf_program_num_elem, &at);
	if (why)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'bpf': instruction %u of the program %s", at + 1,
					    why),
			     "have nfbpf_compile write the program");
}

/* Nothing but slashes is the root, which every host has. */
static bool is_cgroup_root(const char *path)
{
	return path[strspn(path, "/")] == '\0';
}

void check_cgroup(const struct subject *subject)
{
	struct xt_cgroup_info_v2 info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.has_path && info.has_classid)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'cgroup' takes either --path or --cgroup, not "
					    "both"),
			     "write two '-m cgroup'");
	else if (!info.has_path && !info.has_classid)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'cgroup' needs --path or --cgroup"),
			     "add --path PATH or --cgroup CLASSID, or take the match away");
	else if (info.has_path && is_terminated(info.path, sizeof(info.path)) &&
		 !is_cgroup_root(info.path))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'cgroup' needs the cgroup '%s', which a freshly "
					    "booted host does not have",
					    info.path),
			     "make the cgroup before the rules are loaded, and load this rule "
			     "then");
}

void check_connlabel(const struct subject *subject)
{
	struct xt_connlabel_mtinfo info;

	if (subject_data(subject, &info, sizeof(info)) && info.bit > 127)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'connlabel': label %u is too high", info.bit),
			     "labels go from 0 to 127");
}

unsigned hooks_of_devgroup(const struct subject *subject, const char **which)
{
	const unsigned forward = HOOK_BIT(HOOK_FORWARD);
	struct xt_devgroup_info info;

	if (!subject_data(subject, &info, sizeof(info)))
		return HOOKS_ALL;
	switch (info.flags & (XT_DEVGROUP_MATCH_SRC | XT_DEVGROUP_MATCH_DST)) {
	case XT_DEVGROUP_MATCH_SRC:
		*which = "--src-group";
		return forward | HOOK_BIT(HOOK_PREROUTING) | HOOK_BIT(HOOK_INPUT);
	case XT_DEVGROUP_MATCH_DST:
		*which = "--dst-group";
		return forward | HOOK_BIT(HOOK_OUTPUT) | HOOK_BIT(HOOK_POSTROUTING);
	case XT_DEVGROUP_MATCH_SRC | XT_DEVGROUP_MATCH_DST:
		*which = "--src-group and --dst-group";
		return forward;
	}
	return HOOKS_ALL;
}

void check_ecn(const struct subject *subject)
{
	struct xt_ecn_info info;

	if (!subject_data(subject, &info, sizeof(info)) ||
	    !(info.operation & (XT_ECN_OP_MATCH_ECE | XT_ECN_OP_MATCH_CWR)) ||
	    rule_is_for(subject->rule, IPPROTO_TCP))
		return;
	subject_hint(subject,
		     subject_refuse(subject, "protocol-mismatch", BACKEND_BOTH,
				    "match 'ecn' with --ecn-tcp-cwr or --ecn-tcp-ece needs '-p "
				    "tcp'"),
		     "add '-p tcp' to the rule");
}

/*
 * The kernel multiplies the time between two packets by the burst and then into
 * jiffies; what no longer fits is refused.  The product of its clock rate and its
 * credits per tick is the same for all clock rates that are in use.
 */
#define LIMIT_CREDITS_PER_SECOND UINT32_C(32000)
#define HASHLIMIT_CREDITS	 UINT64_C(137438953) /* for a millionth of a second */
#define HASHLIMIT_BYTE_CREDITS	 UINT64_C(4194304000)

static uint64_t hashlimit_credits(uint64_t user)
{
	return user * HASHLIMIT_CREDITS;
}

/* What a rate is refused for, or NULL. */
static const char *hashlimit_rate_complaint(const struct hashlimit_cfg3 *cfg)
{
	if (cfg->mode & XT_HASHLIMIT_RATE_MATCH) {
		if (cfg->avg == 0 || cfg->avg > UINT32_MAX)
			return "the rate is out of range";
		return cfg->interval == 0 ? "--hashlimit-rate-interval is 0" : NULL;
	}
	if (cfg->mode & XT_HASHLIMIT_BYTES)
		return (uint32_t)((cfg->avg * HASHLIMIT_BYTE_CREDITS) >> 32) == 0
			       ? "the rate is too high"
			       : NULL;
	if (cfg->burst == 0)
		return "the burst is 0";
	if (hashlimit_credits(cfg->avg * cfg->burst) < hashlimit_credits(cfg->avg))
		return "the kernel's counter overflows with so low a rate and this burst";
	return NULL;
}

void check_hashlimit(const struct subject *subject)
{
	const unsigned bits = subject->family == FAMILY_IPV6 ? 128 : 32;
	struct xt_hashlimit_mtinfo3 info;
	const char *why;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	why = is_terminated(info.name, sizeof(info.name)) ? proc_name_complaint(info.name) : NULL;
	if (why)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'hashlimit': the name '%s' %s", info.name, why),
			     "it becomes the name of a file in /proc/net/ipt_hashlimit");
	if (info.cfg.expire == 0)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'hashlimit': --hashlimit-htable-expire 0"),
			     "use at least 1");
	if (info.cfg.gc_interval == 0)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'hashlimit': --hashlimit-htable-gcinterval 0"),
			     "use at least 1");
	if (info.cfg.srcmask > bits || info.cfg.dstmask > bits)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'hashlimit': a mask of %u bits",
					    info.cfg.srcmask > bits ? info.cfg.srcmask
								    : info.cfg.dstmask),
			     "an address has %u bits", bits);
	why = hashlimit_rate_complaint(&info.cfg);
	if (why)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'hashlimit': %s", why),
			     "try another unit of time or another --hashlimit-burst");
}

static uint32_t limit_credits(uint32_t user)
{
	if (user > UINT32_MAX / LIMIT_CREDITS_PER_SECOND)
		return user / XT_LIMIT_SCALE * LIMIT_CREDITS_PER_SECOND;
	return user * LIMIT_CREDITS_PER_SECOND / XT_LIMIT_SCALE;
}

/* nft has a limit of its own, which takes these. */
void check_limit(const struct subject *subject)
{
	struct xt_rateinfo info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.burst == 0)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_LEGACY,
					    "match 'limit': --limit-burst 0"),
			     "use at least 1");
	else if (limit_credits(info.avg * info.burst) < limit_credits(info.avg))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_LEGACY,
					    "match 'limit': the kernel's counter overflows with so "
					    "low a rate and a burst of %u",
					    info.burst),
			     "try a smaller --limit-burst, or a rate of at least 1/hour");
}

void check_nfacct(const struct subject *subject)
{
	struct xt_nfacct_match_info_v1 info;

	if (subject_data(subject, &info, sizeof(info)) &&
	    is_terminated(info.name, sizeof(info.name)))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'nfacct' needs the accounting object '%s', "
					    "which a freshly booted host does not have",
					    info.name),
			     "make it with 'nfacct add %s' before the rules are loaded, and load "
			     "this rule then",
			     info.name);
}

void check_owner(const struct subject *subject)
{
	struct xt_owner_match_info info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if ((info.match & XT_OWNER_UID) && info.uid_min > info.uid_max)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'owner': the range of users %u-%u is reversed",
					    info.uid_min, info.uid_max),
			     "write --uid-owner %u-%u", info.uid_max, info.uid_min);
	if ((info.match & XT_OWNER_GID) && info.gid_min > info.gid_max)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'owner': the range of groups %u-%u is reversed",
					    info.gid_min, info.gid_max),
			     "write --gid-owner %u-%u", info.gid_max, info.gid_min);
}

unsigned hooks_of_physdev(const struct subject *subject, const char **which)
{
	struct xt_physdev_info info;

	if (!subject_data(subject, &info, sizeof(info)) ||
	    !(info.bitmask & (XT_PHYSDEV_OP_OUT | XT_PHYSDEV_OP_ISOUT)) ||
	    (info.bitmask & ~info.invert & XT_PHYSDEV_OP_BRIDGED))
		return HOOKS_ALL;
	*which = info.bitmask & XT_PHYSDEV_OP_OUT ? "--physdev-out without --physdev-is-bridged"
						  : "--physdev-is-out without --physdev-is-bridged";
	return HOOKS_ALL & ~HOOK_BIT(HOOK_OUTPUT);
}

unsigned hooks_of_policy(const struct subject *subject, const char **which)
{
	struct xt_policy_info info;

	if (!subject_data(subject, &info, sizeof(info)))
		return HOOKS_ALL;
	if (info.flags & XT_POLICY_MATCH_OUT) {
		*which = "--dir out";
		return NOT_PREROUTING_INPUT;
	}
	*which = "--dir in";
	return NOT_OUTPUT_POSTROUTING;
}

static void check_recent_modifiers(const struct subject *subject,
				   const struct xt_recent_mtinfo_v1 *info)
{
	const char *extra = info->seconds		       ? "--seconds"
			    : info->hit_count		       ? "--hitcount"
			    : info->check_set & XT_RECENT_REAP ? "--reap"
			    : info->check_set & XT_RECENT_TTL  ? "--rttl"
							       : NULL;

	if (extra)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'recent': %s does not go with %s", extra,
					    info->check_set & XT_RECENT_SET ? "--set" : "--remove"),
			     "it goes with --rcheck and --update");
}

void check_recent(const struct subject *subject)
{
	struct xt_recent_mtinfo_v1 info;
	const char *why;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (info.check_set & (XT_RECENT_SET | XT_RECENT_REMOVE))
		check_recent_modifiers(subject, &info);
	else if ((info.check_set & XT_RECENT_REAP) && !info.seconds)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'recent': --reap with --seconds 0"),
			     "give --seconds a value of at least 1");
	if (info.hit_count > 65535)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'recent': --hitcount %u is too high",
					    info.hit_count),
			     "at most 65535");
	why = is_terminated(info.name, sizeof(info.name)) ? proc_name_complaint(info.name) : NULL;
	if (why)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'recent': the name '%s' %s", info.name, why),
			     "it becomes the name of a file in /proc/net/xt_recent");
}

void check_string(const struct subject *subject)
{
	struct xt_string_info info;

	if (!subject_data(subject, &info, sizeof(info)))
		return;
	if (is_terminated(info.algo, sizeof(info.algo)) && strcmp(info.algo, "bm") &&
	    strcmp(info.algo, "kmp"))
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'string': the kernel has no algorithm '%s' for "
					    "this",
					    info.algo),
			     "write --algo bm or --algo kmp");
	if (info.patlen == 0)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'string': the string is empty"),
			     "give it at least one byte");
	if (info.from_offset > info.to_offset)
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", BACKEND_BOTH,
					    "match 'string': --from %u is behind --to %u",
					    info.from_offset, info.to_offset),
			     "exchange them");
}

static bool is_port_test(const __u16 *ports, bool inverted)
{
	return ports[0] != 0 || ports[1] != UINT16_MAX || inverted;
}

/* nft hands a -m tcp without an option, or with --tcp-option, to the kernel's match. */
bool is_native_tcp(const struct subject *subject)
{
	struct xt_tcp info;

	if (!subject_data(subject, &info, sizeof(info)) || info.option ||
	    (info.invflags & XT_TCP_INV_OPTION))
		return false;
	return is_port_test(info.spts, info.invflags & XT_TCP_INV_SRCPT) ||
	       is_port_test(info.dpts, info.invflags & XT_TCP_INV_DSTPT) || info.flg_mask ||
	       (info.invflags & XT_TCP_INV_FLAGS);
}

bool is_native_udp(const struct subject *subject)
{
	struct xt_udp info;

	return subject_data(subject, &info, sizeof(info)) &&
	       (is_port_test(info.spts, info.invflags & XT_UDP_INV_SRCPT) ||
		is_port_test(info.dpts, info.invflags & XT_UDP_INV_DSTPT));
}
