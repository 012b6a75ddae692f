/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyse/rule_values.h"

#include <linux/netfilter/xt_tcpudp.h>

#include "analyse/facts.h"

/* Length of a mask without holes; 0 for any other. */
static unsigned mask_length(struct space *space, const union address *mask)
{
	wide free_bits = ~space_address(space, mask) & set_high(space_domain(space, VAR_SRC));
	unsigned bits = space_family(space) == FAMILY_IPV6 ? 128 : 32;

	if (free_bits & (free_bits + 1))
		return 0;
	return bits - (unsigned)__builtin_popcountll((uint64_t)free_bits) -
	       (unsigned)__builtin_popcountll((uint64_t)(free_bits >> 64));
}

static bool name_address(struct space *space, const struct prefix *prefix, bool inverted,
			 wide *value, uint8_t *len)
{
	if (!prefix || inverted || prefix_host(prefix))
		return false;
	*len = (uint8_t)mask_length(space, prefix->mask);
	*value = space_address(space, &prefix->address);
	return *len > 0;
}

static bool name_interface(struct space *space, const char *name, bool inverted, uint32_t *number)
{
	const struct set *set;

	if (!name || inverted)
		return false;
	set = interfaces_find(space_interfaces(space), name);
	if (!set || set_low(set) != set_high(set))
		return false;
	*number = (uint32_t)set_low(set);
	return true;
}

static bool name_dport(struct space *space, const struct rule *rule, uint32_t *port)
{
	const struct match *match = rule->matches;
	struct xt_tcp tcp;
	struct xt_udp udp;

	if (!match || match->revision != 0)
		return false;
	switch (space_know(space, match)->kind) {
	case MATCH_TCP:
		if (!match_data(match, &tcp, sizeof(tcp)) || (tcp.invflags & XT_TCP_INV_DSTPT))
			return false;
		*port = tcp.dpts[0];
		return tcp.dpts[0] == tcp.dpts[1];
	case MATCH_UDP:
		if (!match_data(match, &udp, sizeof(udp)) || (udp.invflags & XT_UDP_INV_DSTPT))
			return false;
		*port = udp.dpts[0];
		return udp.dpts[0] == udp.dpts[1];
	default:
		return false;
	}
}

static bool name_literal(struct space *space, const struct rule *rule, uint32_t *variable)
{
	const struct set *answer;

	for (const struct match *match = rule->matches; match; match = match->next) {
		const struct match_knowledge *known = space_know(space, match);

		if (known->kind != MATCH_OFTEN_LISTED || match->undecided ||
		    known->facts->free_options)
			continue;
		*variable = space_literal(space, match, &answer);
		return set_low(answer) == ANSWER_YES;
	}
	return false;
}

void rule_values(struct space *space, const struct rule *rule, struct values *values)
{
	values->names = 0;
	if (rule->unbound)
		return;
	if (name_address(space, rule->src, rule->inverted & RULE_NOT_SRC, &values->src,
			 &values->src_len))
		values->names |= NAMES_SRC;
	if (name_address(space, rule->dst, rule->inverted & RULE_NOT_DST, &values->dst,
			 &values->dst_len))
		values->names |= NAMES_DST;
	if (rule->protocol && !(rule->inverted & RULE_NOT_PROTOCOL)) {
		values->names |= NAMES_PROTOCOL;
		values->protocol = rule->protocol;
	}
	if (name_interface(space, rule->in, rule->inverted & RULE_NOT_IN, &values->in))
		values->names |= NAMES_IN;
	if (name_interface(space, rule->out, rule->inverted & RULE_NOT_OUT, &values->out))
		values->names |= NAMES_OUT;
	if (name_dport(space, rule, &values->dport))
		values->names |= NAMES_DPORT;
	if (name_literal(space, rule, &values->literal))
		values->names |= NAMES_LITERAL;
}
