/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the ranges of DNAT and REDIRECT.
 */
#include "lint/translation.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_nat.h>
#include <string.h>

#include "analyse/analysis.h"
#include "trace/effect.h"
#include "trace/packet.h"

static uint16_t port_of(const union nf_conntrack_man_proto *port)
{
	return ntohs(port->all);
}

bool translation_read(struct translation *translation, const struct unit *unit,
		      const struct interest *interest)
{
	const struct reach *reach = analysis_reach(unit->analysis, interest->table);
	struct nf_nat_range range;
	union address low, high;

	memset(translation, 0, sizeof(*translation));
	translation->is_redirect = rule_has_target(interest->rule, "REDIRECT");
	if (!reach || (!translation->is_redirect && !rule_has_target(interest->rule, "DNAT")) ||
	    interest->rule->to.extension->undecided ||
	    !effect_range(interest->rule->to.extension, unit->family, &range))
		return false;
	translation->has_address =
		(range.flags & NF_NAT_RANGE_MAP_IPS) && !translation->is_redirect;
	translation->has_port = range.flags & NF_NAT_RANGE_PROTO_SPECIFIED;
	memcpy(&low, &range.min_addr, sizeof(low));
	memcpy(&high, &range.max_addr, sizeof(high));
	translation->low = space_address(reach_space(reach), &low);
	translation->high = space_address(reach_space(reach), &high);
	translation->port_low = port_of(&range.min_proto);
	translation->port_high = port_of(&range.max_proto);
	return translation->low <= translation->high &&
	       translation->port_low <= translation->port_high;
}

const struct set *loopback_addresses(struct scratch *scratch, enum family family)
{
	if (family == FAMILY_IPV6)
		return set_range(scratch, 1, 1);
	return set_range(scratch, (wide)127 << 24, ((wide)128 << 24) - 1);
}

bool translation_is_to_loopback(const struct translation *translation, const struct unit *unit)
{
	wide first = unit->family == FAMILY_IPV6 ? 1 : (wide)127 << 24;
	wide last = unit->family == FAMILY_IPV6 ? 1 : ((wide)128 << 24) - 1;

	return translation->has_address && translation->low >= first && translation->high <= last;
}

const char *translation_text(struct arena *arena, const struct unit *unit,
			     const struct translation *translation)
{
	const char *address = translation->has_address
				      ? packet_address(arena, unit->family, translation->low)
				      : NULL;
	bool is_v6 = unit->family == FAMILY_IPV6;

	if (!translation->has_port)
		return address ? address : "this host";
	if (!address)
		return arena_printf(arena, "port %u", translation->port_low);
	return arena_printf(arena, is_v6 ? "[%s]:%u" : "%s:%u", address, translation->port_low);
}

bool rule_is_plain(const struct rule *rule)
{
	static const char *const plain[] = {
		"tcp", "udp", "multiport", "comment", "icmp", "icmp6"
	};

	if (rule->unbound)
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		bool is_plain =
			!strcmp(match->real_name, "conntrack") &&
			!strstr(match->text, "--ctorig") && !strstr(match->text, "--ctrepl") &&
			!strstr(match->text, "--ctproto") && !strstr(match->text, "--ctstatus") &&
			!strstr(match->text, "--ctexpire") && !strstr(match->text, "--ctdir");

		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
			is_plain |= !strcmp(match->real_name, plain[i]);
		if (!is_plain || match->undecided)
			return false;
	}
	return true;
}

const struct set *network_interfaces(struct scratch *scratch, const struct space *space,
				     const char *name)
{
	wide last = set_high(space_domain(space, VAR_IN));
	uint32_t lo = interfaces_number(space_interfaces(space), "lo");
	struct range ranges[2] = { { INTERFACE_OTHER, last }, { 1, 0 } };

	if (name) {
		ranges[0].low = ranges[0].high = interfaces_number(space_interfaces(space), name);
	} else if (lo != INTERFACE_OTHER) { /* which no rule names, it is one of the others */
		ranges[0].high = lo - 1;
		ranges[1] = (struct range){ lo + 1, last };
	}
	return set_of(scratch, ranges, 2);
}

const char *path_interface(const struct path *path)
{
	for (unsigned i = 0; i < path->n_sites; i++) {
		const struct rule *rule = flow_rule(path->sites[i].caller, path->sites[i].position);

		if (rule->in && !(rule->inverted & RULE_NOT_IN) && !strchr(rule->in, '+'))
			return rule->in;
	}
	return NULL;
}
