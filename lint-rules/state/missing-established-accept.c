/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports chains that deny the answers to what the other direction lets begin.
 *
 * A few flows are tried that are sure to be permitted: if every answer to one is sure to be
 * denied, that is the finding.
 */
#include <netinet/in.h> /* before what is of Linux */
#include <string.h>

#include <linux/netfilter/xt_tcpudp.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/fate.h"
#include "lint/interest.h"
#include "lint/rules.h"
#include "lint/translation.h"

#define BUDGET	    20000 /* rules that are looked at, for a whole file */
#define FLOWS_MAX   16
#define LOOKED_AT   1000  /* rules that may name a service */
#define PORT	    40000 /* of the client */
#define FLAG_SYN    0x02
#define FLAG_ACK    0x10
#define ALL_LINKS   UINT32_MAX
#define LINKS_TRIED 8

struct flow_tried {
	uint8_t protocol;
	uint16_t port; /* of the service */
};

struct search {
	const struct unit *unit;
	const struct reach *reach;
	struct scratch *scratch;
	unsigned budget;
	wide peer; /* an address of another host, anywhere */
};

static const struct region *with(const struct search *search, const struct region *region,
				 uint32_t variable, wide value)
{
	return region ? region_with(search->scratch, region, variable, 0,
				    set_range(search->scratch, value, value))
		      : NULL;
}

/* Only packets by that link, or by all but lo. */
static const struct region *by_link(const struct search *search, const struct region *region,
				    enum hook hook, uint32_t link)
{
	const struct set *links =
		link == ALL_LINKS
			? network_interfaces(search->scratch, reach_space(search->reach), NULL)
			: set_range(search->scratch, link, link);

	return region ? region_with(search->scratch, region, hook == HOOK_INPUT ? VAR_IN : VAR_OUT,
				    0, links)
		      : NULL;
}

/* One packet of the flow: to the service, or the answer; of this host it comes from or goes
 * to any address. */
static const struct region *packet(const struct search *search, const struct flow_tried *flow,
				   enum hook hook, uint32_t link, bool is_answer)
{
	const struct region *region = &region_all;

	region = with(search, region, VAR_PROTOCOL, flow->protocol);
	region = with(search, region, VAR_FRAGMENT, 0);
	region = with(search, region, hook == HOOK_INPUT ? VAR_SRC : VAR_DST, search->peer);
	region = with(search, region, is_answer ? VAR_SPORT : VAR_DPORT, flow->port);
	region = with(search, region, is_answer ? VAR_DPORT : VAR_SPORT, PORT);
	if (flow->protocol == IPPROTO_TCP)
		region = with(search, region, VAR_FLAGS, is_answer ? FLAG_ACK : FLAG_SYN);
	region = with(search, region, VAR_STATE, is_answer ? CT_ESTABLISHED : CT_NEW);
	return by_link(search, region, hook, link);
}

/* All packets of the region are let through. */
static bool is_permitted(struct search *search, enum hook hook, const struct region *region)
{
	struct fate fate = { true, false, search->budget };

	fate_of_packets(&fate, search->reach, search->scratch, hook, region);
	search->budget = fate.budget;
	return !fate.may_no;
}

/* None of them is. */
static bool is_denied(struct search *search, enum hook hook, const struct region *region)
{
	struct fate fate = { false, true, search->budget };

	fate_of_packets(&fate, search->reach, search->scratch, hook, region);
	search->budget = fate.budget;
	return !fate.may_yes;
}

/* An answer that HOOK denies, as text; NULL: none was found. */
static const char *denied_answer(struct search *search, enum hook hook,
				 const struct flow_tried *flow)
{
	const struct space *space = reach_space(search->reach);
	uint32_t n = interfaces_count(space_interfaces(space));
	uint32_t lo = interfaces_number(space_interfaces(space), "lo");
	enum hook other = hook == HOOK_INPUT ? HOOK_OUTPUT : HOOK_INPUT;

	const struct region *answer = packet(search, flow, hook, ALL_LINKS, true);

	if (!answer || !is_denied(search, hook, answer))
		return NULL;
	for (uint32_t link = INTERFACE_OTHER; link < n && link <= LINKS_TRIED; link++) {
		const struct region *first = packet(search, flow, other, link, false);

		/* one that no rule names may be lo where none names that */
		if (first && (link != lo || link == INTERFACE_OTHER) &&
		    is_permitted(search, other, first))
			return sample_of_region(search->unit->arena, space,
						packet(search, flow, hook, link, true));
	}
	return NULL;
}

static void report(const struct chain *chain, const char *sample, struct diags *diags)
{
	bool is_input = chain->hook == HOOK_INPUT;
	struct diag *diag =
		diag_say(diags, "missing-established-accept", chain->declared->span,
			 is_input ? "INPUT denies the answers to what this host asks of "
				    "others, which OUTPUT lets out"
				  : "OUTPUT denies the answers of this host to what "
				    "INPUT lets in");

	diag->level = LEVEL_WARNING;
	diag->table = table_name(TABLE_FILTER);
	diag->chain = chain->name;
	diag_need_extra(diags->arena, diag)->witness = sample;
	diag_hint(diags, diag, "-A %s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		  chain->name);
}

static void check_hook(struct search *search, enum hook hook, const struct flow_tried *flows,
		       unsigned n, struct diags *diags)
{
	const struct chain *chain = table_hook_chain(reach_flow(search->reach)->table, hook);
	const struct region *all;
	const char *sample = NULL;

	if (!chain || !chain->declared)
		return;
	/* a chain that is shut altogether is meant so */
	all = by_link(search, &region_all, hook, ALL_LINKS);
	if (!all || is_denied(search, hook, all))
		return;
	for (unsigned i = 0; i < n && !sample && search->budget; i++)
		sample = denied_answer(search, hook, &flows[i]);
	if (sample && search->budget)
		report(chain, sample, diags);
}

/* The one port that the rule accepts packets to, or 0. */
static uint16_t service_of(const struct rule *rule, uint8_t *protocol)
{
	const struct match *match = rule_verdict(rule) == VERDICT_ACCEPT ? rule->matches : NULL;
	struct xt_tcp tcp;
	struct xt_udp udp;

	*protocol = (uint8_t)rule->protocol;
	for (; match; match = match->next) {
		if (!strcmp(match->real_name, "tcp") && match_data(match, &tcp, sizeof(tcp)) &&
		    tcp.dpts[0] == tcp.dpts[1])
			return tcp.dpts[0];
		if (!strcmp(match->real_name, "udp") && match_data(match, &udp, sizeof(udp)) &&
		    udp.dpts[0] == udp.dpts[1])
			return udp.dpts[0];
	}
	return 0;
}

/* What the rules of INPUT themselves offer. */
static unsigned find_services(const struct search *search, struct flow_tried *flows)
{
	const struct chain *chain = table_hook_chain(reach_flow(search->reach)->table, HOOK_INPUT);
	unsigned n = 0, seen = 0;

	if (!chain)
		return 0;
	for_each_entry (entry, chain) {
		uint8_t protocol;
		uint16_t port = service_of(entry->rule, &protocol);

		if (port)
			flows[n++] = (struct flow_tried){ protocol, port };
		if (n == FLOWS_MAX || ++seen == LOOKED_AT)
			break;
	}
	return n;
}

static void check(const struct unit *unit, struct diags *diags)
{
	static const struct flow_tried asked[] = { { IPPROTO_TCP, 443 }, { IPPROTO_UDP, 53 } };
	struct search search = { .unit = unit, .budget = BUDGET };
	struct flow_tried offered[FLOWS_MAX];
	uint32_t i = 0;

	search.reach = analysis_reach(unit->analysis, TABLE_FILTER);
	/* what is not tracked has no state, and of a fragment not all rules are known */
	if (!search.reach || unit->is_fragment || interests_next(unit, &i, INTEREST_NOTRACK))
		return;
	search.scratch = scratch_new();
	search.peer = unit->family == FAMILY_IPV6
			      ? ((wide)0x2a02 << 112) + ((wide)0x1234 << 96) + 0x99
			      : (wide)0x5db8d70e; /* an ordinary address of the world */
	check_hook(&search, HOOK_INPUT, asked, 2, diags);
	check_hook(&search, HOOK_OUTPUT, offered, find_services(&search, offered), diags);
	scratch_free(search.scratch);
}

const struct lint_rule lint_missing_established_accept = {
	.name = "missing-established-accept",
	.group = "state",
	.summary = "answers to permitted connections are denied",
	.level = LEVEL_WARNING,
	.check = check,
};
