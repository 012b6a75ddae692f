/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that people write without their match, target or protocol.
 * Source: iptables-extensions(8).
 */
#include "bind/hints.h"

#include <stddef.h>
#include <string.h>

#define PORTS "'-p tcp', '-p udp' or another protocol with ports has to stand before it"
#define LIST  "'-m multiport' has to stand before it"
#define TCP   "'-p tcp' has to stand before it"

static const struct {
	const char *name;
	const char *hint;
} hints[] = {
	{ "dport", PORTS },
	{ "sport", PORTS },
	{ "destination-port", PORTS },
	{ "source-port", PORTS },
	{ "dports", LIST },
	{ "sports", LIST },
	{ "ports", LIST },
	{ "tcp-flags", TCP },
	{ "syn", TCP },
	{ "tcp-option", TCP },
	{ "icmp-type", "'-p icmp' has to stand before it" },
	{ "icmpv6-type", "'-p ipv6-icmp' has to stand before it" },
	{ "state", "'-m state' has to stand before it ('-m conntrack --ctstate' is newer)" },
	{ "ctstate", "'-m conntrack' has to stand before it" },
	{ "comment", "'-m comment' has to stand before it" },
	{ "limit", "'-m limit' has to stand before it" },
	{ "limit-burst", "'-m limit' has to stand before it" },
	{ "mac-source", "'-m mac' has to stand before it" },
	{ "mark", "'-m mark' has to stand before it" },
	{ "match-set", "'-m set' has to stand before it" },
	{ "src-range", "'-m iprange' has to stand before it" },
	{ "dst-range", "'-m iprange' has to stand before it" },
	{ "src-type", "'-m addrtype' has to stand before it" },
	{ "dst-type", "'-m addrtype' has to stand before it" },
	{ "uid-owner", "'-m owner' has to stand before it" },
	{ "gid-owner", "'-m owner' has to stand before it" },
	{ "string", "'-m string' has to stand before it" },
	{ "log-prefix", "'-j LOG' has to stand before it" },
	{ "log-level", "'-j LOG' has to stand before it" },
	{ "reject-with", "'-j REJECT' has to stand before it" },
	{ "to-destination", "'-j DNAT' has to stand before it" },
	{ "to-source", "'-j SNAT' has to stand before it" },
	{ "to-ports", "'-j REDIRECT' or '-j MASQUERADE' has to stand before it" },
	{ "set-mark", "'-j MARK' or '-j CONNMARK' has to stand before it" },
	{ "set-mss", "'-j TCPMSS' has to stand before it" },
	{ "clamp-mss-to-pmtu", "'-j TCPMSS' has to stand before it" },
};

#define N_HINTS (sizeof(hints) / sizeof(*hints))

const char *hint_for_option(const char *name, bool *protocol)
{
	for (size_t i = 0; i < N_HINTS; i++) {
		if (strcmp(hints[i].name, name) != 0)
			continue;
		*protocol = strncmp(hints[i].hint, "'-p ", 4) == 0;
		return hints[i].hint;
	}
	return NULL;
}

void hint_each_option(void (*offer)(void *context, const char *name), void *context)
{
	for (size_t i = 0; i < N_HINTS; i++)
		offer(context, hints[i].name);
}
