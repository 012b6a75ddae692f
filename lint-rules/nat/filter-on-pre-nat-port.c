/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules of filter and mangle behind the translation that ask for a port which no new
 * connection from a network has any more there.
 */
#include <linux/netfilter/xt_tcpudp.h>
#include <netinet/in.h>
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/fate.h"
#include "lint/rules.h"
#include "lint/translation.h"

#define BUDGET 20000 /* rules of nat that are looked at, for a whole file */

/* A rule of nat that gives packets another destination. */
struct rewriting {
	const struct interest *at;
	const struct chain_flow *flow;
	struct translation translation;
};

struct search {
	const struct unit *unit;
	const struct reach *nat;
	const struct reach *here; /* of the table of the rule */
	struct scratch *scratch;
	struct arena *arena;
	unsigned char *published; /* by port: a rule of nat may name it */
	struct rewriting *rewritings;
	uint32_t n;
	unsigned budget;
	unsigned port; /* of the rule */
	bool is_alive;
	const char *sample;
};

/* ---- which ports are translated at all ---- */

/* The only port that the rule asks for, or 0. */
static unsigned only_port(const struct rule *rule)
{
	const struct match *match = rule->unbound ? NULL : rule->matches;
	struct xt_tcp tcp;
	struct xt_udp udp;

	for (; match; match = match->next) {
		if (!strcmp(match->real_name, "tcp") && match_data(match, &tcp, sizeof(tcp)) &&
		    tcp.dpts[0] == tcp.dpts[1] && !(tcp.invflags & XT_TCP_INV_DSTPT))
			return tcp.dpts[0];
		if (!strcmp(match->real_name, "udp") && match_data(match, &udp, sizeof(udp)) &&
		    udp.dpts[0] == udp.dpts[1] && !(udp.invflags & XT_UDP_INV_DSTPT))
			return udp.dpts[0];
	}
	return 0;
}

static bool note_ports(void *context, const struct path *path)
{
	struct search *search = context;
	const struct set *ports = region_get(path->region, VAR_DPORT, 0);

	if (path->hook != HOOK_PREROUTING)
		return true;
	if (!ports || ports->mask) {
		memset(search->published, 1, 65536);
		return false;
	}
	for (uint32_t i = 0; i < ports->n; i++)
		memset(search->published + (unsigned)ports->ranges[i].low, 1,
		       (size_t)(ports->ranges[i].high - ports->ranges[i].low) + 1);
	return true;
}

/* False: there is none, or what nat does is not known well enough. */
static bool find_published(struct search *search)
{
	const struct table *table = reach_flow(search->nat)->table;
	const struct interest *at;
	uint32_t i = 0, n_all;

	for (uint32_t j = 0; j < table->n_chains; j++) {
		const struct chain_flow *flow = reach_of(search->nat, table->chains[j])->flow;

		if (flow->is_reached && (flow->is_opaque || flow->is_open))
			return false;
	}
	interests_of(search->unit, &n_all);
	search->rewritings = arena_alloc(search->arena, n_all * sizeof(*search->rewritings));
	while ((at = interests_next(search->unit, &i, INTEREST_NAT))) {
		const struct chain_flow *flow = interest_flow(search->unit, at);

		if (!flow || rule_has_target(at->rule, "MASQUERADE"))
			continue;
		search->rewritings[search->n].at = at;
		search->rewritings[search->n].flow = flow;
		if (!translation_read(&search->rewritings[search->n++].translation, search->unit,
				      at))
			return false;
		paths_each(search->nat, search->scratch, flow, at->position, note_ports, search);
	}
	return search->n > 0;
}

/* ---- does a rule's port arrive? ---- */

static enum fate_end rewrites(const struct rule *rule)
{
	return rule_has_target(rule, "DNAT") || rule_has_target(rule, "REDIRECT") ? FATE_YES
										  : FATE_NO;
}

static const struct region *with(const struct search *search, const struct region *region,
				 uint32_t variable, const struct set *set)
{
	return region && set ? region_with(search->scratch, region, variable, 0, set) : region;
}

/* Is every new connection to that place sent elsewhere? */
static bool all_are_rewritten(struct search *search, const struct path *path)
{
	struct fate fate = { false, false, search->budget };
	const struct region *region = &region_all;
	const struct set *first = set_range(search->scratch, CT_NEW, CT_NEW);

	region = with(search, region, VAR_SRC, region_get(path->region, VAR_SRC, 0));
	region = with(search, region, VAR_DST, region_get(path->region, VAR_DST, 0));
	region = with(search, region, VAR_PROTOCOL, region_get(path->region, VAR_PROTOCOL, 0));
	region = with(search, region, VAR_SPORT, region_get(path->region, VAR_SPORT, 0));
	region = with(search, region, VAR_DPORT, region_get(path->region, VAR_DPORT, 0));
	region = with(search, region, VAR_FRAGMENT, set_range(search->scratch, 0, 0));
	region = with(search, region, VAR_IN,
		      network_interfaces(search->scratch, reach_space(search->nat),
					 path_interface(path)));
	region = with(search, region, VAR_STATE, first);
	if (!region)
		return false;
	fate_follow(&fate, search->nat, search->scratch, HOOK_PREROUTING, region, rewrites,
		    FATE_NO);
	search->budget = fate.budget;
	if (!fate.may_no && fate.may_yes)
		search->sample =
			sample_of_region(search->unit->arena, reach_space(search->nat), region);
	return !fate.may_no && fate.may_yes;
}

struct arrival {
	const struct search *search;
	const struct region *wanted;
	const struct translation *translation;
	bool found;
};

static bool may_arrive(void *context, const struct path *path)
{
	struct arrival *arrival = context;
	const struct search *search = arrival->search;
	const struct translation *translation = arrival->translation;
	const struct set *protocol = region_get(path->region, VAR_PROTOCOL, 0);
	const struct set *ports = region_get(path->region, VAR_DPORT, 0);

	if (translation->has_port)
		ports = set_range(search->scratch, translation->port_low, translation->port_high);
	arrival->found =
		path->hook == HOOK_PREROUTING &&
		(!protocol || region_may_be(arrival->wanted, VAR_PROTOCOL, protocol)) &&
		(!ports || region_may_be(arrival->wanted, VAR_DPORT, ports)) &&
		(!translation->has_address ||
		 region_may_be(arrival->wanted, VAR_DST,
			       set_range(search->scratch, translation->low, translation->high)));
	return !arrival->found;
}

/* May some rule of nat make such a packet of another one?  PORT is the one that is wanted. */
static bool is_made(const struct search *search, const struct region *wanted, unsigned port)
{
	for (uint32_t i = 0; i < search->n; i++) {
		const struct rewriting *rewriting = &search->rewritings[i];
		const struct translation *to = &rewriting->translation;
		struct arrival arrival = { search, wanted, to, false };

		if (to->has_port && (port < to->port_low || port > to->port_high))
			continue;
		if (!paths_each(search->nat, search->scratch, rewriting->flow,
				rewriting->at->position, may_arrive, &arrival))
			return true;
	}
	return false;
}

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	const struct set *first = set_range(search->scratch, CT_NEW, CT_NEW + CT_DNAT);

	search->is_alive = (path->hook != HOOK_INPUT && path->hook != HOOK_FORWARD) ||
			   !region_may_be(path->region, VAR_STATE, first) ||
			   !all_are_rewritten(search, path) ||
			   is_made(search, path->region, search->port);
	return !search->is_alive;
}

static bool is_candidate(const struct search *search, const struct rule *rule)
{
	unsigned port = only_port(rule);

	/* "-i lo" is for what nat of PREROUTING does not see */
	return port && search->published[port] && rule_is_plain(rule) &&
	       !(rule->in && !strcmp(rule->in, "lo"));
}

static void check_rule(struct search *search, const struct chain_flow *flow, uint32_t position,
		       struct diags *diags)
{
	const struct rule *rule = flow_rule(flow, position);
	struct diag *diag;

	search->is_alive = false;
	search->port = only_port(rule);
	search->sample = NULL;
	if (!paths_each(search->here, search->scratch, flow, position, visit, search) ||
	    search->is_alive || !search->sample)
		return;
	diag = diag_add(diags, "filter-on-pre-nat-port", rule->origin->base.span,
			"no new connection from a network has port %u here: table nat has sent "
			"it elsewhere before",
			only_port(rule));
	diag->level = LEVEL_WARNING;
	diag->table = table_name(reach_flow(search->here)->table->id);
	diag->chain = flow->chain->name;
	diag_need_extra(diags->arena, diag)->witness = search->sample;
	diag_hint(diags, diag,
		  "name the port behind the translation, or use -m conntrack "
		  "--ctorigdstport %u",
		  only_port(rule));
}

static void check_table(struct search *search, enum table_id id, struct diags *diags)
{
	const struct table *table;

	search->here = analysis_reach(search->unit->analysis, id);
	table = search->here ? reach_flow(search->here)->table : NULL;
	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		const struct chain_reach *chain = reach_of(search->here, table->chains[i]);
		const struct chain_flow *flow = chain->flow;
		const struct dead_rule *dead = chain->dead;

		if (!flow->is_reached || chain->is_cut_off ||
		    chain_is_external(table->chains[i]->name))
			continue;
		for (uint32_t j = 0; j < flow->n && search->budget; j++) {
			while (dead && dead->position < j)
				dead = dead->next;
			if (!(dead && dead->position == j) &&
			    is_candidate(search, flow_rule(flow, j)))
				check_rule(search, flow, j, diags);
		}
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .budget = BUDGET };
	uint32_t i = 0, j = 0;
	struct arena *arena;

	/* untracked packets are not translated; of a fragment not all rules are known */
	if (unit->is_fragment || !interests_next(unit, &i, INTEREST_NAT) ||
	    interests_next(unit, &j, INTEREST_NOTRACK))
		return;
	search.nat = analysis_reach(unit->analysis, TABLE_NAT);
	if (!search.nat)
		return;
	arena = search.arena = arena_new();
	search.scratch = scratch_new();
	search.published = arena_alloc(arena, 65536);
	memset(search.published, 0, 65536);
	if (find_published(&search)) {
		check_table(&search, TABLE_FILTER, diags);
		check_table(&search, TABLE_MANGLE, diags);
	}
	scratch_free(search.scratch);
	arena_free(arena);
}

const struct lint_rule lint_filter_on_pre_nat_port = {
	.name = "filter-on-pre-nat-port",
	.group = "nat",
	.summary = "a rule asks for a port that nat has changed before",
	.level = LEVEL_WARNING,
	.check = check,
};
