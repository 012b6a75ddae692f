/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that send connections of this host to a local proxy, and also those that
 * the proxy makes itself.
 */
#include <netinet/in.h>
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/rules.h"
#include "lint/translation.h"

#define DEPTH_MAX 16

enum exemption {
	EXEMPT_NOTHING,
	EXEMPT_PORTS,  /* some ports are not caught */
	EXEMPT_OTHERS, /* something else that the proxy may have */
};

#define NO_RULE UINT32_MAX

/* What the rules of a chain take out of the way of packets. */
struct chain_exemptions {
	uint32_t seen;	/* as many rules were looked at */
	uint32_t first; /* of these: the first that leaves something out, or NO_RULE */
	uint32_t first_others;
	unsigned depth; /* of the calls below it */
};

struct search {
	const struct unit *unit;
	struct arena *arena;
	struct scratch *scratch;
	const struct set *everywhere; /* destinations that are on no other host, or on all */
	/* of the table */
	const struct reach *reach;
	struct chain_exemptions *chains; /* by number */
	/* of the rule */
	enum exemption least; /* of all ways */
	const char *sample;
	bool is_udp;
};

static const struct set *nowhere(struct scratch *scratch, enum family family)
{
	const struct range v4[] = {
		{ 0, ((wide)1 << 24) - 1 },
		{ (wide)127 << 24, ((wide)128 << 24) - 1 },
		{ (wide)0xa9fe0000, (wide)0xa9feffff },
		{ (wide)224 << 24, (wide)0xffffffff },
	};
	/* ::, ::1, fe80::/10, ff00::/8 */
	const struct range v6[] = {
		{ 0, 1 },
		{ (wide)0xfe80 << 112, ((wide)0xfec0 << 112) - 1 },
		{ (wide)0xff00 << 112, ~(wide)0 },
	};

	return family == FAMILY_IPV6 ? set_of(scratch, v6, 3) : set_of(scratch, v4, 4);
}

static enum exemption worse(enum exemption a, enum exemption b)
{
	return a > b ? a : b;
}

/* What a region that is taken out, or is all that is caught, may keep from the proxy. */
static enum exemption of_region(const struct search *search, const struct region *region)
{
	const struct set *dst = region_get(region, VAR_DST, 0);

	if (dst && !set_contains(search->everywhere, dst))
		return EXEMPT_OTHERS;
	if (dst || region_get(region, VAR_FLAGS, 0) || region_get(region, VAR_OUT, 0))
		return EXEMPT_NOTHING;
	if (region_get(region, VAR_SRC, 0) || region_get(region, VAR_SPORT, 0))
		return EXEMPT_OTHERS;
	return EXEMPT_PORTS;
}

static enum exemption before(const struct search *search, const struct chain_flow *chain,
			     uint32_t limit);

/* What the rule at POSITION may take out of the way of packets. */
static enum exemption of_rule(const struct search *search, const struct chain_flow *chain,
			      uint32_t position)
{
	const struct rule *rule = flow_rule(chain, position);
	const struct chain_flow *callee = flow_callee(chain, position);
	enum exemption result = EXEMPT_NOTHING;
	struct condition condition;

	if (chain->roles[position] == ROLE_GOES_ON)
		return EXEMPT_NOTHING;
	if (!rule_is_plain(rule))
		return EXEMPT_OTHERS;
	condition_read(&condition, search->scratch, reach_space(search->reach), &moment_untouched,
		       rule);
	for (unsigned i = 0; i < condition.n; i++) {
		const struct region *here =
			region_intersect(search->scratch, condition.regions[i],
					 reach_hook_region(search->reach, HOOK_OUTPUT));

		if (here)
			result = worse(result, of_region(search, condition.regions[i]));
	}
	if (chain->roles[position] == ROLE_CALLS || chain->roles[position] == ROLE_LEAVES) {
		if (!callee || search->chains[callee->number].depth >= DEPTH_MAX)
			return EXEMPT_OTHERS;
		if (chain->roles[position] == ROLE_CALLS)
			result = EXEMPT_NOTHING;
		result = worse(result, before(search, callee, callee->n));
	}
	return result;
}

/* What the first LIMIT rules of the chain may take out. */
static enum exemption before(const struct search *search, const struct chain_flow *chain,
			     uint32_t limit)
{
	struct chain_exemptions *known = &search->chains[chain->number];

	while (known->seen < limit && known->first_others == NO_RULE) {
		struct scratch_mark mark = scratch_mark(search->scratch);
		enum exemption exemption = of_rule(search, chain, known->seen);

		if (exemption != EXEMPT_NOTHING && known->first == NO_RULE)
			known->first = known->seen;
		if (exemption == EXEMPT_OTHERS)
			known->first_others = known->seen;
		known->seen++;
		scratch_release(search->scratch, mark);
	}
	if (known->first_others < limit)
		return EXEMPT_OTHERS;
	return known->first < limit ? EXEMPT_PORTS : EXEMPT_NOTHING;
}

/* Does the way itself leave something out that the proxy may send? */
static enum exemption of_path(const struct search *search, const struct path *path)
{
	const struct region *region = path->region;
	enum exemption result = EXEMPT_NOTHING;

	for (unsigned i = 0; i < path->n_sites; i++) {
		const struct rule *rule = flow_rule(path->sites[i].caller, path->sites[i].position);
		bool is_for_lo =
			rule->out && !strcmp(rule->out, "lo") && !(rule->inverted & RULE_NOT_OUT);

		if (!rule_is_plain(rule) || is_for_lo)
			return EXEMPT_OTHERS;
	}
	if (region_get(region, VAR_DST, 0) || region_get(region, VAR_SRC, 0) ||
	    region_get(region, VAR_SPORT, 0))
		return EXEMPT_OTHERS;
	if (region_get(region, VAR_DPORT, 0))
		result = EXEMPT_PORTS;
	for (unsigned i = 0; i < path->n_sites; i++)
		result = worse(result,
			       before(search, path->sites[i].caller, path->sites[i].position));
	return result;
}

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	enum exemption exemption;

	if (path->hook != HOOK_OUTPUT)
		return true;
	exemption = of_path(search, path);
	if (search->sample && exemption >= search->least)
		return true;
	search->least = exemption;
	search->is_udp = region_is_within(path->region, VAR_PROTOCOL,
					  set_range(search->scratch, IPPROTO_UDP, IPPROTO_UDP));
	search->sample =
		sample_of_region(search->unit->arena, reach_space(search->reach), path->region);
	return true;
}

static void report(const struct search *search, const struct interest *at,
		   const struct translation *translation, struct diags *diags)
{
	bool is_all = search->least == EXEMPT_NOTHING;
	struct diag *diag = interest_diag(
		diags, "redirect-loop", at, is_all ? LEVEL_WARNING : LEVEL_INFO,
		arena_printf(diags->arena,
			     is_all ? "all %s of this host go to %s, also those of the program "
				      "there: they come back to it"
				    : "%s of this host to these ports go to %s, also those of the "
				      "program there: if it uses such a port, they come back to it",
			     search->is_udp ? "packets" : "connections",
			     translation_text(diags->arena, search->unit, translation)));

	diag_need_extra(diags->arena, diag)->witness = search->sample;
	diag_hint(diags, diag,
		  "put a rule above that leaves out the user of the program: -m owner "
		  "--uid-owner USER -j RETURN");
}

static void begin_table(struct search *search, const struct reach *reach)
{
	const struct flow *flow = reach_flow(reach);

	search->reach = reach;
	search->chains = arena_alloc(search->arena, (flow->n + 1) * sizeof(*search->chains));
	/* callees first */
	for (uint32_t i = flow->n; i-- > 0;) {
		const struct chain_flow *chain = flow->order[i];
		struct chain_exemptions *known = &search->chains[chain->number];

		known->first = known->first_others = NO_RULE;
		for (uint32_t j = 0; j < chain->n; j++) {
			const struct chain_flow *callee = flow_callee(chain, j);

			if (callee && search->chains[callee->number].depth >= known->depth)
				known->depth = search->chains[callee->number].depth + 1;
		}
	}
}

static void check_rule(struct search *search, const struct interest *at, struct diags *diags)
{
	const struct unit *unit = search->unit;
	const struct chain_flow *flow = interest_flow(unit, at);
	const struct reach *reach = analysis_reach(unit->analysis, at->table);
	struct translation translation;

	if (!flow || !translation_read(&translation, unit, at))
		return;
	if (!translation.is_redirect && !translation_is_to_loopback(&translation, unit))
		return;
	if (search->reach != reach)
		begin_table(search, reach);
	search->sample = NULL;
	if (!paths_each(reach, search->scratch, flow, at->position, visit, search))
		return;
	if (search->sample && search->least != EXEMPT_OTHERS && !interest_is_dead(unit, at))
		report(search, at, &translation, diags);
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit };
	const struct interest *at;
	uint32_t i = 0;

	/* rules that are loaded already may exempt the proxy, and so may raw */
	if (unit->is_fragment || interests_next(unit, &i, INTEREST_NOTRACK))
		return;
	search.arena = arena_new();
	search.scratch = scratch_new();
	search.everywhere = nowhere(search.scratch, unit->family);
	for (i = 0; (at = interests_next(unit, &i, INTEREST_NAT));)
		check_rule(&search, at, diags);
	scratch_free(search.scratch);
	arena_free(search.arena);
}

const struct lint_rule lint_redirect_loop = {
	.name = "redirect-loop",
	.group = "nat",
	.summary = "a local proxy gets its own connections",
	.level = LEVEL_WARNING,
	.check = check,
};
