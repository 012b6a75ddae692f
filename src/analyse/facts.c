/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts.  Sources: iptables-extensions(8), and loads of each target and match in
 * a network namespace with the packet counters of the next rule as the judge.
 *
 * What stands in no table is taken for able to do everything.
 */
#include "analyse/facts.h"

#include <string.h>

/* Sorted by name. */
static const struct target_facts targets[] = {
	{ "AUDIT", ENDS_NEVER, 0, false },
	{ "CHECKSUM", ENDS_NEVER, FIELD_HEADER, false },
	{ "CLASSIFY", ENDS_NEVER, 0, false },
	{ "CONNMARK", ENDS_NEVER, FIELD_MARK | FIELD_CONNMARK, false },
	{ "CONNSECMARK", ENDS_NEVER, 0, false },
	{ "CT", ENDS_NEVER, FIELD_CONNTRACK | FIELD_CONNMARK, false },
	{ "DNAT", ENDS_ALWAYS, FIELD_ALL, false },
	{ "DNPT", ENDS_NEVER, FIELD_ALL, false },
	{ "DSCP", ENDS_NEVER, FIELD_HEADER, false },
	{ "ECN", ENDS_NEVER, FIELD_HEADER | FIELD_TRANSPORT, false },
	{ "HL", ENDS_NEVER, FIELD_HEADER, false },
	{ "HMARK", ENDS_NEVER, FIELD_MARK, false },
	{ "IDLETIMER", ENDS_NEVER, 0, false },
	{ "LED", ENDS_NEVER, 0, false },
	{ "LOG", ENDS_NEVER, 0, false },
	{ "MARK", ENDS_NEVER, FIELD_MARK, false },
	{ "MASQUERADE", ENDS_ALWAYS, FIELD_ALL, false },
	{ "NETMAP", ENDS_ALWAYS, FIELD_ALL, false },
	{ "NFLOG", ENDS_NEVER, 0, false },
	{ "NFQUEUE", ENDS_ALWAYS, 0, false },
	{ "NOTRACK", ENDS_NEVER, FIELD_CONNTRACK | FIELD_CONNMARK, false },
	{ "RATEEST", ENDS_NEVER, 0, false },
	{ "REDIRECT", ENDS_ALWAYS, FIELD_ALL, false },
	{ "REJECT", ENDS_ALWAYS, 0, false },
	{ "SECMARK", ENDS_NEVER, 0, false },
	{ "SET", ENDS_NEVER, FIELD_SET | FIELD_MARK, false },
	{ "SNAT", ENDS_ALWAYS, FIELD_ALL, false },
	{ "SNPT", ENDS_NEVER, FIELD_ALL, false },
	{ "TCPMSS", ENDS_NEVER, FIELD_OPTIONS, false },
	{ "TCPOPTSTRIP", ENDS_NEVER, FIELD_OPTIONS, false },
	{ "TEE", ENDS_NEVER, 0, false },
	{ "TOS", ENDS_NEVER, FIELD_HEADER, false },
	{ "TPROXY", ENDS_ALWAYS, FIELD_ALL, false },
	{ "TRACE", ENDS_NEVER, 0, false },
	{ "TTL", ENDS_NEVER, FIELD_HEADER, false },
	{ "ULOG", ENDS_NEVER, 0, false },
};

static const struct target_facts any_target = { "", ENDS_SOMETIMES, FIELD_ALL, true };

#define READS_ADDRESSES (FIELD_SRC | FIELD_DST)

/* Against counters of the set, and lookups that leave some members out. */
static const char *const set_free[] = { "--packets-", "--bytes-", "--update-", "--return-", NULL };
/* These change while the packet is on its way through the chain. */
static const char *const conntrack_free[] = { "--ctexpire", "--ctstatus", NULL };
static const char *const bpf_free[] = { "--object-pinned", NULL };

/* Sorted by name. */
static const struct match_facts matches[] = {
	{ "addrtype", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK, NULL },
	{ "ah", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "asn", ANSWER_FREE, 0, NULL },
	{ "bpf", ANSWER_PURE, FIELD_ALL, bpf_free },
	{ "cgroup", ANSWER_PURE, FIELD_SOCKET, NULL },
	{ "cluster", ANSWER_FREE, 0, NULL },
	{ "comment", ANSWER_ALWAYS_YES, 0, NULL },
	{ "condition", ANSWER_FREE, 0, NULL },
	{ "connbytes", ANSWER_FREE, 0, NULL },
	{ "connlabel", ANSWER_FREE, 0, NULL },
	{ "connlimit", ANSWER_FREE, 0, NULL },
	{ "connmark", ANSWER_PURE, FIELD_CONNMARK | FIELD_CONNTRACK, NULL },
	{ "conntrack", ANSWER_PURE, FIELD_CONNTRACK | FIELD_CONNMARK, conntrack_free },
	{ "cpu", ANSWER_FREE, 0, NULL },
	{ "dccp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "devgroup", ANSWER_PURE, FIELD_LINK, NULL },
	{ "dscp", ANSWER_PURE, FIELD_HEADER, NULL },
	{ "dst", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "ecn", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "esp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "eui64", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK, NULL },
	{ "frag", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "fuzzy", ANSWER_FREE, 0, NULL },
	{ "geoip", ANSWER_FREE, 0, NULL },
	{ "hashlimit", ANSWER_FREE, 0, NULL },
	{ "hbh", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "helper", ANSWER_PURE, FIELD_CONNTRACK, NULL },
	{ "hl", ANSWER_PURE, FIELD_HEADER, NULL },
	{ "icmp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "icmp6", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "iface", ANSWER_FREE, 0, NULL },
	{ "ipcomp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "ipp2p", ANSWER_FREE, 0, NULL },
	{ "iprange", ANSWER_PURE, READS_ADDRESSES, NULL },
	{ "ipv6header", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "ipvs", ANSWER_FREE, 0, NULL },
	{ "length", ANSWER_PURE, FIELD_HEADER | FIELD_OPTIONS, NULL },
	{ "limit", ANSWER_FREE, 0, NULL },
	{ "mac", ANSWER_PURE, FIELD_LINK, NULL },
	{ "mark", ANSWER_PURE, FIELD_MARK, NULL },
	{ "mh", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "multiport", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "nfacct", ANSWER_FREE, 0, NULL },
	{ "osf", ANSWER_FREE, 0, NULL },
	{ "owner", ANSWER_PURE, FIELD_SOCKET, NULL },
	{ "physdev", ANSWER_PURE, FIELD_LINK, NULL },
	{ "pkttype", ANSWER_PURE, FIELD_LINK, NULL },
	{ "policy", ANSWER_PURE, FIELD_LINK | READS_ADDRESSES, NULL },
	{ "psd", ANSWER_FREE, 0, NULL },
	{ "quota", ANSWER_FREE, 0, NULL },
	{ "quota2", ANSWER_FREE, 0, NULL },
	{ "rateest", ANSWER_FREE, 0, NULL },
	{ "realm", ANSWER_PURE, FIELD_LINK, NULL },
	{ "recent", ANSWER_FREE, 0, NULL },
	{ "rpfilter", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK | FIELD_MARK | FIELD_HEADER, NULL },
	{ "rt", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL },
	{ "sctp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
	{ "set", ANSWER_PURE,
	  FIELD_SET | READS_ADDRESSES | FIELD_TRANSPORT | FIELD_LINK | FIELD_MARK, set_free },
	{ "socket", ANSWER_FREE, 0, NULL },
	{ "statistic", ANSWER_FREE, 0, NULL },
	{ "string", ANSWER_PURE, FIELD_ALL & ~(FIELD_MARK | FIELD_CONNMARK | FIELD_CONNTRACK),
	  NULL },
	{ "tcp", ANSWER_PURE, FIELD_TRANSPORT | FIELD_OPTIONS, NULL },
	{ "tcpmss", ANSWER_PURE, FIELD_OPTIONS, NULL },
	{ "time", ANSWER_FREE, 0, NULL },
	{ "tos", ANSWER_PURE, FIELD_HEADER, NULL },
	{ "ttl", ANSWER_PURE, FIELD_HEADER, NULL },
	{ "u32", ANSWER_PURE, FIELD_ALL & ~(FIELD_MARK | FIELD_CONNMARK | FIELD_CONNTRACK), NULL },
	{ "udp", ANSWER_PURE, FIELD_TRANSPORT, NULL },
};

static const struct match_facts any_match = { "", ANSWER_FREE, 0, NULL };

const struct target_facts *target_facts(const char *real_name)
{
	size_t low = 0, high = sizeof(targets) / sizeof(targets[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(real_name, targets[middle].name);

		if (order == 0)
			return &targets[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return &any_target;
}

const struct match_facts *match_facts(const char *real_name)
{
	size_t low = 0, high = sizeof(matches) / sizeof(matches[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(real_name, matches[middle].name);

		if (order == 0)
			return &matches[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return &any_match;
}

unsigned match_writes(const struct match_facts *facts, const char *text)
{
	if (facts == &any_match)
		return FIELD_ALL;
	/* a label is read by connlabel alone, whose answer is free anyway */
	if (!strcmp(facts->name, "socket") && strstr(text, "--restore-skmark"))
		return FIELD_MARK;
	return 0;
}
