/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * condition_covers() against every packet of a small world.
 *
 * The judge below evaluates a rule for one packet straight from the structures of
 * the kernel, one packet at a time, and shares no code with what it judges.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

#include "analyse/condition.h"
#include "analyse/facts.h"

/* ---- rules by chance ---- */

static uint64_t seed;

static unsigned chance(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % n);
}

/* A rule and all that it points to. */
struct made {
	struct rule rule;
	struct prefix src, dst;
	struct match matches[7];
	struct xt_tcp tcp;
	struct xt_tcp second;
	struct xt_udp udp;
	struct xt_multiport_v1 ports;
	struct xt_conntrack_mtinfo3 states;
	uint8_t icmp[4];
	unsigned n;
};

static const char *const names[] = { "eth0", "eth1", "wlan0" };
static const char *const patterns[] = { "eth0", "eth1", "eth+", "wlan+", "wlan0" };
static const uint16_t worlds_ports[] = { 0, 1, 2, 65535 };

static void add(struct made *made, const char *name, const char *text, const void *data,
		uint32_t size, uint8_t revision)
{
	struct match *match = &made->matches[made->n];

	match->name = match->real_name = name;
	match->text = text;
	match->data = data;
	match->data_size = match->data_len = match->compare_size = size;
	match->revision = revision;
	if (made->n)
		made->matches[made->n - 1].next = match;
	else
		made->rule.matches = match;
	made->n++;
}

static void make_prefix(struct made *made, const struct prefix **where, struct prefix *prefix,
			unsigned inversion)
{
	/* the lowest two bits are the world; masks need not be contiguous */
	prefix->mask.v4.s_addr = htonl(0xfffffffcu | chance(4));
	prefix->address.v4.s_addr = htonl(0x0a000000u + chance(4)) & prefix->mask.v4.s_addr;
	*where = prefix;
	if (chance(3) == 0)
		made->rule.inverted |= (uint8_t)inversion;
}

static void make_range(uint16_t range[2])
{
	unsigned low = chance(4), high = low + chance(4 - low);

	range[0] = worlds_ports[low];
	range[1] = worlds_ports[high];
}

static void make_tcp(struct made *made)
{
	made->tcp = (struct xt_tcp){ .spts = { 0, 65535 }, .dpts = { 0, 65535 } };
	if (chance(3) == 0)
		make_range(made->tcp.spts);
	if (chance(2) == 0)
		make_range(made->tcp.dpts);
	if (chance(3) == 0) {
		made->tcp.flg_mask = (uint8_t)(1 << chance(2) | 1 << chance(2));
		made->tcp.flg_cmp = made->tcp.flg_mask & (uint8_t)chance(4);
		made->tcp.invflags |= chance(3) ? 0 : XT_TCP_INV_FLAGS;
	}
	made->tcp.invflags |= (uint8_t)(chance(4) ? 0 : XT_TCP_INV_SRCPT);
	made->tcp.invflags |= (uint8_t)(chance(4) ? 0 : XT_TCP_INV_DSTPT);
	add(made, "tcp", "", &made->tcp, sizeof(made->tcp), 0);
	if (chance(4))
		return;
	made->second = (struct xt_tcp){ .spts = { 0, 65535 }, .dpts = { 0, 65535 } };
	make_range(chance(2) ? made->second.spts : made->second.dpts);
	add(made, "tcp", "", &made->second, sizeof(made->second), 0);
}

static void make_udp(struct made *made)
{
	made->udp = (struct xt_udp){ .spts = { 0, 65535 }, .dpts = { 0, 65535 } };
	if (chance(3) == 0)
		make_range(made->udp.spts);
	if (chance(2) == 0)
		make_range(made->udp.dpts);
	made->udp.invflags |= (uint8_t)(chance(4) ? 0 : XT_UDP_INV_DSTPT);
	add(made, "udp", "", &made->udp, sizeof(made->udp), 0);
}

static void make_multiport(struct made *made)
{
	unsigned n = 1 + chance(2);

	memset(&made->ports, 0, sizeof(made->ports));
	made->ports.flags = (uint8_t)chance(2);
	for (unsigned i = 0; i < n; i++) {
		unsigned low = chance(4), at = made->ports.count;

		made->ports.ports[at] = worlds_ports[low];
		made->ports.count++;
		if (chance(2)) {
			made->ports.pflags[at] = 1;
			made->ports.ports[at + 1] = worlds_ports[low + chance(4 - low)];
			made->ports.count++;
		}
	}
	made->ports.invert = chance(3) == 0;
	add(made, "multiport", "", &made->ports, sizeof(made->ports), 1);
}

static void make_states(struct made *made)
{
	static const unsigned bits[] = {
		XT_CONNTRACK_STATE_INVALID,
		XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED),
		XT_CONNTRACK_STATE_BIT(IP_CT_RELATED),
		XT_CONNTRACK_STATE_BIT(IP_CT_NEW),
		XT_CONNTRACK_STATE_UNTRACKED,
		XT_CONNTRACK_STATE_DNAT,
	};

	memset(&made->states, 0, sizeof(made->states));
	made->states.match_flags = XT_CONNTRACK_STATE;
	for (unsigned i = 0; i < 3; i++)
		made->states.state_mask |= (uint16_t)bits[chance(chance(4) ? 5 : 6)];
	if (chance(3) == 0)
		made->states.invert_flags = XT_CONNTRACK_STATE;
	add(made, "conntrack", made->states.invert_flags ? " ! -m conntrack" : " -m conntrack",
	    &made->states, sizeof(made->states), 3);
}

static void make_rule(struct made *made)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

	memset(made, 0, sizeof(*made));
	if (chance(2) == 0)
		make_prefix(made, &made->rule.src, &made->src, RULE_NOT_SRC);
	if (chance(3) == 0)
		make_prefix(made, &made->rule.dst, &made->dst, RULE_NOT_DST);
	if (chance(3) == 0) {
		made->rule.in = patterns[chance(5)];
		made->rule.inverted |= chance(3) ? 0 : RULE_NOT_IN;
	}
	if (chance(5) == 0) {
		made->rule.fragment = true;
		made->rule.inverted |= chance(2) ? 0 : RULE_NOT_FRAGMENT;
	}
	if (chance(3)) {
		made->rule.protocol = protocols[chance(3)];
		if (chance(5) == 0) {
			made->rule.inverted |= RULE_NOT_PROTOCOL;
		} else if (made->rule.protocol == IPPROTO_ICMP) {
			made->icmp[0] = (uint8_t)(chance(5) ? chance(2) : 255);
			made->icmp[1] = (uint8_t)chance(2);
			made->icmp[2] = (uint8_t)(made->icmp[1] + chance(2));
			made->icmp[3] = chance(3) == 0;
			if (chance(2))
				add(made, "icmp", "", made->icmp, 4, 0);
		} else {
			if (chance(2) == 0)
				(made->rule.protocol == IPPROTO_TCP ? make_tcp : make_udp)(made);
			if (chance(3) == 0)
				make_multiport(made);
		}
	}
	if (chance(3) == 0)
		make_states(made);
	if (chance(4) == 0)
		add(made, "mark", chance(2) ? " -m mark --mark 0x1" : " -m mark ! --mark 0x1", "",
		    0, 1);
	if (chance(9) == 0)
		add(made, "limit", " -m limit --limit 1/sec", "", 0, 0);
}

/* ---- the world and its judge ---- */

struct packet {
	unsigned src, dst, protocol, in, fragment, sport, dport, flags, type, code, state, dnat,
		mark, limit;
};

static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

static bool address_matches(const struct prefix *prefix, bool inverted, unsigned value)
{
	uint32_t address = htonl(0x0a000000u + value);

	return ((address & prefix->mask.v4.s_addr) == prefix->address.v4.s_addr) != inverted;
}

static bool name_matches(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	return pattern[len - 1] == '+' ? !strncmp(pattern, name, len - 1) : !strcmp(pattern, name);
}

static bool in_range(const uint16_t range[2], uint16_t port, bool inverted)
{
	return (port >= range[0] && port <= range[1]) != inverted;
}

static bool tcp_matches(const struct xt_tcp *tcp, const struct packet *p)
{
	return in_range(tcp->spts, worlds_ports[p->sport], tcp->invflags & XT_TCP_INV_SRCPT) &&
	       in_range(tcp->dpts, worlds_ports[p->dport], tcp->invflags & XT_TCP_INV_DSTPT) &&
	       ((p->flags & tcp->flg_mask) == tcp->flg_cmp) != !!(tcp->invflags & XT_TCP_INV_FLAGS);
}

static bool multiport_matches(const struct xt_multiport_v1 *ports, const struct packet *p)
{
	uint16_t port = worlds_ports[ports->flags == XT_MULTIPORT_SOURCE ? p->sport : p->dport];

	for (unsigned i = 0; i < ports->count; i++) {
		uint16_t low = ports->ports[i], high = low;

		if (ports->pflags[i])
			high = ports->ports[++i];
		if (port >= low && port <= high)
			return !ports->invert;
	}
	return ports->invert;
}

static bool icmp_matches(const uint8_t icmp[4], const struct packet *p)
{
	bool hit =
		icmp[0] == 255 || (icmp[0] == p->type && p->code >= icmp[1] && p->code <= icmp[2]);

	return hit != (icmp[3] & 1);
}

static bool states_match(const struct xt_conntrack_mtinfo3 *states, const struct packet *p)
{
	static const unsigned bits[] = {
		XT_CONNTRACK_STATE_INVALID,
		XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED),
		XT_CONNTRACK_STATE_BIT(IP_CT_RELATED),
		XT_CONNTRACK_STATE_BIT(IP_CT_NEW),
		XT_CONNTRACK_STATE_UNTRACKED,
	};
	unsigned bit = bits[p->state];

	/* only what has an entry can have been rewritten */
	if (p->dnat && p->state >= 1 && p->state <= 3)
		bit |= XT_CONNTRACK_STATE_DNAT;
	return !!(states->state_mask & bit) != !!states->invert_flags;
}

static bool match_matches(const struct made *made, const struct match *match,
			  const struct packet *p)
{
	if (!strcmp(match->name, "conntrack"))
		return states_match(&made->states, p);
	if (!strcmp(match->name, "mark"))
		return p->mark != (strchr(match->text, '!') != NULL);
	if (!strcmp(match->name, "limit"))
		return p->limit;
	if (p->fragment)
		return false;
	if (!strcmp(match->name, "tcp"))
		return tcp_matches(match->data, p);
	if (!strcmp(match->name, "udp"))
		return in_range(made->udp.spts, worlds_ports[p->sport],
				made->udp.invflags & XT_UDP_INV_SRCPT) &&
		       in_range(made->udp.dpts, worlds_ports[p->dport],
				made->udp.invflags & XT_UDP_INV_DSTPT);
	if (!strcmp(match->name, "multiport"))
		return multiport_matches(&made->ports, p);
	return icmp_matches(made->icmp, p);
}

static bool rule_matches(const struct made *made, const struct packet *p)
{
	const struct rule *rule = &made->rule;

	if (rule->src && !address_matches(rule->src, rule->inverted & RULE_NOT_SRC, p->src))
		return false;
	if (rule->dst && !address_matches(rule->dst, rule->inverted & RULE_NOT_DST, p->dst))
		return false;
	if (rule->in && name_matches(rule->in, names[p->in]) == !!(rule->inverted & RULE_NOT_IN))
		return false;
	if (rule->protocol &&
	    (protocols[p->protocol] == rule->protocol) == !!(rule->inverted & RULE_NOT_PROTOCOL))
		return false;
	if (rule->fragment && !!p->fragment == !!(rule->inverted & RULE_NOT_FRAGMENT))
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (!match_matches(made, match, p))
			return false;
	}
	return true;
}

struct dimension {
	size_t offset;
	unsigned size;
};

static const struct dimension dimensions[] = {
	{ offsetof(struct packet, src), 4 },	  { offsetof(struct packet, dst), 4 },
	{ offsetof(struct packet, protocol), 3 }, { offsetof(struct packet, in), 3 },
	{ offsetof(struct packet, fragment), 2 }, { offsetof(struct packet, sport), 4 },
	{ offsetof(struct packet, dport), 4 },	  { offsetof(struct packet, flags), 4 },
	{ offsetof(struct packet, type), 3 },	  { offsetof(struct packet, code), 3 },
	{ offsetof(struct packet, state), 5 },	  { offsetof(struct packet, dnat), 2 },
	{ offsetof(struct packet, mark), 2 },	  { offsetof(struct packet, limit), 2 },
};

#define N_DIMENSIONS (sizeof(dimensions) / sizeof(dimensions[0]))

static bool has(const struct made *made, const char *name)
{
	for (unsigned i = 0; i < made->n; i++) {
		if (!strcmp(made->matches[i].name, name))
			return true;
	}
	return false;
}

/* Does one of the two rules look at the dimension at all? */
static bool is_used(const struct made *made, size_t dimension)
{
	bool ports = has(made, "tcp") || has(made, "udp") || has(made, "multiport");

	switch (dimension) {
	case 0:
		return made->rule.src;
	case 1:
		return made->rule.dst;
	case 2:
		return made->rule.protocol;
	case 3:
		return made->rule.in;
	case 4:
		return true;
	case 5:
	case 6:
		return ports;
	case 7:
		return has(made, "tcp");
	case 8:
	case 9:
		return has(made, "icmp");
	case 10:
	case 11:
		return has(made, "conntrack");
	case 12:
		return has(made, "mark");
	default:
		return has(made, "limit");
	}
}

/* Is there a packet that B matches and A does not? */
static bool find_escape(const struct made *a, const struct made *b, struct packet *p, size_t at)
{
	unsigned *field;
	unsigned size;

	if (at == N_DIMENSIONS)
		return rule_matches(b, p) && !rule_matches(a, p);
	field = (unsigned *)(void *)((char *)p + dimensions[at].offset);
	size = is_used(a, at) || is_used(b, at) ? dimensions[at].size : 1;
	for (*field = 0; *field < size; ++*field) {
		if (find_escape(a, b, p, at + 1))
			return true;
	}
	*field = 0;
	return false;
}

Test(covers, holds_for_every_packet_of_a_small_world)
{
	struct condition of_a, of_b;
	struct made a, b;
	struct packet packet;
	unsigned covered = 0, everything = 0;

	seed = 0x9e3779b97f4a7c15u;
	for (unsigned i = 0; i < 20000; i++) {
		make_rule(&a);
		make_rule(&b);
		condition_read(&of_a, FAMILY_IPV4, &a.rule);
		condition_read(&of_b, FAMILY_IPV4, &b.rule);
		if (condition_is_everything(&of_a)) {
			everything++;
			memset(&packet, 0, sizeof(packet));
			b.rule = (struct rule){ .src = NULL };
			cr_assert_not(find_escape(&a, &b, &packet, 0));
			continue;
		}
		if (!condition_covers(&of_a, &of_b))
			continue;
		covered++;
		memset(&packet, 0, sizeof(packet));
		cr_assert_not(find_escape(&a, &b, &packet, 0),
			      "pair %u: a packet escapes the covering rule", i);
	}
	/* the test would be worth nothing if hardly anything were covered */
	cr_assert_gt(covered, 300, "only %u pairs are covered", covered);
	cr_assert_gt(everything, 200, "only %u rules take everything", everything);
}

Test(covers, an_empty_condition_matches_nothing)
{
	struct made a, b;
	struct packet packet;
	struct condition condition;
	unsigned empty = 0;

	seed = 0x243f6a8885a308d3u;
	memset(&a, 0, sizeof(a));
	a.rule.src = &a.src; /* never matches: outside of the world */
	a.src.mask.v4.s_addr = 0xffffffff;
	for (unsigned i = 0; i < 30000; i++) {
		make_rule(&b);
		condition_read(&condition, FAMILY_IPV4, &b.rule);
		if (!condition.empty)
			continue;
		empty++;
		memset(&packet, 0, sizeof(packet));
		cr_assert_not(find_escape(&a, &b, &packet, 0), "rule %u matches something", i);
	}
	cr_assert_gt(empty, 200, "only %u rules are empty", empty);
}

/* ---- single facts ---- */

static bool made_covers(const struct made *a, const struct made *b)
{
	struct condition of_a, of_b;

	condition_read(&of_a, FAMILY_IPV4, &a->rule);
	condition_read(&of_b, FAMILY_IPV4, &b->rule);
	return condition_covers(&of_a, &of_b);
}

static void tcp_rule(struct made *made, uint16_t low, uint16_t high)
{
	memset(made, 0, sizeof(*made));
	made->rule.protocol = IPPROTO_TCP;
	made->tcp = (struct xt_tcp){ .spts = { 0, 65535 }, .dpts = { low, high } };
	add(made, "tcp", "", &made->tcp, sizeof(made->tcp), 0);
}

Test(covers, ports)
{
	struct made wide, narrow, other;

	tcp_rule(&wide, 1, 1023);
	tcp_rule(&narrow, 22, 22);
	tcp_rule(&other, 1000, 1024);
	cr_assert(made_covers(&wide, &narrow));
	cr_assert_not(made_covers(&narrow, &wide));
	cr_assert_not(made_covers(&wide, &other));
}

Test(covers, multiport_and_tcp_name_the_same_ports)
{
	struct made list, single;

	memset(&list, 0, sizeof(list));
	list.rule.protocol = IPPROTO_TCP;
	list.ports = (struct xt_multiport_v1){
		.flags = XT_MULTIPORT_DESTINATION,
		.count = 3,
		.ports = { 443, 20, 25 },
		.pflags = { 0, 1, 0 },
	};
	add(&list, "multiport", "", &list.ports, sizeof(list.ports), 1);
	tcp_rule(&single, 22, 22);
	cr_assert(made_covers(&list, &single));
	tcp_rule(&single, 26, 26);
	cr_assert_not(made_covers(&list, &single));
}

Test(covers, a_bare_tcp_match_keeps_later_fragments)
{
	struct made bare, none;

	tcp_rule(&bare, 0, 65535);
	tcp_rule(&none, 0, 65535);
	none.rule.matches = NULL;
	cr_assert_not(made_covers(&bare, &none), "later fragments get past -m tcp");
	cr_assert(made_covers(&none, &bare));
}

Test(covers, two_port_matches_that_ask_for_different_things)
{
	struct xt_tcp other = { .spts = { 1024, 65535 }, .dpts = { 0, 65535 } };
	struct made both, dport;

	tcp_rule(&both, 22, 22);
	add(&both, "tcp", "", &other, sizeof(other), 0);
	tcp_rule(&dport, 22, 22);
	cr_assert(made_covers(&dport, &both));
	cr_assert_not(made_covers(&both, &dport));
	cr_assert(made_covers(&both, &both));
}

Test(covers, two_port_matches_that_ask_for_the_same_are_left_alone)
{
	struct made twice, any;

	tcp_rule(&twice, 22, 22);
	add(&twice, "tcp", "", &twice.tcp, sizeof(twice.tcp), 0);
	memset(&any, 0, sizeof(any));
	cr_assert_not(made_covers(&any, &twice), "the back ends differ about that rule");
	cr_assert_not(made_covers(&twice, &twice));
}

Test(covers, chance_and_rates_cover_nothing)
{
	static const char *const free_ones[] = { "limit",  "statistic", "recent",    "hashlimit",
						 "quota",  "connlimit", "connbytes", "time",
						 "nfacct", "rateest",	"no-such" };
	struct made any;

	memset(&any, 0, sizeof(any));
	for (size_t i = 0; i < sizeof(free_ones) / sizeof(free_ones[0]); i++) {
		struct made made;

		memset(&made, 0, sizeof(made));
		add(&made, free_ones[i], " -m x", "", 0, 0);
		cr_assert_not(made_covers(&made, &made), "%s", free_ones[i]);
		cr_assert(made_covers(&any, &made), "%s", free_ones[i]);
	}
}

Test(covers, a_match_counts_only_with_the_same_words)
{
	struct made a, b;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	add(&a, "mac", " -m mac --mac-source 00:00:00:00:00:01", "", 0, 0);
	add(&b, "mac", " -m mac --mac-source 00:00:00:00:00:02", "", 0, 0);
	cr_assert_not(made_covers(&a, &b));
	cr_assert(made_covers(&a, &a));
}

Test(covers, sets_with_counters_and_expiring_entries_are_free)
{
	struct made a;

	memset(&a, 0, sizeof(a));
	add(&a, "set", " -m set --match-set x src", "", 0, 4);
	cr_assert(made_covers(&a, &a));
	a.matches[0].text = " -m set --match-set x src --packets-gt 5";
	cr_assert_not(made_covers(&a, &a));
	memset(&a, 0, sizeof(a));
	add(&a, "conntrack", " -m conntrack --ctexpire 1:10", "", 0, 3);
	cr_assert_not(made_covers(&a, &a));
}

Test(covers, a_rule_that_could_not_be_read_stays_out)
{
	struct made any, unbound;

	memset(&any, 0, sizeof(any));
	memset(&unbound, 0, sizeof(unbound));
	unbound.rule.unbound = true;
	cr_assert_not(made_covers(&any, &unbound));
	cr_assert_not(made_covers(&unbound, &any));
}

Test(covers, an_address_to_be_looked_up_covers_nothing)
{
	struct made any, named;

	memset(&any, 0, sizeof(any));
	memset(&named, 0, sizeof(named));
	named.src.host = "mail.example.com";
	named.rule.src = &named.src;
	cr_assert_not(made_covers(&named, &named));
	cr_assert(made_covers(&any, &named));
}

Test(covers, no_interface_at_all_is_not_any_interface)
{
	struct made any, inverted;

	memset(&any, 0, sizeof(any));
	memset(&inverted, 0, sizeof(inverted));
	inverted.rule.in = "+";
	inverted.rule.inverted = RULE_NOT_IN;
	cr_assert_not(made_covers(&any, &inverted), "legacy drops the test, nft keeps it");
}

Test(covers, v6_prefixes_are_compared_in_full)
{
	struct made wide, narrow;
	struct condition of_wide, of_narrow;

	memset(&wide, 0, sizeof(wide));
	memset(&narrow, 0, sizeof(narrow));
	inet_pton(AF_INET6, "2001:db8::", &wide.src.address.v6);
	inet_pton(AF_INET6, "ffff:ffff:ffff::", &wide.src.mask.v6);
	inet_pton(AF_INET6, "2001:db8::1", &narrow.src.address.v6);
	memset(&narrow.src.mask.v6, 0xff, 16);
	wide.rule.src = &wide.src;
	narrow.rule.src = &narrow.src;
	condition_read(&of_wide, FAMILY_IPV6, &wide.rule);
	condition_read(&of_narrow, FAMILY_IPV6, &narrow.rule);
	cr_assert(condition_covers(&of_wide, &of_narrow));
	cr_assert_not(condition_covers(&of_narrow, &of_wide));
	inet_pton(AF_INET6, "2001:db8:1::1", &narrow.src.address.v6);
	cr_assert_not(condition_covers(&of_wide, &of_narrow));
}

Test(covers, facts_are_found_by_name)
{
	cr_assert_eq(target_facts("REJECT")->ends, ENDS_ALWAYS);
	cr_assert_eq(target_facts("AUDIT")->ends, ENDS_NEVER);
	cr_assert_eq(target_facts("ULOG")->ends, ENDS_NEVER);
	cr_assert_eq(target_facts("SYNPROXY")->ends, ENDS_SOMETIMES);
	cr_assert_eq(target_facts("no-such")->writes, FIELD_ALL);
	cr_assert_eq(match_facts("addrtype")->answer, ANSWER_PURE);
	cr_assert_eq(match_facts("udp")->answer, ANSWER_PURE);
	cr_assert_eq(match_facts("no-such")->answer, ANSWER_FREE);
	cr_assert_eq(match_writes(match_facts("no-such"), ""), FIELD_ALL);
	cr_assert_eq(match_writes(match_facts("socket"), " -m socket --restore-skmark"),
		     FIELD_MARK);
}
