/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First the rules are read for where they tell ports apart; then it is asked what becomes of one
 * port of each range.  The others of the range fare as it does.
 */
#include "lint/open_ports.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "analyse/seek.h"
#include "base/alloc.h"
#include "lint/blocked.h"
#include "lint/exposure.h"
#include "lint/outside.h"
#include "lint/ways.h"

#define PORTS 65536u
#define STEPS 2000000u /* of all searches for one file */

struct look {
	const struct unit *unit;
	const struct reach *filter;
	const struct reach *nat; /* or NULL */
	const struct chain *input;
	struct outside outside;	    /* as filter knows it */
	struct outside nat_outside; /* as nat does */
	struct exposure exposure;
	struct scratch *scratch; /* of one port */
	uint64_t steps_left;
	struct port_range *range; /* that is asked for */
};

/* ---- ranges ---- */

static void mark_ports(bool *begins, const struct region *region)
{
	const struct set *ports = region_get(region, VAR_DPORT, 0);

	for (uint32_t i = 0; ports && i < ports->n; i++) {
		begins[(uint32_t)ports->ranges[i].low] = true;
		begins[(uint32_t)ports->ranges[i].high + 1] = true;
	}
}

static bool may_ask_for_ports(struct space *space, const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (space_know(space, match)->facts->reads & FIELD_TRANSPORT)
			return true;
	}
	return false;
}

/* Where a range begins, whatever the rules do with it.  NO_TRACES: no packet is followed; a proof
 * does not look into chains that other programs fill. */
static void mark_rules(const struct reach *reach, bool no_traces, bool *begins)
{
	const struct flow *flow = reach_flow(reach);
	struct scratch *scratch = scratch_new();

	for (uint32_t i = 0; i < flow->n; i++) {
		const struct chain_flow *chain = flow->order[i];
		struct frame frame;

		if (no_traces && chain->is_opaque && chain->chain->hook == HOOK_NONE)
			continue;
		frame = prover_frame(reach_prover(reach), NULL, 0, chain);
		for (uint32_t position = 0; position < chain->n; position++) {
			struct scratch_mark mark = scratch_mark(scratch);
			struct condition condition;

			if (!may_ask_for_ports(reach_space(reach), flow_rule(chain, position)))
				continue;
			prover_read(reach_prover(reach), scratch, &frame, position, &condition);
			for (unsigned j = 0; j < condition.n; j++)
				mark_ports(begins, condition.regions[j]);
			scratch_release(scratch, mark);
		}
	}
	scratch_free(scratch);
}

/* False: there are too many. */
static bool add_ranges(struct open_ports *ports, const bool *begins, uint8_t protocol)
{
	for (uint32_t low = 0, high; low < PORTS; low = high + 1) {
		high = low;
		while (high + 1 < PORTS && !begins[high + 1])
			high++;
		if (ports->n == PORT_RANGES_MAX)
			return false;
		ports->ranges[ports->n++] = (struct port_range){ .low = (uint16_t)low,
								 .high = (uint16_t)high,
								 .protocol = protocol };
	}
	return true;
}

static bool find_ranges(const struct look *look, bool no_traces, struct open_ports *ports)
{
	bool *begins = alloc_zeroed((PORTS + 1) * sizeof(*begins));
	bool fits;

	mark_rules(look->filter, no_traces, begins);
	if (look->nat)
		mark_rules(look->nat, no_traces, begins);
	fits = add_ranges(ports, begins, IPPROTO_TCP) && add_ranges(ports, begins, IPPROTO_UDP);
	free(begins);
	return fits;
}

/* ---- one of them ---- */

static const struct region *to_range(const struct look *look, const struct region *region)
{
	struct scratch *scratch = look->scratch;
	const struct port_range *range = look->range;

	if (region)
		region = region_with(scratch, region, VAR_FRAGMENT, 0, set_range(scratch, 0, 0));
	if (region)
		region = region_with(scratch, region, VAR_PROTOCOL, 0,
				     set_range(scratch, range->protocol, range->protocol));
	return region ? region_with(scratch, region, VAR_DPORT, 0,
				    set_range(scratch, range->low, range->low))
		      : NULL;
}

/* Looks from the built-in chain on.  False: something was found, or may have been missed. */
static bool finds_nothing(struct look *look, const struct reach *reach, const struct chain *chain,
			  const struct region *region, seek_wants *wants, seek_found *found)
{
	struct seek seek = {
		.reach = reach,
		.scratch = look->scratch,
		.wants = wants,
		.found = found,
		.context = look,
		.is_complete = true,
		.steps_left = look->steps_left,
	};
	bool is_through = seek_from(&seek, chain, region);

	look->steps_left = seek.steps_left;
	return is_through && seek.is_complete;
}

static bool found_some(struct seek *seek, const struct way *way, const struct proof *proof)
{
	(void)seek, (void)way, (void)proof;
	return false;
}

static enum proved to_policy(struct look *look, const struct region *region, struct proof *proof)
{
	struct seek seek = {
		.reach = look->filter,
		.scratch = look->scratch,
		.is_complete = true,
		.steps_left = look->steps_left,
	};
	enum proved answer = seek_policy(&seek, look->input, NULL, region, proof);

	look->steps_left = seek.steps_left;
	return answer;
}

/* Does the packet of the proof come to this host, if all tables are asked? */
static bool is_accepted(struct look *look, const struct proof *proof)
{
	const char *sample = sample_of_proof(look->unit->arena, reach_space(look->filter),
					     reach_prover(look->filter), proof);

	return exposure_input(&look->exposure, sample) == COMES_SURELY;
}

static bool wants_accept(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	(void)seek;
	return rule_verdict(flow_rule(chain, position)) == VERDICT_ACCEPT;
}

/* Which interface leads to the world may be a guess; a rule that names one then says nothing. */
static bool found_accept(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct look *look = seek->context;
	const struct rule *rule = flow_rule(way->frame.chain, way->position);

	if (way_names_host(way) || way_is_narrowed(seek, way) ||
	    (look->outside.is_guess && way_names_interface(way)) || !is_accepted(look, proof))
		return true;
	look->range->answer = PORT_OPEN;
	look->range->line = unit_rule_line(look->unit, rule);
	return false;
}

static void ask_open(struct look *look)
{
	const struct region *region =
		to_range(look, outside_of(&look->outside, look->scratch,
					  reach_hook_region(look->filter, HOOK_INPUT)));
	struct proof proof;

	if (!region)
		return;
	finds_nothing(look, look->filter, look->input, region, wants_accept, found_accept);
	if (look->range->answer == PORT_PERHAPS && look->input->policy == VERDICT_ACCEPT &&
	    to_policy(look, region, &proof) == PROVED_ALIVE && is_accepted(look, &proof))
		look->range->answer = PORT_OPEN;
}

/* What ends and is no DROP may accept, a queue for instance. */
static bool wants_no_drop(const struct seek *seek, const struct chain_flow *chain,
			  uint32_t position)
{
	(void)seek;
	return chain->roles[position] == ROLE_ENDS &&
	       rule_verdict(flow_rule(chain, position)) != VERDICT_DROP;
}

static bool wants_translation(const struct seek *seek, const struct chain_flow *chain,
			      uint32_t position)
{
	const struct rule *rule = flow_rule(chain, position);

	(void)seek;
	return chain->roles[position] == ROLE_ENDS && rule->target_kind == TARGET_EXTENSION;
}

/* May it come in by another port than the one that it is sent to? */
static bool is_translated(struct look *look)
{
	const struct chain *chain =
		look->nat ? table_hook_chain(reach_flow(look->nat)->table, HOOK_PREROUTING) : NULL;
	const struct region *region =
		chain ? to_range(look, outside_any(&look->nat_outside, look->scratch,
						   reach_hook_region(look->nat, HOOK_PREROUTING)))
		      : NULL;

	return region &&
	       !finds_nothing(look, look->nat, chain, region, wants_translation, found_some);
}

static void ask_closed(struct look *look)
{
	const struct region *region =
		to_range(look, outside_any(&look->outside, look->scratch,
					   reach_hook_region(look->filter, HOOK_INPUT)));
	struct proof proof;

	if (!region ||
	    !finds_nothing(look, look->filter, look->input, region, wants_no_drop, found_some))
		return;
	if (look->input->policy == VERDICT_ACCEPT &&
	    to_policy(look, region, &proof) != PROVED_COVERED)
		return;
	if (!is_translated(look))
		look->range->answer = PORT_CLOSED;
}

/* ---- all of them ---- */

static void ask_each(struct look *look, struct open_ports *ports)
{
	for (uint32_t i = 0; i < ports->n && look->steps_left; i++) {
		look->range = &ports->ranges[i];
		look->scratch = scratch_new();
		ask_open(look);
		if (look->range->answer == PORT_PERHAPS)
			ask_closed(look);
		scratch_free(look->scratch);
	}
	ports->is_known = look->steps_left > 0;
}

static bool is_whole(const struct unit *unit)
{
	return !unit->is_fragment && !unit->is_partial && !unit->is_template && unit->analysis &&
	       (unit->refused_by & BACKEND_BOTH) != BACKEND_BOTH;
}

/* False: nothing can be said. */
static bool begin(struct look *look, struct open_ports *ports, const struct unit *unit,
		  bool no_traces)
{
	*look = (struct look){ .unit = unit, .steps_left = STEPS };
	ports->is_known = false;
	ports->n = 0;
	if (!is_whole(unit))
		return false;
	look->filter = analysis_reach(unit->analysis, TABLE_FILTER);
	look->nat = analysis_reach(unit->analysis, TABLE_NAT);
	look->input =
		look->filter ? table_hook_chain(reach_flow(look->filter)->table, HOOK_INPUT) : NULL;
	if (!look->input)
		return false;
	outside_find(&look->outside, unit, look->filter);
	if (look->nat)
		outside_find(&look->nat_outside, unit, look->nat);
	exposure_begin(&look->exposure, unit);
	return find_ranges(look, no_traces, ports);
}

void open_ports_find(struct open_ports *ports, const struct unit *unit)
{
	struct look look;

	if (begin(&look, ports, unit, false))
		ask_each(&look, ports);
}

bool some_port_is_closed(const struct unit *unit)
{
	struct open_ports *ports = arena_new_object(unit->arena, struct open_ports);
	bool result = false;
	struct look look;

	if (!begin(&look, ports, unit, true))
		return false;
	for (uint32_t i = 0; i < ports->n && look.steps_left && !result; i++) {
		look.range = &ports->ranges[i];
		look.scratch = scratch_new();
		ask_closed(&look);
		scratch_free(look.scratch);
		result = look.range->answer == PORT_CLOSED;
	}
	return result;
}
