/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports DNAT and REDIRECT rules all of whose packets the table filter denies afterwards.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/fate.h"
#include "lint/rules.h"
#include "lint/translation.h"

#define BUDGET 50000 /* rules of filter that are looked at, for a whole file */

struct search {
	const struct unit *unit;
	const struct reach *nat;
	const struct reach *filter;
	struct scratch *scratch;
	const struct translation *translation;
	unsigned budget;
	bool is_local; /* the packets cannot be forwarded */
	bool may_pass;
	const char *sample;
};

static const struct region *with_same(const struct search *search, const struct region *region,
				      const struct region *from, uint32_t variable)
{
	const struct set *set = region_get(from, variable, 0);

	return set && region ? region_with(search->scratch, region, variable, 0, set) : region;
}

static const struct region *with_range(const struct search *search, const struct region *region,
				       uint32_t variable, wide low, wide high)
{
	return region ? region_with(search->scratch, region, variable, 0,
				    set_range(search->scratch, low, high))
		      : NULL;
}

/* The packets of the way behind the translation, as filter sees them. */
static const struct region *translated(const struct search *search, const struct path *path)
{
	const struct translation *translation = search->translation;
	const struct region *region = &region_all;

	region = with_same(search, region, path->region, VAR_SRC);
	region = with_same(search, region, path->region, VAR_PROTOCOL);
	region = with_same(search, region, path->region, VAR_SPORT);
	region = with_same(search, region, path->region, VAR_FLAGS);
	region = with_range(search, region, VAR_STATE, CT_NEW + CT_DNAT, CT_NEW + CT_DNAT);
	if (region)
		region =
			region_with(search->scratch, region, VAR_IN, 0,
				    network_interfaces(search->scratch, reach_space(search->filter),
						       path_interface(path)));
	if (translation->has_address)
		region = with_range(search, region, VAR_DST, translation->low, translation->high);
	if (translation->has_port)
		region = with_range(search, region, VAR_DPORT, translation->port_low,
				    translation->port_high);
	else
		region = with_same(search, region, path->region, VAR_DPORT);
	return region;
}

static bool may_pass(struct search *search, enum hook hook, const struct region *region)
{
	struct fate fate = { false, false, search->budget };

	fate_of_packets(&fate, search->filter, search->scratch, hook, region);
	search->budget = fate.budget;
	return fate.may_yes;
}

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	const struct region *region;

	if (path->hook != HOOK_PREROUTING) {
		search->may_pass = true; /* of OUTPUT nothing is said */
		return false;
	}
	region = translated(search, path);
	if (!region)
		return true;
	if (may_pass(search, HOOK_INPUT, region) ||
	    (!search->is_local && may_pass(search, HOOK_FORWARD, region))) {
		search->may_pass = true;
		return false;
	}
	if (!search->sample)
		search->sample = sample_of_region(search->unit->arena, reach_space(search->nat),
						  path->region);
	return true;
}

static void check_rule(struct search *search, const struct interest *at, struct diags *diags)
{
	const struct unit *unit = search->unit;
	const struct chain_flow *flow = interest_flow(unit, at);
	struct translation translation;
	struct diag *diag;

	if (!flow || !translation_read(&translation, unit, at))
		return;
	search->translation = &translation;
	search->is_local =
		translation.is_redirect || translation_is_to_loopback(&translation, unit);
	search->may_pass = false;
	search->sample = NULL;
	if (!paths_each(search->nat, search->scratch, flow, at->position, visit, search) ||
	    search->may_pass || !search->sample || interest_is_dead(unit, at))
		return;
	diag = interest_diag(diags, "dnat-forward-blocked", at, LEVEL_WARNING,
			     arena_printf(diags->arena,
					  "what this %s sends on to %s is denied by %s of filter",
					  at->rule->to.extension->name,
					  translation_text(diags->arena, unit, &translation),
					  search->is_local ? "INPUT" : "FORWARD, and by INPUT"));
	diag_need_extra(diags->arena, diag)->witness = search->sample;
	diag_hint(diags, diag,
		  "accept it in %s, by the address and port that it has behind the "
		  "translation",
		  search->is_local ? "INPUT" : "FORWARD");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .budget = BUDGET };
	const struct interest *at;
	uint32_t i = 0;

	/* what is loaded already may accept it */
	if (unit->is_fragment || !interests_next(unit, &i, INTEREST_NAT))
		return;
	search.nat = analysis_reach(unit->analysis, TABLE_NAT);
	search.filter = analysis_reach(unit->analysis, TABLE_FILTER);
	if (!search.nat || !search.filter)
		return;
	search.scratch = scratch_new();
	for (i = 0; (at = interests_next(unit, &i, INTEREST_NAT)) && search.budget;) {
		if (at->table == TABLE_NAT)
			check_rule(&search, at, diags);
	}
	scratch_free(search.scratch);
}

const struct lint_rule lint_dnat_forward_blocked = {
	.name = "dnat-forward-blocked",
	.group = "nat",
	.summary = "filter denies what a DNAT sends on",
	.level = LEVEL_WARNING,
	.check = check,
};
