/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules ask for: each rule stands beside an expression that says, in the words of the
 * kernel's own code, which packets it takes; both are asked about packets by chance, with
 * many values at the borders.
 */
#include "analyse/condition.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/buf.h"
#include "condition_world.h"

#define PACKETS 6000

struct packet {
	wide src, dst;
	unsigned protocol, fragment, sport, dport, type, code, flags;
	unsigned state, translation; /* enum conntrack_atom */
	const char *in, *out;	     /* NULL: none */
	unsigned tool;
};

enum surety {
	SURE,
	UNSURE,
};

struct row {
	const char *rule;
	enum surety surety;
	bool (*takes)(const struct packet *p);
};

/* The numbers of "enum tcp flags". */
enum {
	FIN = 1,
	SYN = 2,
	RST = 4,
	PSH = 8,
	ACK = 16,
	URG = 32,
};

static bool all(const struct packet *p)
{
	(void)p;
	return true;
}

static bool none(const struct packet *p)
{
	(void)p;
	return false;
}

#define TAKES(name, expression)                  \
	static bool name(const struct packet *p) \
	{                                        \
		return expression;               \
	}

static bool in_list(unsigned port)
{
	return port == 22 || (port >= 80 && port <= 90) || port == 65535;
}

static bool begins(const char *name, const char *with)
{
	return name && !strncmp(name, with, strlen(with));
}

static bool is(const char *name, const char *wanted)
{
	return name && !strcmp(name, wanted);
}

#define HOLES 0xff0000ff
#define WHOLE (p->fragment == 0)
#define TCP   (p->protocol == 6)
#define UDP   (p->protocol == 17)
#define ICMP  (p->protocol == 1 && WHOLE)
#define BARE  (WHOLE || p->tool == TOOL_NFT)

TAKES(prefix, p->src >> 24 == 10)
TAKES(not_prefix, p->src >> 24 != 10)
TAKES(one_address, p->dst == 0x0a000001)
TAKES(not_last, p->dst != UINT32_MAX)
TAKES(holes, (p->src & HOLES) == 0x0a000001)
TAKES(not_holes, (p->src & HOLES) != 0x0a000001)
TAKES(not_holes_twice, (p->src & HOLES) != 0x0a000001 && (p->dst & HOLES) == 0x0a000001)
TAKES(tcp, TCP)
TAKES(not_udp, !UDP)
TAKES(later, p->fragment == 1)
TAKES(not_later, WHOLE)
TAKES(from_eth, begins(p->in, "eth"))
TAKES(not_eth0, !is(p->in, "eth0"))
TAKES(not_to_eth, !begins(p->out, "eth"))
TAKES(to_lo, is(p->out, "lo") && begins(p->in, "eth1"))
TAKES(dport, TCP &&WHOLE && p->dport == 22)
TAKES(not_dport, TCP &&WHOLE && p->dport != 22)
TAKES(low_ports, TCP &&WHOLE && p->dport <= 1023)
TAKES(high_ports, TCP &&WHOLE && p->sport >= 1024)
TAKES(both_ports, UDP &&WHOLE && p->dport <= 53 && !(p->sport >= 1 && p->sport <= 65534))
TAKES(bare_tcp, TCP &&BARE)
TAKES(bare_udp, UDP &&BARE)
TAKES(two_tcp, TCP &&WHOLE && p->dport == 22 && p->sport >= 1024)
TAKES(syn, TCP &&WHOLE && (p->flags & (FIN | SYN | RST | ACK)) == SYN)
TAKES(not_syn, TCP &&WHOLE && (p->flags & (FIN | SYN | RST | ACK)) != SYN)
TAKES(no_flags, TCP &&WHOLE && (p->flags & 63) == 0)
TAKES(some_flags, TCP &&WHOLE && (p->flags & 63) != 0)
TAKES(acked, TCP &&WHOLE && (p->flags & ACK))
TAKES(whole_tcp, TCP &&WHOLE)
TAKES(dports, TCP &&WHOLE &&in_list(p->dport))
TAKES(not_dports, TCP &&WHOLE && !in_list(p->dport))
TAKES(sports, UDP &&WHOLE &&in_list(p->sport))
TAKES(not_sports, UDP &&WHOLE && !in_list(p->sport))
TAKES(ports, TCP &&WHOLE && (in_list(p->sport) || in_list(p->dport)))
TAKES(not_ports, TCP &&WHOLE && !in_list(p->sport) && !in_list(p->dport))
TAKES(two_lists, TCP &&WHOLE && p->dport <= 100 && !in_list(p->dport))
TAKES(one_of_two, TCP &&WHOLE && (p->sport == 22 || p->dport == 22))
TAKES(src_range, p->src >= 0x0a000005 && p->src <= 0x0a000107)
TAKES(not_src_range, p->src<0x0a000005 || p->src> 0x0a000107)
TAKES(two_ranges, p->src <= 0x0a000005 && p->dst < 0x0a000005)
TAKES(type, ICMP && p->type == 3)
TAKES(not_type, ICMP && p->type != 3)
TAKES(code, ICMP && p->type == 3 && p->code == 1)
TAKES(not_code, ICMP && !(p->type == 3 && p->code == 1))
TAKES(any_type, ICMP)
TAKES(new, p->state == CT_NEW)
TAKES(known, p->state == CT_RELATED || p->state == CT_ESTABLISHED)
TAKES(not_invalid, p->state != CT_INVALID)
TAKES(not_two, p->state != CT_INVALID && p->state != CT_NEW)
TAKES(untracked, p->state == CT_UNTRACKED)
TAKES(snat, p->state < CT_UNTRACKED && (p->translation & CT_SNAT))
TAKES(not_dnat, p->state >= CT_UNTRACKED || !(p->translation & CT_DNAT))
TAKES(new_or_dnat, p->state == CT_NEW || (p->state < CT_UNTRACKED && (p->translation & CT_DNAT)))
TAKES(established, p->state == CT_ESTABLISHED)
TAKES(together, TCP &&WHOLE && p->src >> 24 == 10 && begins(p->in, "eth") && p->dport == 22 &&
			p->state == CT_NEW)

static const struct row rows[] = {
	{ "", SURE, all },
	{ "-m comment --comment \"! -s\"", SURE, all },
	{ "-s 0.0.0.0/0", SURE, all },
	{ "-s 10.0.0.0/8", SURE, prefix },
	{ "! -s 10.0.0.0/8", SURE, not_prefix },
	{ "-d 10.0.0.1", SURE, one_address },
	{ "! -d 255.255.255.255", SURE, not_last },
	{ "-s 10.0.0.1/255.0.0.255", SURE, holes },
	{ "! -s 10.0.0.1/255.0.0.255", SURE, not_holes },
	{ "! -s 10.0.0.1/255.0.0.255 -d 10.0.0.1/255.0.0.255", SURE, not_holes_twice },
	{ "-p tcp", SURE, tcp },
	{ "! -p udp", SURE, not_udp },
	{ "-f", SURE, later },
	{ "! -f", SURE, not_later },
	{ "-i +", SURE, all },
	{ "-i eth+", SURE, from_eth },
	{ "! -i eth0", SURE, not_eth0 },
	{ "! -o eth+", SURE, not_to_eth },
	{ "-i eth1+ -o lo", SURE, to_lo },
	{ "-p tcp --dport 22", SURE, dport },
	{ "-p tcp ! --dport 22", SURE, not_dport },
	{ "-p tcp --dport :1023", SURE, low_ports },
	{ "-p tcp --sport 1024:", SURE, high_ports },
	{ "-p udp --dport 0:53 ! --sport 1:65534", SURE, both_ports },
	{ "-p tcp -m tcp", SURE, bare_tcp },
	{ "-p tcp --dport 0:65535", SURE, bare_tcp },
	{ "-p udp -m udp", SURE, bare_udp },
	{ "-p tcp ! --sport 0:65535", SURE, none },
	{ "-p tcp -m tcp --dport 22 -m tcp --sport 1024:", SURE, two_tcp },
	{ "-p tcp -m tcp --dport 22 -m tcp", SURE, dport },
	{ "-p tcp -m tcp -m tcp --dport 22", SURE, dport },
	{ "-p tcp --syn", SURE, syn },
	{ "-p tcp ! --syn", SURE, not_syn },
	{ "-p tcp --tcp-flags ALL NONE", SURE, no_flags },
	{ "-p tcp ! --tcp-flags ALL NONE", SURE, some_flags },
	{ "-p tcp --tcp-flags ACK ACK", SURE, acked },
	{ "-p tcp --tcp-flags SYN ACK", SURE, none },
	{ "-p tcp ! --tcp-flags SYN ACK", SURE, whole_tcp },
	{ "-p tcp --tcp-flags NONE SYN", SURE, none },
	{ "-p tcp ! --tcp-flags NONE NONE", SURE, none },
	{ "-p tcp ! --tcp-flags NONE SYN", SURE, whole_tcp },
	{ "-p tcp -m multiport --dports 22,80:90,65535", SURE, dports },
	{ "-p tcp -m multiport ! --dports 22,80:90,65535", SURE, not_dports },
	{ "-p udp -m multiport --sports 22,80:90,65535", SURE, sports },
	{ "-p udp -m multiport ! --sports 22,80:90,65535", SURE, not_sports },
	{ "-p tcp -m multiport --ports 22,80:90,65535", SURE, ports },
	{ "-p tcp -m multiport ! --ports 22,80:90,65535", SURE, not_ports },
	{ "-p tcp -m multiport --dports 0:100 -m multiport ! --dports 22,80:90", SURE, two_lists },
	{ "-p tcp -m multiport --ports 22 -m multiport --ports 22,80:90", SURE, one_of_two },
	{ "-p tcp -m multiport --dports 0:65535", SURE, whole_tcp },
	{ "-m iprange --src-range 10.0.0.5-10.0.1.7", SURE, src_range },
	{ "-m iprange ! --src-range 10.0.0.5-10.0.1.7", SURE, not_src_range },
	{ "-m iprange --src-range 0.0.0.0-10.0.0.5 ! --dst-range 10.0.0.5-255.255.255.255", SURE,
	  two_ranges },
	{ "-m iprange --src-range 0.0.0.0-255.255.255.255", SURE, all },
	{ "-m iprange ! --src-range 0.0.0.0-255.255.255.255", SURE, none },
	{ "-p icmp --icmp-type 3", SURE, type },
	{ "-p icmp ! --icmp-type 3", SURE, not_type },
	{ "-p icmp --icmp-type 3/1", SURE, code },
	{ "-p icmp ! --icmp-type 3/1", SURE, not_code },
	{ "-p icmp --icmp-type any", SURE, any_type },
	{ "-p icmp ! --icmp-type any", SURE, none },
	{ "-m conntrack --ctstate NEW", SURE, new },
	{ "-m state --state NEW", SURE, new },
	{ "-m conntrack --ctstate RELATED,ESTABLISHED", SURE, known },
	{ "-m conntrack ! --ctstate INVALID", SURE, not_invalid },
	{ "-m conntrack ! --ctstate INVALID,NEW", SURE, not_two },
	{ "-m conntrack --ctstate UNTRACKED", SURE, untracked },
	{ "-m conntrack --ctstate SNAT", SURE, snat },
	{ "-m conntrack ! --ctstate DNAT", SURE, not_dnat },
	{ "-m conntrack --ctstate NEW,DNAT", SURE, new_or_dnat },
	{ "-m conntrack --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED", SURE, all },
	{ "-m conntrack ! --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED", SURE, none },
	{ "-m conntrack --ctstate RELATED,ESTABLISHED -m conntrack ! --ctstate RELATED", SURE,
	  established },
	{ "-s 10.0.0.0/8 -i eth+ -p tcp -m conntrack --ctstate NEW -m tcp --dport 22", SURE,
	  together },
	/* by chance, by rate, by time: they may act on these, and cover none */
	{ "-m limit --limit 1/s", UNSURE, all },
	{ "-p tcp -m limit --limit 1/s -m tcp --dport 22", UNSURE, dport },
	{ "-m statistic --mode random --probability 0.5 -s 10.0.0.0/8", UNSURE, prefix },
	{ "-m time --timestart 01:00 -m conntrack --ctstate NEW", UNSURE, new },
	{ "-m conntrack --ctstate NEW --ctexpire 5", UNSURE, new },
	{ "-m recent --rcheck -p tcp", UNSURE, tcp },
	/* who that is turns out at load */
	{ "-s mail.example.com -p tcp", UNSURE, tcp },
	{ "! -d mail.example.com -s 10.0.0.0/8", UNSURE, prefix },
};

/* ---- the same for IPv6 ---- */

#define WIDE(high, low) ((wide)(high) << 64 | (low))
#define FD00		0xfd00000000000000u
#define HOLES6		WIDE(0xffff000000000000u, 0xffff)
#define ICMP6		(p->protocol == 58 && WHOLE)

TAKES(prefix6, p->src >> 120 == 0xfd)
TAKES(not_one6, p->src != WIDE(FD00, 1))
TAKES(holes6, (p->dst & HOLES6) == WIDE(FD00, 1))
TAKES(not_holes6, (p->dst & HOLES6) != WIDE(FD00, 1))
TAKES(not_range6, p->src<WIDE(FD00, 5) || p->src> WIDE(FD00, 0x10))
TAKES(type6, ICMP6 && p->type == 128)
TAKES(not_code6, ICMP6 && !(p->type == 1 && p->code == 3))
TAKES(last_type6, ICMP6 && p->type == 255)

static const struct row rows6[] = {
	{ "", SURE, all },
	{ "-s fd00::/8", SURE, prefix6 },
	{ "! -s fd00::1", SURE, not_one6 },
	{ "-d fd00::1/ffff::ffff", SURE, holes6 },
	{ "! -d fd00::1/ffff::ffff", SURE, not_holes6 },
	{ "-m iprange ! --src-range fd00::5-fd00::10", SURE, not_range6 },
	{ "-p icmpv6 --icmpv6-type 128", SURE, type6 },
	{ "-p icmpv6 ! --icmpv6-type 1/3", SURE, not_code6 },
	/* no word for every type, as it is with IPv4 */
	{ "-p icmpv6 --icmpv6-type 255", SURE, last_type6 },
	{ "-p tcp --dport 22", SURE, dport },
	{ "-p tcp -m multiport ! --ports 22,80:90,65535", SURE, not_ports },
};

/* ---- packets ---- */

static uint64_t state = 31;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static wide chance_address(enum family family)
{
	static const uint32_t v4[] = { 0x0a000001, 0x0a000004, 0x0a000005, 0x0a000107,
				       0x0a000108, 0x0a0b0c01, 0x09ffffff, 0x0affffff,
				       0x0b000000, 0,	       UINT32_MAX };
	static const uint64_t low[] = { 0, 1, 4, 5, 0x10, 0x11, 0xffff, 0x10001, UINT64_MAX };

	if (family == FAMILY_IPV4)
		return chance(4) ? v4[chance(LEN(v4))] : (wide)chance(UINT32_MAX);
	return WIDE(chance(2)	? FD00 + chance(2)
		    : chance(2) ? 0xfe00u + FD00
				: 0,
		    low[chance(LEN(low))]);
}

static unsigned chance_port(void)
{
	static const unsigned borders[] = { 0,	1,  21, 22,  23,  52,	53,   54,    79,   80,
					    85, 90, 91, 100, 101, 1023, 1024, 65534, 65535 };

	return chance(5) ? borders[chance(LEN(borders))] : chance(65536);
}

static struct packet chance_packet(enum family family, unsigned backends)
{
	static const char *const names[] = { "eth0", "eth1", "eth17", "eth", "lo", "wlan0", NULL };
	static const unsigned protocols[] = { 6, 6, 17, 1, 58, 0, 255 };
	static const unsigned states[] = { CT_NEW, CT_RELATED, CT_ESTABLISHED, CT_UNTRACKED,
					   CT_INVALID };
	struct packet packet = {
		.src = chance_address(family),
		.dst = chance_address(family),
		.protocol = protocols[chance(LEN(protocols))],
		.fragment = chance(3) == 0,
		.sport = chance_port(),
		.dport = chance_port(),
		.type = chance(5) ? (unsigned[]){ 0, 1, 3, 8, 128, 255 }[chance(6)] : chance(256),
		.code = chance(3) ? chance(4) : (unsigned)"\0\377"[chance(2)] & 255,
		.flags =
			chance(2) ? chance(256) : (unsigned[]){ 0, SYN, SYN | ACK, ACK }[chance(4)],
		.state = states[chance(LEN(states))],
		.in = names[chance(LEN(names))],
		.out = names[chance(LEN(names))],
		.tool = backends == BACKEND_BOTH ? chance(2) : backends == BACKEND_NFT,
	};

	packet.translation = packet.state < CT_UNTRACKED ? chance(4) : 0;
	return packet;
}

/* ---- the comparison ---- */

TestSuite(condition, .init = set_up, .fini = tear_down);

static wide value_in(const struct packet *packet, uint32_t variable)
{
	const struct interfaces *interfaces = space_interfaces(space);

	switch (variable) {
	case VAR_SRC:
		return packet->src;
	case VAR_DST:
		return packet->dst;
	case VAR_PROTOCOL:
		return packet->protocol;
	case VAR_FRAGMENT:
		return packet->fragment;
	case VAR_SPORT:
		return packet->sport;
	case VAR_DPORT:
		return packet->dport;
	case VAR_ICMP:
		return packet->type * 256 + packet->code;
	case VAR_FLAGS:
		return packet->flags;
	case VAR_IN:
		return packet->in ? interfaces_number(interfaces, packet->in) : INTERFACE_ABSENT;
	case VAR_OUT:
		return packet->out ? interfaces_number(interfaces, packet->out) : INTERFACE_ABSENT;
	case VAR_STATE:
		return packet->state + packet->translation;
	case VAR_TOOL:
		return packet->tool;
	default:
		cr_assert_fail("a literal in a rule that is understood");
		return 0;
	}
}

static bool is_taken(const struct condition *condition, const struct packet *packet)
{
	for (unsigned i = 0; i < condition->n; i++) {
		const struct region *region = condition->regions[i];
		uint32_t n = 0;

		while (n < region->n && set_has(region->constraints[n].set,
						value_in(packet, region->constraints[n].variable)))
			cr_assert_eq(region->constraints[n++].version, 0);
		if (n == region->n)
			return true;
	}
	return false;
}

/* What region.h asks of constraints; and no region is in another one. */
static void assert_form(const struct condition *condition, const char *rule)
{
	for (unsigned i = 0; i < condition->n; i++) {
		const struct region *region = condition->regions[i];

		for (uint32_t j = 0; j < region->n; j++)
			cr_assert_not(
				set_contains(region->constraints[j].set,
					     space_domain(space, region->constraints[j].variable)),
				"%s", rule);
		for (unsigned j = 0; j < condition->n; j++)
			cr_assert(i == j || !region_contains(region, condition->regions[j]), "%s",
				  rule);
	}
}

static void check_row(const struct row *row, const struct rule *rule, enum family family,
		      unsigned backends)
{
	struct condition condition;
	unsigned n_taken = 0;

	condition_read(&condition, scratch, space, &moment_untouched, rule);
	cr_assert_not(condition.silent, "%s", row->rule);
	cr_assert_eq(condition.sure, row->surety == SURE, "%s", row->rule);
	assert_form(&condition, row->rule);
	for (unsigned i = 0; i < PACKETS; i++) {
		struct packet packet = chance_packet(family, backends);
		bool expected = row->takes(&packet);

		n_taken += expected;
		cr_assert_eq(is_taken(&condition, &packet), expected,
			     "%s: %s src=%x dst=%x proto=%u fragment=%u sport=%u dport=%u "
			     "icmp=%u/%u flags=%u state=%u+%u in=%s out=%s",
			     row->rule, expected ? "takes" : "does not take", (unsigned)packet.src,
			     (unsigned)packet.dst, packet.protocol, packet.fragment, packet.sport,
			     packet.dport, packet.type, packet.code, packet.flags, packet.state,
			     packet.translation, packet.in ? packet.in : "-",
			     packet.out ? packet.out : "-");
	}
	/* the packets have to be such that a wrong answer shows */
	cr_assert_eq(n_taken == 0, row->takes == none, "%s", row->rule);
	cr_assert_eq(n_taken == PACKETS, row->takes == all, "%s", row->rule);
	cr_assert_eq(condition.n == 0, row->takes == none, "%s", row->rule);
	cr_assert_eq(condition_is_everything(&condition), row->takes == all && row->surety == SURE,
		     "%s", row->rule);
}

static void check_rows(const struct row *from, size_t n, enum family family, unsigned backends)
{
	const struct entry *entry;
	struct buf text = BUF_INIT;

	buf_add_string(&text, BEGIN);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "-A RULES %s\n", from[i].rule);
	buf_add_string(&text, "COMMIT\n");
	entry = load_rules(family, backends, buf_string(&text));
	for (size_t i = 0; i < n; i++, entry = entry->next) {
		cr_assert(entry);
		check_row(&from[i], entry->rule, family, backends);
	}
	cr_assert_null(entry);
	buf_free(&text);
}

Test(condition, rules_of_legacy)
{
	check_rows(rows, LEN(rows), FAMILY_IPV4, BACKEND_LEGACY);
}

Test(condition, rules_of_nft)
{
	check_rows(rows, LEN(rows), FAMILY_IPV4, BACKEND_NFT);
}

Test(condition, rules_of_both)
{
	check_rows(rows, LEN(rows), FAMILY_IPV4, BACKEND_BOTH);
}

Test(condition, rules_of_ipv6)
{
	check_rows(rows6, LEN(rows6), FAMILY_IPV6, BACKEND_LEGACY);
}

/* More alternatives than are told apart: all that it takes are in its regions, and it covers
 * nothing. */
Test(condition, too_many_alternatives)
{
	const struct entry *entry = load_rules(
		FAMILY_IPV6, BACKEND_LEGACY,
		BEGIN "-A RULES ! -s fd00::1/ffff::ffff:ffff ! -d fd00::1/ffff::ffff:ffff\n"
		      "COMMIT\n");
	const wide holes = WIDE(0xffff000000000000, 0xffffffff);
	struct condition c;

	condition_read(&c, scratch, space, &moment_untouched, entry->rule);
	cr_assert_not(c.sure);
	cr_assert(c.cut);
	cr_assert_not(c.silent);
	for (unsigned i = 0; i < PACKETS; i++) {
		struct packet packet = chance_packet(FAMILY_IPV6, BACKEND_LEGACY);
		bool taken = (packet.src & holes) != WIDE(FD00, 1) &&
			     (packet.dst & holes) != WIDE(FD00, 1);

		cr_assert(!taken || is_taken(&c, &packet));
	}
}
