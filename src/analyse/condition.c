/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes the tests of a rule apart.  What is not understood makes the condition
 * inexact; what is left out only makes the set of packets seem larger, never smaller.
 *
 * Sources: iptables-extensions(8) and the structures of linux/netfilter/xt_*.h.
 */
#include "analyse/condition.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <stddef.h>
#include <string.h>

#include "analyse/facts.h"

#define PORT_MAX 65535

static void ports_set_range(struct port_set *set, uint16_t low, uint16_t high, bool inverted)
{
	set->any = false;
	set->n = 0;
	if (low > high) { /* holds for no port */
		set->any = inverted;
		return;
	}
	if (!inverted) {
		set->ranges[set->n++] = (struct port_range){ low, high };
		set->any = low == 0 && high == PORT_MAX;
		return;
	}
	if (low > 0)
		set->ranges[set->n++] = (struct port_range){ 0, (uint16_t)(low - 1) };
	if (high < PORT_MAX)
		set->ranges[set->n++] = (struct port_range){ (uint16_t)(high + 1), PORT_MAX };
}

/* Keeps what is in OTHER too; false if the result has too many pieces (SET is then
 * left as it was: too large, never too small). */
static bool ports_intersect(struct port_set *set, const struct port_set *other)
{
	struct port_set both = { false, 0, { { 0, 0 } } };

	if (other->any)
		return true;
	if (set->any) {
		*set = *other;
		return true;
	}
	for (unsigned i = 0; i < set->n; i++) {
		for (unsigned j = 0; j < other->n; j++) {
			uint16_t low = set->ranges[i].low, high = set->ranges[i].high;

			if (other->ranges[j].low > low)
				low = other->ranges[j].low;
			if (other->ranges[j].high < high)
				high = other->ranges[j].high;
			if (low > high)
				continue;
			if (both.n == CONDITION_RANGES)
				return false;
			both.ranges[both.n++] = (struct port_range){ low, high };
		}
	}
	*set = both;
	return true;
}

static bool ports_empty(const struct port_set *set)
{
	return !set->any && set->n == 0;
}

static void add_ports(struct condition *c, struct port_set *set, const struct port_set *more)
{
	if (!ports_intersect(set, more))
		c->exact = false;
	if (ports_empty(set))
		c->empty = true;
}

static void add_port_pair(struct condition *c, struct port_set *set, const uint16_t pair[2],
			  bool inverted)
{
	struct port_set range = { false, 0, { { 0, 0 } } };

	ports_set_range(&range, pair[0], pair[1], inverted);
	add_ports(c, set, &range);
}

static bool asks_ports(const uint16_t pair[2], bool inverted)
{
	return inverted || pair[0] != 0 || pair[1] != PORT_MAX;
}

static void add_flags(struct condition *c, uint8_t mask, uint8_t wanted, bool inverted)
{
	uint64_t any = 0;

	memset(c->flags, 0, sizeof(c->flags));
	for (unsigned value = 0; value < 256; value++) {
		if (((value & mask) == wanted) != inverted) {
			c->flags[value / 64] |= (uint64_t)1 << (value % 64);
			any = 1;
		}
	}
	c->has_flags = true;
	if (!any)
		c->empty = true;
	if (mask & 0xc0) /* the two bits that the ECN target can clear */
		c->reads |= FIELD_HEADER;
}

/* What a -m tcp or -m udp can ask for. */
enum port_field {
	ASKS_SPORT = 1 << 0,
	ASKS_DPORT = 1 << 1,
	ASKS_FLAGS = 1 << 2,
	ASKS_OPTION = 1 << 3,
};

/*
 * Several -m tcp of one rule all have to hold.  But nft makes one of them, and where
 * two ask for the same thing it prints the last one only: such a rule is left alone.
 */
static bool asks_twice(struct condition *c, unsigned asked)
{
	if (c->asked & asked) {
		c->silent = true;
		c->exact = false;
		return true;
	}
	c->asked |= (uint8_t)asked;
	return false;
}

static bool protocol_is(const struct condition *c, unsigned protocol)
{
	return c->rule->protocol == protocol && !(c->rule->inverted & RULE_NOT_PROTOCOL);
}

/* The rule as a whole is bare only as long as no port match asks for anything. */
static void count_port_match(struct condition *c)
{
	c->bare = !c->asked;
	c->transport |= c->asked != 0;
	c->reads |= FIELD_TRANSPORT;
}

static void read_tcp(struct condition *c, const struct match *match)
{
	struct xt_tcp tcp;
	bool not_sport, not_dport, not_flags;

	if (!protocol_is(c, IPPROTO_TCP) || !match_data(match, &tcp, sizeof(tcp))) {
		c->exact = false;
		return;
	}
	not_sport = tcp.invflags & XT_TCP_INV_SRCPT;
	not_dport = tcp.invflags & XT_TCP_INV_DSTPT;
	not_flags = tcp.invflags & XT_TCP_INV_FLAGS;
	if (asks_twice(c, (asks_ports(tcp.spts, not_sport) ? ASKS_SPORT : 0) |
				  (asks_ports(tcp.dpts, not_dport) ? ASKS_DPORT : 0) |
				  (tcp.flg_mask || tcp.flg_cmp || not_flags ? ASKS_FLAGS : 0) |
				  (tcp.option ? ASKS_OPTION : 0)))
		return;
	add_port_pair(c, &c->sport, tcp.spts, not_sport);
	add_port_pair(c, &c->dport, tcp.dpts, not_dport);
	if (tcp.flg_mask || tcp.flg_cmp || not_flags)
		add_flags(c, tcp.flg_mask, tcp.flg_cmp, not_flags);
	if (tcp.option) {
		c->tcp_option = tcp.option;
		c->tcp_option_inverted = tcp.invflags & XT_TCP_INV_OPTION;
		c->reads |= FIELD_OPTIONS;
	}
	count_port_match(c);
}

static void read_udp(struct condition *c, const struct match *match)
{
	struct xt_udp udp;
	bool not_sport, not_dport;

	if (!protocol_is(c, IPPROTO_UDP) || !match_data(match, &udp, sizeof(udp))) {
		c->exact = false;
		return;
	}
	not_sport = udp.invflags & XT_UDP_INV_SRCPT;
	not_dport = udp.invflags & XT_UDP_INV_DSTPT;
	if (asks_twice(c, (asks_ports(udp.spts, not_sport) ? ASKS_SPORT : 0) |
				  (asks_ports(udp.dpts, not_dport) ? ASKS_DPORT : 0)))
		return;
	add_port_pair(c, &c->sport, udp.spts, not_sport);
	add_port_pair(c, &c->dport, udp.dpts, not_dport);
	count_port_match(c);
}

static void add_literal(struct condition *c, const struct match *match, unsigned reads)
{
	if (c->n_literals == CONDITION_LITERALS) {
		c->exact = false;
		return;
	}
	c->literals[c->n_literals++] = match;
	c->reads |= reads;
}

/* The listed ports as a set; false if they are not in rising order without overlap. */
static bool multiport_set(const struct xt_multiport_v1 *ports, struct port_set *set)
{
	unsigned n = ports->count < XT_MULTI_PORTS ? ports->count : XT_MULTI_PORTS;
	struct port_set piece = { false, 0, { { 0, 0 } } };

	/* the complement is what is outside of every piece */
	*set = (struct port_set){ .any = true };
	for (unsigned i = 0; i < n; i++) {
		uint16_t low = ports->ports[i], high = low;

		if (ports->pflags[i] && i + 1 < n)
			high = ports->ports[++i];
		ports_set_range(&piece, low, high, true);
		if (!ports_intersect(set, &piece))
			return false;
	}
	return true;
}

static void ports_complement(struct port_set *set)
{
	struct port_set inside = *set, piece = { false, 0, { { 0, 0 } } };
	uint32_t next = 0;

	if (inside.any) {
		set->any = false;
		set->n = 0;
		return;
	}
	for (unsigned i = 0; i < inside.n; i++) {
		if (inside.ranges[i].low > next)
			piece.ranges[piece.n++] =
				(struct port_range){ (uint16_t)next,
						     (uint16_t)(inside.ranges[i].low - 1) };
		next = (uint32_t)inside.ranges[i].high + 1;
	}
	if (next <= PORT_MAX)
		piece.ranges[piece.n++] = (struct port_range){ (uint16_t)next, PORT_MAX };
	piece.any = piece.n == 1 && piece.ranges[0].low == 0 && piece.ranges[0].high == PORT_MAX;
	*set = piece;
}

static void read_multiport(struct condition *c, const struct match *match)
{
	struct xt_multiport_v1 ports;
	struct port_set set;

	if (match->revision != 1 || !match_data(match, &ports, sizeof(ports)) ||
	    ports.flags == XT_MULTIPORT_EITHER || !multiport_set(&ports, &set)) {
		add_literal(c, match, FIELD_TRANSPORT);
		return;
	}
	if (!ports.invert)
		ports_complement(&set);
	add_ports(c, ports.flags == XT_MULTIPORT_SOURCE ? &c->sport : &c->dport, &set);
	c->reads |= FIELD_TRANSPORT;
	c->transport = true;
}

/* The same layout for both families. */
struct icmp_data {
	uint8_t type;
	uint8_t code[2];
	uint8_t inverted;
};

static void read_icmp(struct condition *c, const struct match *match, bool v6)
{
	struct icmp_data icmp;

	if (c->icmp.given || !match_data(match, &icmp, sizeof(icmp)) ||
	    !protocol_is(c, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		c->exact = false;
		return;
	}
	c->icmp.given = true;
	c->icmp.type = icmp.type;
	c->icmp.any = icmp.type == 0xff && !v6;
	c->icmp.low = icmp.code[0];
	c->icmp.high = icmp.code[1];
	c->icmp.inverted = icmp.inverted & 1;
	c->transport = true;
	c->reads |= FIELD_TRANSPORT;
	if (c->icmp.any && c->icmp.inverted)
		c->empty = true;
	if (icmp.code[0] > icmp.code[1])
		c->silent = true;
}

static uint8_t states_of_mask(unsigned mask)
{
	uint8_t states = 0;

	if (mask & XT_CONNTRACK_STATE_INVALID)
		states |= STATE_INVALID;
	if (mask & XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED))
		states |= STATE_ESTABLISHED;
	if (mask & XT_CONNTRACK_STATE_BIT(IP_CT_RELATED))
		states |= STATE_RELATED;
	if (mask & XT_CONNTRACK_STATE_BIT(IP_CT_NEW))
		states |= STATE_NEW;
	if (mask & XT_CONNTRACK_STATE_UNTRACKED)
		states |= STATE_UNTRACKED;
	return states;
}

/* Only a plain list of states; false for everything else that conntrack can test. */
static bool read_states(struct condition *c, const struct match *match)
{
	struct xt_conntrack_mtinfo3 data;
	unsigned flags, mask;
	uint8_t states;

	if (match->revision != 3 || !match_data(match, &data, sizeof(data)))
		return false;
	flags = data.match_flags & ~(unsigned)XT_CONNTRACK_STATE_ALIAS;
	mask = data.state_mask;
	if (flags != XT_CONNTRACK_STATE ||
	    (mask & (XT_CONNTRACK_STATE_SNAT | XT_CONNTRACK_STATE_DNAT)))
		return false;
	states = states_of_mask(mask);
	if (data.invert_flags & XT_CONNTRACK_STATE)
		states = STATE_ANY & ~states;
	c->states &= states;
	c->reads |= FIELD_CONNTRACK;
	if (!c->states)
		c->empty = true;
	return true;
}

static bool has_free_option(const struct match_facts *facts, const char *text)
{
	for (const char *const *option = facts->free_options; option && *option; option++) {
		if (strstr(text, *option))
			return true;
	}
	return false;
}

static void read_match(struct condition *c, const struct match *match)
{
	const struct match_facts *facts = match_facts(match->real_name);

	c->writes |= match_writes(facts, match->text);
	if (facts->answer == ANSWER_ALWAYS_YES)
		return;
	if (facts->answer == ANSWER_FREE || match->undecided ||
	    has_free_option(facts, match->text)) {
		c->exact = false;
		return;
	}
	if (!strcmp(facts->name, "tcp"))
		read_tcp(c, match);
	else if (!strcmp(facts->name, "udp"))
		read_udp(c, match);
	else if (!strcmp(facts->name, "multiport"))
		read_multiport(c, match);
	else if (!strcmp(facts->name, "icmp"))
		read_icmp(c, match, false);
	else if (!strcmp(facts->name, "icmp6"))
		read_icmp(c, match, true);
	else if (strcmp(facts->name, "conntrack") || !read_states(c, match))
		add_literal(c, match, facts->reads);
}

static bool is_any_interface(const char *name)
{
	return !name || !strcmp(name, "+");
}

void condition_read(struct condition *c, enum family family, const struct rule *rule)
{
	/* the arrays at the end are long, and hold nothing that is not counted */
	memset(c, 0, offsetof(struct condition, flags));
	c->rule = rule;
	c->family = family;
	c->exact = !rule->unbound;
	c->silent = rule->unbound;
	c->states = STATE_ANY;
	c->sport.any = c->dport.any = true;
	c->sport.n = c->dport.n = 0;
	if (rule->unbound)
		return;
	for (const struct match *match = rule->matches; match; match = match->next)
		read_match(c, match);
	if (rule->src)
		c->reads |= FIELD_SRC;
	if (rule->dst)
		c->reads |= FIELD_DST;
	if (rule->protocol || rule->fragment)
		c->reads |= FIELD_TRANSPORT;
	if (!is_any_interface(rule->in) || !is_any_interface(rule->out))
		c->reads |= FIELD_LINK;
	if ((rule->src && rule->src->host) || (rule->dst && rule->dst->host))
		c->exact = false;
	/* "! -i +" is no test for one back end and holds never for the other */
	if ((is_any_interface(rule->in) && (rule->inverted & RULE_NOT_IN)) ||
	    (is_any_interface(rule->out) && (rule->inverted & RULE_NOT_OUT)))
		c->silent = true;
	if (rule->fragment && !(rule->inverted & RULE_NOT_FRAGMENT) && c->transport)
		c->empty = true;
	if (c->silent)
		c->exact = false;
}
