/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports DNAT of packets from a network to an address of the loopback.
 */
#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/rules.h"
#include "lint/translation.h"

struct search {
	const struct unit *unit;
	const struct reach *reach;
	const struct set *lo;
	const char *sample;
};

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;

	if (path->hook != HOOK_PREROUTING || region_is_within(path->region, VAR_IN, search->lo))
		return true;
	search->sample =
		sample_of_region(search->unit->arena, reach_space(search->reach), path->region);
	return false;
}

static void check_rule(const struct unit *unit, struct scratch *scratch, const struct interest *at,
		       struct diags *diags)
{
	const struct reach *reach = analysis_reach(unit->analysis, at->table);
	const struct chain_flow *flow = interest_flow(unit, at);
	struct search search = { unit, reach, NULL, NULL };
	struct translation translation;
	struct diag *diag;
	uint32_t lo;

	if (!flow || !translation_read(&translation, unit, at) ||
	    !translation_is_to_loopback(&translation, unit))
		return;
	lo = interfaces_number(space_interfaces(reach_space(reach)), "lo");
	/* where no rule names lo, it has the number of all others */
	lo = lo == INTERFACE_OTHER ? INTERFACE_ABSENT : lo;
	search.lo = set_range(scratch, lo, lo);
	paths_each(reach, scratch, flow, at->position, visit, &search);
	if (!search.sample || interest_is_dead(unit, at))
		return;
	diag = interest_diag(
		diags, "dnat-to-loopback", at, LEVEL_WARNING,
		arena_printf(diags->arena,
			     unit->family == FAMILY_IPV6
				     ? "the kernel drops what comes from a network and is sent on "
				       "to %s"
				     : "the kernel drops what comes from a network and is sent on "
				       "to %s, unless net.ipv4.conf.*.route_localnet is 1 for "
				       "the interface",
			     translation_text(diags->arena, unit, &translation)));
	diag_need_extra(diags->arena, diag)->witness = search.sample;
	diag_hint(diags, diag,
		  "use REDIRECT, or let the service listen on an address of the "
		  "interface");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct scratch *scratch = scratch_new();
	const struct interest *at;
	uint32_t i = 0;

	while ((at = interests_next(unit, &i, INTEREST_NAT)))
		check_rule(unit, scratch, at, diags);
	scratch_free(scratch);
}

const struct lint_rule lint_dnat_to_loopback = {
	.name = "dnat-to-loopback",
	.group = "nat",
	.summary = "a DNAT sends packets from a network to the loopback",
	.level = LEVEL_WARNING,
	.check = check,
};
