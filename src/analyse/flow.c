/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts the chains so that callers stand before those they call, and then looks at
 * each once, the last ones first.
 */
#include "analyse/flow.h"

#include <string.h>

#include "analyse/space.h"

static enum role role_of(const struct rule *rule)
{
	const struct target_facts *facts;

	if (rule->unbound)
		return ROLE_UNKNOWN;
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		break;
	case TARGET_VERDICT:
		return rule->verdict == VERDICT_RETURN ? ROLE_RETURNS : ROLE_ENDS;
	case TARGET_JUMP:
		return ROLE_CALLS;
	case TARGET_GOTO:
		return ROLE_LEAVES;
	case TARGET_EXTENSION:
		facts = target_facts(rule->to.extension->real_name);
		if (facts->may_return)
			return ROLE_UNKNOWN;
		return facts->ends == ENDS_ALWAYS ? ROLE_ENDS : ROLE_GOES_ON;
	}
	return ROLE_GOES_ON;
}

/* ---- the order ---- */

/* How many jumps lead to each chain, from chains that stand in no loop. */
static uint32_t *count_calls(const struct flow *flow)
{
	uint32_t *calls = arena_alloc(flow->arena, (flow->n + 1) * sizeof(*calls));

	for (uint32_t i = 0; i < flow->n; i++) {
		const struct chain_flow *chain = &flow->chains[i];

		for (uint32_t j = 0; j < chain->n; j++) {
			struct chain_flow *callee = flow_jump(chain, j);

			if (callee && !chain->is_loop)
				calls[callee - flow->chains]++;
		}
	}
	return calls;
}

/* Chains whose callers are as far away stand in the order of the table, which is mostly that of
 * memory.  Those with CALLS left stay out. */
static void sort_by_depth(struct flow *flow, const uint32_t *calls, const uint32_t *depths,
			  uint32_t n_depths)
{
	uint32_t *starts = arena_alloc(flow->arena, (n_depths + 1) * sizeof(*starts));

	for (uint32_t i = 0; i < flow->n; i++) {
		if (!calls[i])
			starts[depths[i] + 1]++;
	}
	for (uint32_t i = 1; i < n_depths; i++)
		starts[i] += starts[i - 1];
	for (uint32_t i = 0; i < flow->n; i++) {
		if (!calls[i])
			flow->order[starts[depths[i]]++] = &flow->chains[i];
	}
}

/* Puts chains into the order as soon as all their callers are in it; what stands in a
 * loop, or behind one, stays out.  The number of chains that are in. */
static uint32_t sort_chains(struct flow *flow)
{
	uint32_t *calls = count_calls(flow);
	uint32_t *depths = arena_alloc(flow->arena, (flow->n + 1) * sizeof(*depths));
	uint32_t n = 0, deepest = 0;

	for (uint32_t i = 0; i < flow->n; i++) {
		if (!calls[i])
			flow->order[n++] = &flow->chains[i];
	}
	for (uint32_t next = 0; next < n; next++) {
		const struct chain_flow *chain = flow->order[next];

		/* the last caller to come is one of the deepest */
		deepest = depths[chain - flow->chains];
		for (uint32_t j = 0; j < chain->n && !chain->is_loop; j++) {
			struct chain_flow *callee = flow_jump(chain, j);
			uint32_t number;

			if (!callee)
				continue;
			number = (uint32_t)(callee - flow->chains);
			depths[number] = deepest + 1;
			if (--calls[number] == 0)
				flow->order[n++] = callee;
		}
	}
	sort_by_depth(flow, calls, depths, deepest + 1);
	return n;
}

/* Is CHAIN called by itself, directly or not?  MARKS is filled with TAG on the way. */
static bool calls_itself(struct chain_flow *chain, uint32_t *marks, struct chain_flow **queue)
{
	uint32_t n = 0, tag = chain->number + 1;

	queue[n++] = chain;
	for (uint32_t next = 0; next < n; next++) {
		for (uint32_t j = 0; j < queue[next]->n; j++) {
			struct chain_flow *callee = flow_jump(queue[next], j);

			if (callee == chain)
				return true;
			if (callee && !callee->is_loop && marks[callee->number] != tag) {
				marks[callee->number] = tag;
				queue[n++] = callee;
			}
		}
	}
	return false;
}

/* A table with a loop does not load; this only keeps the walk from going round. */
static void open_loops(struct flow *flow, uint32_t n_sorted)
{
	bool *sorted = arena_alloc(flow->arena, (flow->n + 1) * sizeof(*sorted));
	uint32_t *marks = arena_alloc(flow->arena, (flow->n + 1) * sizeof(*marks));
	struct chain_flow **queue = arena_alloc(flow->arena, (flow->n + 1) * sizeof(*queue));

	for (uint32_t i = 0; i < n_sorted; i++)
		sorted[flow->order[i]->number] = true;
	for (uint32_t i = 0; i < flow->n; i++) {
		struct chain_flow *chain = &flow->chains[i];

		if (!sorted[i] && calls_itself(chain, marks, queue))
			chain->is_loop = chain->is_opaque = true;
	}
}

/* ---- the chains ---- */

/* Of the rule that is read next. */
static void note_callee(struct flow *flow, struct chain_flow *chain, const struct chain *callee)
{
	if (!chain->callees)
		chain->callees =
			arena_alloc(flow->arena, chain->chain->n_rules * sizeof(*chain->callees));
	chain->callees[chain->n] = &flow->chains[callee->index];
}

static unsigned target_writes(const struct rule *rule)
{
	return rule->target_kind == TARGET_EXTENSION
		       ? target_facts(rule->to.extension->real_name)->writes
		       : 0;
}

/* Does the rule write something, or its target if packets go on behind it? */
static bool is_writer(const struct rule *rule, enum role role, struct space *space)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match_writes(space_know(space, match)->facts, match->text))
			return true;
	}
	return role == ROLE_GOES_ON && target_writes(rule);
}

static void read_chain(struct flow *flow, struct chain_flow *to, const struct chain *chain,
		       struct space *space)
{
	to->chain = chain;
	to->number = chain->index;
	to->is_opaque = chain_is_external(chain->name) ||
			(chain->hook == HOOK_NONE && chain->host_rules != HOST_RULES_NONE);
	to->is_reached = chain_is_reached(flow->reach, chain);
	to->is_open = to->is_opaque ||
		      (chain->hook == HOOK_NONE && (chain_is_named_by_errors(flow->reach, chain) ||
						    chains_are_of_fragment(flow->reach)));
	to->rules = arena_alloc(flow->arena, chain->n_rules * sizeof(*to->rules));
	to->roles = arena_alloc(flow->arena, chain->n_rules);
	for_each_entry (entry, chain) {
		/* rules that are not known may stand between */
		enum role role =
			chain->host_rules == HOST_RULES_AMONG ? ROLE_UNKNOWN : role_of(entry->rule);

		if (role == ROLE_RETURNS || role == ROLE_LEAVES || role == ROLE_UNKNOWN)
			to->n_returns++;
		to->roles[to->n] = (uint8_t)role;
		to->has_writers |= is_writer(entry->rule, role, space);
		if (entry->to && (role == ROLE_CALLS || role == ROLE_LEAVES))
			note_callee(flow, to, entry->to);
		to->rules[to->n++] = entry->rule;
	}
	to->returns = arena_alloc(flow->arena, (to->n_returns + 1) * sizeof(*to->returns));
	to->n_returns = 0;
	for (uint32_t i = 0; i < to->n; i++) {
		if (to->roles[i] != ROLE_GOES_ON && to->roles[i] != ROLE_ENDS &&
		    to->roles[i] != ROLE_CALLS)
			to->returns[to->n_returns++] = i;
	}
}

static void add_writes(struct flow *flow, struct chain_flow *chain, uint32_t position,
		       unsigned match, unsigned fields)
{
	if (!fields)
		return;
	if (!chain->writes)
		chain->writes = writes_new(flow->arena);
	writes_add(chain->writes, position, match, fields);
	chain->all_writes |= fields;
}

/* What is written of the packets that go on to the next rule. */
static unsigned role_writes(const struct chain_flow *chain, uint32_t position)
{
	const struct chain_flow *callee;

	if (chain->is_loop) /* those that it calls may not have been looked at */
		return FIELD_ALL;
	switch ((enum role)chain->roles[position]) {
	case ROLE_UNKNOWN:
		return FIELD_ALL;
	case ROLE_CALLS:
		callee = flow_callee(chain, position);
		return callee ? callee->all_writes : FIELD_ALL;
	case ROLE_GOES_ON:
		return chain->has_writers ? target_writes(flow_rule(chain, position)) : 0;
	case ROLE_LEAVES:
		/* these packets come back to the caller */
		callee = flow_callee(chain, position);
		return callee ? callee->all_writes : FIELD_ALL;
	default:
		return 0;
	}
}

static void add_match_writes(struct flow *flow, struct chain_flow *chain, uint32_t position)
{
	unsigned number = 0;

	for (const struct match *match = flow_rule(chain, position)->matches; match;
	     match = match->next)
		add_writes(flow, chain, position, number++,
			   match_writes(match_facts(match->real_name), match->text));
}

/* Where nothing is written, the rules need not be fetched from memory once more. */
static void find_writes(struct flow *flow, struct chain_flow *chain)
{
	for (uint32_t i = 0; i < chain->n; i++) {
		if (chain->has_writers)
			add_match_writes(flow, chain, i);
		add_writes(flow, chain, i, WRITES_AT_TARGET, role_writes(chain, i));
	}
}

static void find_sites(struct flow *flow)
{
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < flow->n; i++) {
			const struct chain_flow *chain = &flow->chains[i];

			for (uint32_t j = 0; chain->is_reached && j < chain->n; j++) {
				struct chain_flow *callee = flow_jump(chain, j);

				if (!callee)
					continue;
				callee->is_open |= chain->is_opaque;
				if (pass)
					callee->sites[callee->n_sites] = (struct site){ chain, j };
				callee->n_sites++;
			}
		}
		for (uint32_t i = 0; i < flow->n && !pass; i++) {
			struct chain_flow *chain = &flow->chains[i];

			chain->sites =
				arena_alloc(flow->arena, chain->n_sites * sizeof(*chain->sites));
			chain->n_sites = 0;
		}
	}
}

struct flow *flow_new(struct arena *arena, const struct chains *chains, struct space *space)
{
	struct flow *flow = arena_new_object(arena, struct flow);
	const struct table *table = chains_table(chains);
	uint32_t n_sorted;

	flow->arena = arena;
	flow->reach = chains;
	flow->table = table;
	flow->n = table->n_chains;
	flow->chains = arena_alloc(arena, (flow->n + 1) * sizeof(*flow->chains));
	flow->order = arena_alloc(arena, (flow->n + 1) * sizeof(*flow->order));
	for (uint32_t i = 0; i < flow->n; i++)
		read_chain(flow, &flow->chains[i], table->chains[i], space);
	n_sorted = sort_chains(flow);
	if (n_sorted < flow->n) {
		open_loops(flow, n_sorted);
		sort_chains(flow);
	}
	for (uint32_t i = flow->n; i-- > 0;)
		find_writes(flow, &flow->chains[flow->order[i]->number]);
	find_sites(flow);
	return flow;
}
