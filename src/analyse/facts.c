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
	{ "DNPT", ENDS_SOMETIMES, FIELD_ALL, false },
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
	{ "SNPT", ENDS_SOMETIMES, FIELD_ALL, false },
	{ "SYNPROXY", ENDS_SOMETIMES, 0, false },
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
/* The clock goes on while the packet is on its way through the chain. */
static const char *const ctexpire_free[] = { "--ctexpire", NULL };
static const char *const bpf_free[] = { "--object-pinned", NULL };

/* Sorted by name. */
static const struct match_facts matches[] = {
	{ "addrtype", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK, NULL, NEGATION_EXCLUDES },
	{ "ah", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_EXCLUDES },
	{ "asn", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "bpf", ANSWER_PURE, FIELD_ALL, bpf_free, NEGATION_UNRELATED },
	{ "cgroup", ANSWER_PURE, FIELD_SOCKET, NULL, NEGATION_EXCLUDES },
	{ "cluster", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "comment", ANSWER_ALWAYS_YES, 0, NULL, NEGATION_UNRELATED },
	{ "condition", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "connbytes", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "connlabel", ANSWER_PURE, FIELD_CONNTRACK | FIELD_LABEL, NULL, NEGATION_EXCLUDES },
	{ "connlimit", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "connmark", ANSWER_PURE, FIELD_CONNMARK | FIELD_CONNTRACK, NULL, NEGATION_EXCLUDES },
	{ "conntrack", ANSWER_PURE, FIELD_CONNTRACK | FIELD_CONNMARK, ctexpire_free,
	  NEGATION_EXCLUDES },
	{ "cpu", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "dccp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "devgroup", ANSWER_PURE, FIELD_LINK, NULL, NEGATION_EXCLUDES },
	{ "dscp", ANSWER_PURE, FIELD_HEADER, NULL, NEGATION_COMPLEMENTS },
	{ "dst", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "ecn", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_EXCLUDES },
	{ "esp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_EXCLUDES },
	{ "eui64", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK, NULL, NEGATION_UNRELATED },
	{ "frag", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "fuzzy", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "geoip", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "hashlimit", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "hbh", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "helper", ANSWER_PURE, FIELD_CONNTRACK, NULL, NEGATION_EXCLUDES },
	{ "hl", ANSWER_PURE, FIELD_HEADER, NULL, NEGATION_COMPLEMENTS },
	{ "icmp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "icmp6", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "iface", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "ipcomp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_EXCLUDES },
	{ "ipp2p", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "iprange", ANSWER_PURE, READS_ADDRESSES, NULL, NEGATION_UNRELATED },
	{ "ipv6header", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "ipvs", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "length", ANSWER_PURE, FIELD_HEADER | FIELD_OPTIONS, NULL, NEGATION_COMPLEMENTS },
	{ "limit", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "mac", ANSWER_PURE, FIELD_LINK, NULL, NEGATION_EXCLUDES },
	{ "mark", ANSWER_PURE, FIELD_MARK, NULL, NEGATION_COMPLEMENTS },
	{ "mh", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "multiport", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "nfacct", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "osf", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "owner", ANSWER_PURE, FIELD_SOCKET, NULL, NEGATION_EXCLUDES },
	{ "physdev", ANSWER_PURE, FIELD_LINK, NULL, NEGATION_UNRELATED },
	{ "pkttype", ANSWER_PURE, FIELD_LINK, NULL, NEGATION_EXCLUDES },
	{ "policy", ANSWER_PURE, FIELD_LINK | READS_ADDRESSES, NULL, NEGATION_UNRELATED },
	{ "psd", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "quota", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "quota2", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "rateest", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "realm", ANSWER_PURE, FIELD_LINK, NULL, NEGATION_EXCLUDES },
	{ "recent", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "rpfilter", ANSWER_PURE, READS_ADDRESSES | FIELD_LINK | FIELD_MARK | FIELD_HEADER, NULL,
	  NEGATION_UNRELATED },
	{ "rt", ANSWER_PURE, FIELD_HEADER | FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "sctp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
	{ "set", ANSWER_PURE,
	  FIELD_SET | READS_ADDRESSES | FIELD_TRANSPORT | FIELD_LINK | FIELD_MARK, set_free,
	  NEGATION_EXCLUDES },
	{ "socket", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "statistic", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "string", ANSWER_PURE, FIELD_ALL & ~(FIELD_MARK | FIELD_CONNMARK | FIELD_CONNTRACK), NULL,
	  NEGATION_EXCLUDES },
	{ "tcp", ANSWER_PURE, FIELD_TRANSPORT | FIELD_OPTIONS, NULL, NEGATION_UNRELATED },
	{ "tcpmss", ANSWER_PURE, FIELD_OPTIONS, NULL, NEGATION_EXCLUDES },
	{ "time", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED },
	{ "tos", ANSWER_PURE, FIELD_HEADER, NULL, NEGATION_COMPLEMENTS },
	{ "ttl", ANSWER_PURE, FIELD_HEADER, NULL, NEGATION_COMPLEMENTS },
	{ "u32", ANSWER_PURE, FIELD_ALL & ~(FIELD_MARK | FIELD_CONNMARK | FIELD_CONNTRACK), NULL,
	  NEGATION_EXCLUDES },
	{ "udp", ANSWER_PURE, FIELD_TRANSPORT, NULL, NEGATION_UNRELATED },
};

static const struct match_facts any_match = { "", ANSWER_FREE, 0, NULL, NEGATION_UNRELATED };

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
	if (!strcmp(facts->name, "connlabel") && strstr(text, "--set"))
		return FIELD_LABEL;
	if (!strcmp(facts->name, "socket") && strstr(text, "--restore-skmark"))
		return FIELD_MARK;
	return 0;
}
