/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First for something that accepts; only if there is certainly nothing, for what denies.
 */
#include "lint/blocked.h"

#include "analyse/sample.h"
#include "analyse/seek.h"
#include "lint/outside.h"
#include "lint/words.h"

#define EPHEMERAL 45678 /* a port that connections are made from */

struct asking {
	const struct unit *unit;
	enum verdict verdict;
	struct blocked *result; /* or NULL */
	bool is_found;
};

static bool wants(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	const struct asking *asking = seek->context;
	enum verdict decision;

	if (chain->roles[position] != ROLE_ENDS)
		return false;
	decision = rule_decision(chain->chain, flow_rule(chain, position));
	/* what waits for a program may be accepted by it */
	if (decision == VERDICT_NONE)
		decision = VERDICT_ACCEPT;
	return decision == asking->verdict;
}

static void keep(struct seek *seek, const struct rule *rule, const struct proof *proof)
{
	struct asking *asking = seek->context;

	asking->is_found = true;
	if (!asking->result)
		return;
	asking->result->rule = rule;
	asking->result->sample = sample_of_proof(asking->unit->arena, reach_space(seek->reach),
						 reach_prover(seek->reach), proof);
}

static bool found(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct asking *asking = seek->context;

	/* a rate, or a set, does not deny all */
	if (asking->verdict == VERDICT_DROP && (!way->is_sure || region_has_literals(way->region)))
		return true;
	keep(seek, flow_rule(way->frame.chain, way->position), proof);
	return false;
}

static struct seek begin(const struct reach *reach, struct scratch *scratch, struct asking *asking)
{
	return (struct seek){
		.reach = reach,
		.scratch = scratch,
		.wants = wants,
		.found = found,
		.context = asking,
		.is_complete = true,
		.steps_left = SEEK_STEPS,
	};
}

/* Does the chain accept some of them, or could it? */
static bool may_accept(const struct unit *unit, const struct reach *reach, struct scratch *scratch,
		       const struct chain *chain, const struct region *region)
{
	struct asking asking = { unit, VERDICT_ACCEPT, NULL, false };
	struct seek seek = begin(reach, scratch, &asking);
	struct proof proof;

	if (chain->policy == VERDICT_ACCEPT &&
	    seek_policy(&seek, chain, NULL, region, &proof) != PROVED_COVERED)
		return true;
	seek_from(&seek, chain, region);
	return asking.is_found || !seek.is_complete;
}

/* By RETURN packets come to the policy, too, and are seen by no rule behind it. */
static bool policy_accepts_returned(const struct reach *reach, const struct chain *chain)
{
	return chain->policy == VERDICT_ACCEPT && reach_of(reach, chain)->flow->n_returns;
}

static const struct region *not_of_lo(const struct unit *unit, const struct reach *reach,
				      struct scratch *scratch, const struct chain *chain)
{
	const struct region *region = reach_hook_region(reach, chain->hook);

	return region_with(scratch, region, chain->hook == HOOK_OUTPUT ? VAR_OUT : VAR_IN, 0,
			   outside_not_lo(unit, reach));
}

struct part {
	uint32_t variable;
	wide low, high;
};

static const struct region *with_parts(struct scratch *scratch, const struct region *region,
				       const struct part *parts, size_t n)
{
	for (size_t i = 0; region && i < n; i++)
		region = region_with(scratch, region, parts[i].variable, 0,
				     set_range(scratch, parts[i].low, parts[i].high));
	return region;
}

static const struct region *region_of(struct scratch *scratch, const struct region *base,
				      const struct kind *kind)
{
	const struct part parts[] = {
		{ VAR_PROTOCOL, kind->protocol, kind->protocol },
		{ VAR_ICMP, kind->icmp_low, kind->icmp_high },
		{ VAR_STATE, kind->state_low, kind->state_high },
		{ VAR_FRAGMENT, 0, 0 },
	};

	return with_parts(scratch, base, parts, sizeof(parts) / sizeof(parts[0]));
}

bool kind_is_blocked(const struct unit *unit, const struct reach *reach, const struct chain *chain,
		     const struct kind *kind, struct blocked *result)
{
	struct scratch *scratch = scratch_new();
	const struct region *region =
		region_of(scratch, not_of_lo(unit, reach, scratch, chain), kind);
	struct asking asking = { unit, VERDICT_DROP, result, false };
	struct seek seek = begin(reach, scratch, &asking);
	struct proof proof;

	if (region && !policy_accepts_returned(reach, chain) &&
	    !may_accept(unit, reach, scratch, chain, region)) {
		seek_from(&seek, chain, region);
		if (!asking.is_found && chain->policy == VERDICT_DROP &&
		    seek_policy(&seek, chain, NULL, region, &proof) == PROVED_ALIVE)
			keep(&seek, NULL, &proof);
	}
	scratch_free(scratch);
	return asking.is_found;
}

bool chain_accepts_some(const struct unit *unit, const struct reach *reach,
			const struct chain *chain)
{
	struct scratch *scratch = scratch_new();
	const struct region *region = not_of_lo(unit, reach, scratch, chain);
	bool result = region && may_accept(unit, reach, scratch, chain, region);

	scratch_free(scratch);
	return result;
}

bool chain_accepts_replies(const struct unit *unit, const struct reach *reach,
			   const struct chain *chain)
{
	struct scratch *scratch = scratch_new();
	const struct region *region = not_of_lo(unit, reach, scratch, chain);
	const struct part parts[] = {
		{ VAR_PROTOCOL, IPPROTO_TCP, IPPROTO_TCP },
		{ VAR_SPORT, 443, 443 },
		{ VAR_DPORT, EPHEMERAL, EPHEMERAL },
		{ VAR_STATE, CT_ESTABLISHED, CT_ESTABLISHED },
		{ VAR_FRAGMENT, 0, 0 },
	};
	struct outside outside;
	bool result;

	outside_find(&outside, unit, reach);
	if (region)
		region = region_with(scratch, region, VAR_SRC, 0, outside.source);
	region = with_parts(scratch, region, parts, sizeof(parts) / sizeof(parts[0]));
	result = region && may_accept(unit, reach, scratch, chain, region);
	scratch_free(scratch);
	return result;
}
