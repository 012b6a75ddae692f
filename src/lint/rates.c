/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet that is followed comes from outside (outside.h) where the rule leaves that open,
 * so that what is let through further down for a few known hosts does not count.
 */
#include "lint/rates.h"

#include <string.h>

#include "analyse/facts.h"
#include "analyse/sample.h"
#include "analyse/seek.h"
#include "lint/words.h"

enum rate match_rate(const struct match *match)
{
	if (!strchr("lhc", match->real_name[0]))
		return RATE_NONE;
	if (!strcmp(match->real_name, "limit"))
		return RATE_UNDER;
	if (!strcmp(match->real_name, "hashlimit"))
		return strstr(match->text, "--hashlimit-above") ? RATE_OVER : RATE_UNDER;
	if (!strcmp(match->real_name, "connlimit"))
		return strstr(match->text, "--connlimit-above") ? RATE_OVER : RATE_UNDER;
	return RATE_NONE;
}

const struct match *rule_rate(const struct rule *rule)
{
	const struct match *found = rule->unbound ? NULL : rule->matches;

	/* most rules have none */
	while (found && match_rate(found) == RATE_NONE)
		found = found->next;
	if (!found || found->undecided)
		return NULL;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match != found && match_facts(match->real_name)->answer == ANSWER_FREE)
			return NULL;
	}
	return found;
}

bool rule_is_for_loopback(const struct rule *rule)
{
	return rule->in && !strcmp(rule->in, "lo") && !(rule->inverted & RULE_NOT_IN);
}

/* LOG and the like, then DROP for all. */
static bool denies_all(const struct reach *reach, const struct chain_flow *chain)
{
	const struct rule *final = reach_of(reach, chain->chain)->final;

	for (uint32_t i = 0; final && i < chain->n; i++) {
		const struct rule *rule = flow_rule(chain, i);

		if (rule == final)
			return rule_decision(chain->chain, rule) == VERDICT_DROP;
		if (chain->roles[i] != ROLE_GOES_ON &&
		    rule_decision(chain->chain, rule) != VERDICT_DROP)
			return false;
	}
	return false;
}

enum verdict rate_decision(const struct reach *reach, const struct chain_flow *chain,
			   uint32_t position)
{
	const struct chain_flow *callee = flow_callee(chain, position);

	if (callee)
		return denies_all(reach, callee) ? VERDICT_DROP : VERDICT_NONE;
	if (chain->roles[position] != ROLE_ENDS)
		return VERDICT_NONE;
	return rule_decision(chain->chain, flow_rule(chain, position));
}

struct following {
	const struct rate_search *search;
	enum verdict verdict;
	struct other_side *result;
	bool is_found;
};

static bool wants(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	const struct following *following = seek->context;

	return chain->roles[position] == ROLE_ENDS &&
	       rule_decision(chain->chain, flow_rule(chain, position)) == following->verdict;
}

static void keep(struct seek *seek, const struct rule *rule, const struct proof *proof)
{
	struct following *following = seek->context;

	following->is_found = true;
	following->result->rule = rule;
	following->result->sample =
		sample_of_proof(following->search->unit->arena, reach_space(seek->reach),
				reach_prover(seek->reach), proof);
}

static bool found(struct seek *seek, const struct way *way, const struct proof *proof)
{
	/* what a set or another rate lets through is not all that is above this one */
	if (!way->is_sure || region_has_literals(way->region))
		return true;
	keep(seek, flow_rule(way->frame.chain, way->position), proof);
	return false;
}

static bool policy_decides(const struct chain *chain, enum verdict verdict)
{
	return chain->policy_declared && chain->host_rules == HOST_RULES_NONE &&
	       chain->policy == verdict;
}

/* From one way to the rule on. */
static bool follow(struct seek *seek, const struct way *way)
{
	struct following *following = seek->context;
	const struct region *region =
		outside_prefer(&following->search->outside, seek->scratch, way->region);
	const struct way *root = way;
	struct proof proof;

	while (root->caller)
		root = root->caller;
	if (!seek_behind(seek, way, region))
		return false;
	if (policy_decides(root->frame.chain->chain, following->verdict) &&
	    seek_policy(seek, root->frame.chain->chain, way, region, &proof) == PROVED_ALIVE)
		keep(seek, NULL, &proof);
	return !following->is_found;
}

void rate_search_begin(struct rate_search *search, const struct unit *unit,
		       const struct reach *reach)
{
	*search = (struct rate_search){ .unit = unit, .reach = reach, .steps_left = SEEK_STEPS };
}

bool rate_other_side(struct rate_search *search, const struct chain_flow *chain, uint32_t position,
		     enum verdict verdict, struct other_side *result)
{
	struct following following = { search, verdict, result, false };
	struct seek seek = {
		.reach = search->reach,
		.scratch = scratch_new(),
		.wants = wants,
		.found = found,
		.context = &following,
		.is_complete = true,
		.steps_left = search->steps_left,
	};

	/* most files need none */
	if (!search->has_outside)
		outside_find(&search->outside, search->unit, search->reach);
	search->has_outside = true;
	seek_ways(&seek, chain, position, follow);
	search->steps_left = seek.steps_left;
	scratch_free(seek.scratch);
	return following.is_found;
}
