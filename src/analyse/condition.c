/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes the tests of a rule apart.  What is not understood makes the condition
 * unsure; what is left out only makes the set of packets seem larger, never smaller.
 *
 * Sources: iptables-extensions(8) and the structures of linux/netfilter/xt_*.h.
 */
#include "analyse/condition.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

#include "analyse/facts.h"

#define PORT_MAX	65535
#define CONSTRAINTS_MAX 48
#define COMPARED_MAX	40 /* regions, each with each other one */

/* One of several things that a rule is content with. */
struct alternative {
	uint32_t variable;
	uint64_t version;
	const struct set *set;
};

/* A condition that is being put together. */
struct reading {
	struct condition *condition;
	struct scratch *scratch;
	struct space *space;
	const struct moment *moment;
	const struct rule *rule;
	unsigned match; /* number of the one that is read */
	unsigned asked; /* enum port_test: by the -m tcp and -m udp read so far */
	bool bare;	/* there is a -m tcp or -m udp, and none asks for anything */
};

/* What a -m tcp or -m udp can ask for. */
enum port_test {
	ASKS_SPORT = 1 << 0,
	ASKS_DPORT = 1 << 1,
	ASKS_FLAGS = 1 << 2,
	ASKS_OPTION = 1 << 3,
};

static uint64_t untouched(const struct moment *moment, unsigned fields, unsigned match)
{
	(void)moment;
	(void)fields;
	(void)match;
	return 0;
}

const struct moment moment_untouched = { untouched };

static uint64_t version_now(const struct reading *r, uint32_t variable)
{
	return r->moment->version(r->moment, space_reads(r->space, variable), r->match);
}

static struct alternative alternative(const struct reading *r, uint32_t variable,
				      const struct set *set)
{
	return (struct alternative){ variable, version_now(r, variable), set };
}

/* One of the alternatives has to hold; none: nothing can. */
static void require_any(struct reading *r, const struct alternative *alternatives, unsigned n)
{
	struct condition *c = r->condition;
	const struct region **kept;
	unsigned n_kept = 0;

	if (c->n * n > space_alternatives(r->space)) {
		c->sure = false;
		c->cut = true;
		return;
	}
	kept = scratch_alloc(r->scratch, c->n * n * sizeof(const struct region *));
	for (unsigned i = 0; i < c->n; i++) {
		for (unsigned j = 0; j < n; j++) {
			const struct region *region =
				region_with(r->scratch, c->regions[i], alternatives[j].variable,
					    alternatives[j].version, alternatives[j].set);

			if (region)
				kept[n_kept++] = region;
		}
	}
	c->n = n_kept;
	c->regions = kept;
}

static bool is_everything(const struct reading *r, uint32_t variable, const struct set *set)
{
	const struct set *domain = space_domain(r->space, variable);

	/* a domain is one range */
	return set && set->n == 1 && !set->mask && set->ranges[0].low <= domain->ranges[0].low &&
	       set->ranges[0].high >= domain->ranges[0].high;
}

/* The variable has to be in SET; NULL: no value will do. */
static void require(struct reading *r, uint32_t variable, const struct set *set)
{
	struct condition *c = r->condition;
	uint64_t version;
	unsigned n = 0;

	if (!set) {
		c->n = 0;
		return;
	}
	if (is_everything(r, variable, set))
		return;
	version = version_now(r, variable);
	for (unsigned i = 0; i < c->n; i++) {
		c->regions[n] = region_with(r->scratch, c->regions[i], variable, version, set);
		n += c->regions[n] != NULL;
	}
	c->n = n;
}

/* The variable has to be outside of SET, which is NULL if there is nothing in it. */
static void require_outside(struct reading *r, uint32_t variable, const struct set *set)
{
	const struct set *pieces[SET_PIECES_MAX];
	struct alternative outside[SET_PIECES_MAX];
	unsigned n;

	if (!set)
		return;
	n = set_subtract(r->scratch, space_domain(r->space, variable), set, pieces);
	for (unsigned i = 0; i < n; i++)
		outside[i] = alternative(r, variable, pieces[i]);
	if (n == 0)
		r->condition->n = 0;
	else
		require_any(r, outside, n);
}

static void require_inverted(struct reading *r, uint32_t variable, const struct set *set,
			     bool inverted)
{
	if (inverted)
		require_outside(r, variable, set);
	else
		require(r, variable, set);
}

static void require_not_fragment(struct reading *r)
{
	require(r, VAR_FRAGMENT, set_range(r->scratch, 0, 0));
}

/* ---- ports and flags ---- */

static void require_ports(struct reading *r, uint32_t variable, const uint16_t pair[2],
			  bool inverted)
{
	const struct set *set = set_range(r->scratch, pair[0], pair[1]);

	if (inverted || !is_everything(r, variable, set))
		require_inverted(r, variable, set, inverted);
}

static bool asks_ports(const uint16_t pair[2], bool inverted)
{
	return inverted || pair[0] != 0 || pair[1] != PORT_MAX;
}

static void require_flags(struct reading *r, uint8_t mask, uint8_t wanted, bool inverted)
{
	struct range ranges[256];
	uint32_t n = 0;

	for (unsigned value = 0; value < 256; value++) {
		if (((value & mask) == wanted) != inverted)
			ranges[n++] = (struct range){ value, value };
	}
	require(r, VAR_FLAGS, n ? set_of(r->scratch, ranges, n) : NULL);
}

/*
 * Several -m tcp of one rule all have to hold.  But nft makes one of them, and where
 * two ask for the same thing it prints the last one only: such a rule is left alone.
 */
static bool asks_twice(struct reading *r, unsigned asked)
{
	if (r->asked & asked) {
		r->condition->silent = true;
		return true;
	}
	r->asked |= asked;
	return false;
}

static bool protocol_is(const struct reading *r, unsigned protocol)
{
	return r->rule->protocol == protocol && !(r->rule->inverted & RULE_NOT_PROTOCOL);
}

/* A test of ports or flags holds for no later fragment. */
static void count_port_match(struct reading *r, unsigned asked)
{
	if (asked)
		require_not_fragment(r);
	r->bare = !r->asked;
}

static void read_tcp(struct reading *r, const struct match *match)
{
	struct xt_tcp tcp;
	bool not_sport, not_dport, not_flags;
	unsigned asked;

	if (!protocol_is(r, IPPROTO_TCP) || !match_data(match, &tcp, sizeof(tcp))) {
		r->condition->sure = false;
		return;
	}
	not_sport = tcp.invflags & XT_TCP_INV_SRCPT;
	not_dport = tcp.invflags & XT_TCP_INV_DSTPT;
	not_flags = tcp.invflags & XT_TCP_INV_FLAGS;
	asked = (asks_ports(tcp.spts, not_sport) ? ASKS_SPORT : 0) |
		(asks_ports(tcp.dpts, not_dport) ? ASKS_DPORT : 0) |
		(tcp.flg_mask || tcp.flg_cmp || not_flags ? ASKS_FLAGS : 0) |
		(tcp.option ? ASKS_OPTION : 0);
	if (asks_twice(r, asked))
		return;
	require_ports(r, VAR_SPORT, tcp.spts, not_sport);
	require_ports(r, VAR_DPORT, tcp.dpts, not_dport);
	if (asked & ASKS_FLAGS)
		require_flags(r, tcp.flg_mask, tcp.flg_cmp, not_flags);
	if (tcp.option) {
		const struct set *answer;
		uint32_t variable = space_tcp_option(r->space, tcp.option,
						     tcp.invflags & XT_TCP_INV_OPTION, &answer);

		require(r, variable, answer);
	}
	count_port_match(r, asked);
}

static void read_udp(struct reading *r, const struct match *match)
{
	struct xt_udp udp;
	bool not_sport, not_dport;
	unsigned asked;

	if (!protocol_is(r, IPPROTO_UDP) || !match_data(match, &udp, sizeof(udp))) {
		r->condition->sure = false;
		return;
	}
	not_sport = udp.invflags & XT_UDP_INV_SRCPT;
	not_dport = udp.invflags & XT_UDP_INV_DSTPT;
	asked = (asks_ports(udp.spts, not_sport) ? ASKS_SPORT : 0) |
		(asks_ports(udp.dpts, not_dport) ? ASKS_DPORT : 0);
	if (asks_twice(r, asked))
		return;
	require_ports(r, VAR_SPORT, udp.spts, not_sport);
	require_ports(r, VAR_DPORT, udp.dpts, not_dport);
	count_port_match(r, asked);
}

/* ---- opaque matches ---- */

/* A match that is taken as one unknown, but unchanging, answer. */
static void require_literal(struct reading *r, const struct match *match)
{
	const struct set *answer;
	uint32_t variable;

	variable = space_literal(r->space, match, &answer);
	require(r, variable, answer);
}

/* ---- multiport, iprange, icmp ---- */

static const struct set *multiport_set(struct reading *r, const struct xt_multiport_v1 *ports)
{
	struct range ranges[XT_MULTI_PORTS];
	unsigned n = ports->count < XT_MULTI_PORTS ? ports->count : XT_MULTI_PORTS;
	uint32_t n_ranges = 0;

	for (unsigned i = 0; i < n; i++) {
		struct range *range = &ranges[n_ranges++];

		range->low = range->high = ports->ports[i];
		if (ports->pflags[i] && i + 1 < n)
			range->high = ports->ports[++i];
	}
	return n_ranges ? set_of(r->scratch, ranges, n_ranges) : NULL;
}

static void read_multiport(struct reading *r, const struct match *match)
{
	struct xt_multiport_v1 ports;
	const struct set *set;

	if (match->revision != 1 || !match_data(match, &ports, sizeof(ports))) {
		require_literal(r, match);
		return;
	}
	require_not_fragment(r);
	set = multiport_set(r, &ports);
	if (ports.flags == XT_MULTIPORT_SOURCE) {
		require_inverted(r, VAR_SPORT, set, ports.invert);
	} else if (ports.flags == XT_MULTIPORT_DESTINATION) {
		require_inverted(r, VAR_DPORT, set, ports.invert);
	} else if (ports.invert) { /* neither of the two */
		require_outside(r, VAR_SPORT, set);
		require_outside(r, VAR_DPORT, set);
	} else if (!set) {
		r->condition->n = 0;
	} else {
		struct alternative either[] = { alternative(r, VAR_SPORT, set),
						alternative(r, VAR_DPORT, set) };

		require_any(r, either, 2);
	}
}

static const struct set *address_range(struct reading *r, const union nf_inet_addr *low,
				       const union nf_inet_addr *high)
{
	union address a, b;

	memcpy(&a, low, sizeof(a));
	memcpy(&b, high, sizeof(b));
	return set_range(r->scratch, space_address(r->space, &a), space_address(r->space, &b));
}

static void read_iprange(struct reading *r, const struct match *match)
{
	struct xt_iprange_mtinfo data;

	if (match->revision != 1 || !match_data(match, &data, sizeof(data))) {
		require_literal(r, match);
		return;
	}
	if (data.flags & IPRANGE_SRC)
		require_inverted(r, VAR_SRC, address_range(r, &data.src_min, &data.src_max),
				 data.flags & IPRANGE_SRC_INV);
	if (data.flags & IPRANGE_DST)
		require_inverted(r, VAR_DST, address_range(r, &data.dst_min, &data.dst_max),
				 data.flags & IPRANGE_DST_INV);
}

/* The same layout for both families. */
struct icmp_data {
	uint8_t type;
	uint8_t code[2];
	uint8_t inverted;
};

#define ICMP_ANY_TYPE 0xff /* of IPv4 only */

static void read_icmp(struct reading *r, const struct match *match, bool v6)
{
	struct icmp_data icmp;
	const struct set *set;

	if (!protocol_is(r, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) ||
	    !match_data(match, &icmp, sizeof(icmp))) {
		r->condition->sure = false;
		return;
	}
	require_not_fragment(r);
	if (icmp.code[0] > icmp.code[1]) {
		r->condition->silent = true;
		return;
	}
	if (icmp.type == ICMP_ANY_TYPE && !v6)
		set = space_domain(r->space, VAR_ICMP);
	else
		set = set_range(r->scratch, icmp.type << 8 | icmp.code[0],
				icmp.type << 8 | icmp.code[1]);
	if ((icmp.inverted & 1) || !is_everything(r, VAR_ICMP, set))
		require_inverted(r, VAR_ICMP, set, icmp.inverted & 1);
}

/* ---- conntrack ---- */

static bool atom_is_in(unsigned mask, unsigned atom)
{
	static const unsigned char states[] = { IP_CT_NEW, IP_CT_RELATED, IP_CT_ESTABLISHED };
	unsigned translated;

	if (atom == CT_INVALID)
		return mask & XT_CONNTRACK_STATE_INVALID;
	if (atom == CT_UNTRACKED)
		return mask & XT_CONNTRACK_STATE_UNTRACKED;
	translated = (atom - CT_NEW) % 4;
	return (mask & XT_CONNTRACK_STATE_BIT(states[(atom - CT_NEW) / 4])) ||
	       ((translated & CT_SNAT) && (mask & XT_CONNTRACK_STATE_SNAT)) ||
	       ((translated & CT_DNAT) && (mask & XT_CONNTRACK_STATE_DNAT));
}

static void require_states(struct reading *r, unsigned mask, bool inverted)
{
	struct range ranges[CT_ATOMS];
	uint32_t n = 0;

	for (unsigned atom = 0; atom < CT_ATOMS; atom++) {
		if (atom_is_in(mask, atom) != inverted)
			ranges[n++] = (struct range){ atom, atom };
	}
	require(r, VAR_STATE, n ? set_of(r->scratch, ranges, n) : NULL);
}

/* The states are understood; what else it asks makes a literal of the whole match. */
static void read_conntrack(struct reading *r, const struct match *match, bool is_free)
{
	struct xt_conntrack_mtinfo3 data;
	unsigned flags;

	if (match->revision != 3 || !match_data(match, &data, sizeof(data))) {
		if (!is_free)
			require_literal(r, match);
		return;
	}
	flags = data.match_flags & ~(unsigned)XT_CONNTRACK_STATE_ALIAS;
	if (flags & XT_CONNTRACK_STATE)
		require_states(r, data.state_mask, data.invert_flags & XT_CONNTRACK_STATE);
	if (flags != XT_CONNTRACK_STATE && !is_free)
		require_literal(r, match);
}

/* ---- the rule ---- */

static bool has_free_option(const struct match_facts *facts, const char *text)
{
	for (const char *const *option = facts->free_options; option && *option; option++) {
		if (strstr(text, *option))
			return true;
	}
	return false;
}

static void read_match(struct reading *r, const struct match *match)
{
	const struct match_knowledge *known = space_know(r->space, match);
	const struct match_facts *facts = known->facts;
	bool is_free = facts->answer == ANSWER_FREE || has_free_option(facts, match->text);

	if (facts->answer == ANSWER_ALWAYS_YES)
		return;
	if (is_free || match->undecided)
		r->condition->sure = false;
	/* of one that is free because of another option the states still count */
	if (match->undecided || (is_free && known->kind != MATCH_CONNTRACK))
		return;
	switch (known->kind) {
	case MATCH_TCP:
		read_tcp(r, match);
		break;
	case MATCH_UDP:
		read_udp(r, match);
		break;
	case MATCH_MULTIPORT:
		read_multiport(r, match);
		break;
	case MATCH_IPRANGE:
		read_iprange(r, match);
		break;
	case MATCH_ICMP:
		read_icmp(r, match, false);
		break;
	case MATCH_ICMPV6:
		read_icmp(r, match, true);
		break;
	case MATCH_CONNTRACK:
		read_conntrack(r, match, is_free);
		break;
	case MATCH_OPAQUE:
	case MATCH_OFTEN_LISTED:
		require_literal(r, match);
		break;
	}
}

static void read_prefix(struct reading *r, uint32_t variable, const struct prefix *prefix,
			bool inverted)
{
	const struct set *domain = space_domain(r->space, variable), *set;

	if (!prefix)
		return;
	if (prefix_host(prefix)) {
		r->condition->sure = false;
		return;
	}
	set = set_masked(r->scratch, space_address(r->space, prefix->mask),
			 space_address(r->space, &prefix->address), set_high(domain));
	if (inverted || !is_everything(r, variable, set))
		require_inverted(r, variable, set, inverted);
}

static void read_interface(struct reading *r, uint32_t variable, const char *name, bool inverted)
{
	const struct set *set = interfaces_find(space_interfaces(r->space), name);

	if (set)
		require_inverted(r, variable, set, inverted);
	/* "! -i +" is no test for one back end and holds never for the other */
	else if (inverted)
		r->condition->silent = true;
}

static void read_protocol(struct reading *r)
{
	const struct rule *rule = r->rule;
	bool inverted = rule->inverted & RULE_NOT_PROTOCOL;

	if (!rule->protocol)
		return;
	if (rule->protocol > 255) {
		r->condition->sure = false;
		return;
	}
	if (inverted)
		require(r, VAR_PROTOCOL, set_range(r->scratch, 0, 255));
	require_inverted(r, VAR_PROTOCOL, set_range(r->scratch, rule->protocol, rule->protocol),
			 inverted);
}

/*
 * A -m tcp or -m udp that asks for nothing keeps later fragments out in legacy; nft
 * drops it.
 */
static void read_bare(struct reading *r)
{
	const struct set *nft;
	struct alternative either[2];

	if (!r->bare)
		return;
	nft = set_range(r->scratch, TOOL_NFT, TOOL_NFT);
	if (is_everything(r, VAR_TOOL, nft))
		return;
	either[0] = alternative(r, VAR_FRAGMENT, set_range(r->scratch, 0, 0));
	either[1] = alternative(r, VAR_TOOL, nft);
	require_any(r, either, set_overlaps(nft, space_domain(r->space, VAR_TOOL)) ? 2 : 1);
}

/* A region that another one contains says nothing. */
static void drop_contained(struct condition *c)
{
	for (unsigned i = 0; i < c->n && c->n <= COMPARED_MAX; i++) {
		for (unsigned j = 0; j < c->n; j++) {
			if (i == j || !region_contains(c->regions[j], c->regions[i]))
				continue;
			c->regions[i--] = c->regions[--c->n];
			break;
		}
	}
}

static void ask_nothing(struct reading *r)
{
	struct condition *c = r->condition;

	c->n = 1;
	c->regions = scratch_alloc(r->scratch, sizeof(const struct region *));
	c->regions[0] = &region_all;
}

static void start(struct reading *r)
{
	struct condition *c = r->condition;

	c->silent = false;
	c->sure = true;
	c->cut = false;
	ask_nothing(r);
}

static void finish(struct reading *r)
{
	struct condition *c = r->condition;

	if (c->silent) {
		c->sure = false;
		ask_nothing(r);
	} else if (c->n > 1) {
		drop_contained(c);
	}
}

void condition_read(struct condition *condition, struct scratch *scratch, struct space *space,
		    const struct moment *moment, const struct rule *rule)
{
	struct reading r = { .condition = condition,
			     .scratch = scratch,
			     .space = space,
			     .moment = moment,
			     .rule = rule };

	start(&r);
	if (rule->unbound) {
		condition->silent = true;
		finish(&r);
		return;
	}
	read_prefix(&r, VAR_SRC, rule->src, rule->inverted & RULE_NOT_SRC);
	read_prefix(&r, VAR_DST, rule->dst, rule->inverted & RULE_NOT_DST);
	read_protocol(&r);
	read_interface(&r, VAR_IN, rule->in, rule->inverted & RULE_NOT_IN);
	read_interface(&r, VAR_OUT, rule->out, rule->inverted & RULE_NOT_OUT);
	if (rule->fragment)
		require_inverted(&r, VAR_FRAGMENT, set_range(scratch, 1, 1),
				 rule->inverted & RULE_NOT_FRAGMENT);
	for (const struct match *match = rule->matches; match; match = match->next) {
		read_match(&r, match);
		r.match++;
	}
	read_bare(&r);
	finish(&r);
}

void condition_read_match(struct condition *condition, struct scratch *scratch, struct space *space,
			  const struct rule *rule, const struct match *match)
{
	struct reading r = { .condition = condition,
			     .scratch = scratch,
			     .space = space,
			     .moment = &moment_untouched,
			     .rule = rule };

	start(&r);
	read_match(&r, match);
	read_bare(&r);
	finish(&r);
}

bool condition_is_everything(const struct condition *condition)
{
	return condition->sure && condition->n == 1 && condition->regions[0]->n == 0;
}
