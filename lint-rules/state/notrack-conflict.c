/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports packets that raw takes out of connection tracking although filter accepts them by
 * their state only, and ports that are taken out in one direction.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/fate.h"
#include "lint/rules.h"
#include "lint/translation.h"

#define BUDGET 50000 /* rules of filter that are looked at, for a whole file */

struct directions;

struct search {
	const struct unit *unit;
	const struct reach *raw;
	const struct reach *filter;
	struct scratch *scratch;
	const struct interest *at;
	const struct directions *directions; /* of all rules together */
	unsigned budget;
	const char *sample; /* of packets that only a state would let in */
	const char *one_way;
};

static const struct region *with(const struct search *search, const struct region *region,
				 uint32_t variable, const struct set *set)
{
	return region && set ? region_with(search->scratch, region, variable, 0, set) : region;
}

static struct fate fate_in(struct search *search, enum hook hook, const struct region *region,
			   wide low, wide high)
{
	struct fate fate = { false, false, search->budget };

	region = with(search, region, VAR_STATE, set_range(search->scratch, low, high));
	if (region)
		fate_of_packets(&fate, search->filter, search->scratch, hook, region);
	search->budget = fate.budget;
	return fate;
}

/* The packets of the way in the space of filter. */
static const struct region *in_filter(const struct search *search, const struct path *path)
{
	static const uint32_t same[] = { VAR_SRC, VAR_DST, VAR_PROTOCOL, VAR_SPORT, VAR_DPORT };
	const struct region *region = &region_all;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		region = with(search, region, same[i], region_get(path->region, same[i], 0));
	return with(search, region, VAR_IN,
		    network_interfaces(search->scratch, reach_space(search->filter),
				       path_interface(path)));
}

/*
 * What becomes of the packets without a state, in INPUT or FORWARD; *WITH_STATE: could one with
 * which they may come here let them through?
 */
static bool may_pass(struct search *search, const struct path *path, bool *with_state)
{
	static const enum hook hooks[] = { HOOK_INPUT, HOOK_FORWARD };
	const struct region *region = in_filter(search, path);
	/* from a port alone replies come */
	bool are_replies =
		region_get(path->region, VAR_SPORT, 0) && !region_get(path->region, VAR_DPORT, 0);
	wide state = are_replies ? CT_ESTABLISHED : CT_NEW;
	bool result = false;

	for (unsigned i = 0; i < 2 && region; i++) {
		result |= fate_in(search, hooks[i], region, CT_UNTRACKED, CT_UNTRACKED).may_yes;
		*with_state |= fate_in(search, hooks[i], region, state, state).may_yes;
	}
	return result || !search->budget;
}

/* ---- one direction ---- */

#define PORTS 65536

/* Of each port how many below it are taken out; while rules are added, at the ends of their
 * ranges by how much the number of ranges changes. */
struct ports {
	uint32_t below[PORTS + 1];
};

/* What all rules of raw take out of a protocol. */
struct untracked {
	bool is_all; /* by a rule that names no port */
	struct ports *sport, *dport;
};

struct directions {
	struct arena *arena;
	const struct set *protocols; /* that there are */
	struct untracked of[PROTOCOL_NONE + 1];
	bool is_unknown; /* it may be anything */
};

static const struct set *protocols_of(const struct directions *directions, const struct path *path)
{
	const struct set *protocols = region_get(path->region, VAR_PROTOCOL, 0);

	return protocols ? protocols : directions->protocols;
}

static void add_ports(struct arena *arena, struct ports **ports, const struct set *set)
{
	if (!*ports)
		*ports = arena_new_object(arena, struct ports);
	for (uint32_t i = 0; i < set->n; i++) {
		(*ports)->below[(uint32_t)set->ranges[i].low]++;
		(*ports)->below[(uint32_t)set->ranges[i].high + 1]--;
	}
}

static void count_ports(struct ports *ports)
{
	uint32_t n_ranges = 0, n = 0;

	for (uint32_t port = 0; ports && port <= PORTS; port++) {
		n_ranges += ports->below[port];
		ports->below[port] = n;
		n += n_ranges > 0;
	}
}

static bool has_ports(const struct ports *ports, const struct set *set)
{
	for (uint32_t i = 0; ports && i < set->n; i++) {
		if (ports->below[(uint32_t)set->ranges[i].low] !=
		    ports->below[(uint32_t)set->ranges[i].high + 1])
			return true;
	}
	return false;
}

static bool add_path(void *context, const struct path *path)
{
	struct directions *directions = context;
	const struct set *protocols = protocols_of(directions, path);
	const struct set *sport = region_get(path->region, VAR_SPORT, 0);
	const struct set *dport = region_get(path->region, VAR_DPORT, 0);

	for (uint32_t i = 0; i < protocols->n; i++) {
		for (wide j = protocols->ranges[i].low; j <= protocols->ranges[i].high; j++) {
			struct untracked *untracked = &directions->of[j];

			untracked->is_all |= !sport && !dport;
			if (sport)
				add_ports(directions->arena, &untracked->sport, sport);
			if (dport)
				add_ports(directions->arena, &untracked->dport, dport);
		}
	}
	return true;
}

static struct directions *find_directions(struct arena *arena, const struct search *search)
{
	struct directions *directions = arena_new_object(arena, struct directions);
	const struct interest *at;
	uint32_t i = 0;

	directions->arena = arena;
	directions->protocols = space_domain(reach_space(search->raw), VAR_PROTOCOL);
	while ((at = interests_next(search->unit, &i, INTEREST_NOTRACK))) {
		const struct chain_flow *flow = interest_flow(search->unit, at);

		if (at->table == TABLE_RAW && flow &&
		    !paths_each(search->raw, search->scratch, flow, at->position, add_path,
				directions))
			directions->is_unknown = true;
	}
	for (i = 0; i <= PROTOCOL_NONE; i++) {
		count_ports(directions->of[i].sport);
		count_ports(directions->of[i].dport);
	}
	return directions;
}

/* Does some rule of raw take out packets that go the other way?  What names the port of this
 * way only is another service. */
static bool has_reverse(const struct directions *directions, const struct path *path)
{
	const struct set *protocols = protocols_of(directions, path);
	const struct set *sport = region_get(path->region, VAR_SPORT, 0);
	const struct set *dport = region_get(path->region, VAR_DPORT, 0);
	bool result = directions->is_unknown;

	for (uint32_t i = 0; i < protocols->n; i++) {
		for (wide j = protocols->ranges[i].low; j <= protocols->ranges[i].high; j++) {
			const struct untracked *untracked = &directions->of[j];

			result |= untracked->is_all || (dport ? has_ports(untracked->sport, dport)
							      : has_ports(untracked->dport, sport));
		}
	}
	return result;
}

static bool visit(void *context, const struct path *path)
{
	struct search *search = context;
	const struct region *region = path->region;
	bool has_sport = region_get(region, VAR_SPORT, 0) != NULL;
	bool has_dport = region_get(region, VAR_DPORT, 0) != NULL;
	const char *in = path_interface(path);
	bool with_state = false, is_denied = false;

	if (in && !strcmp(in, "lo"))
		return true;
	if (path->hook == HOOK_PREROUTING && search->filter)
		is_denied = !may_pass(search, path, &with_state);
	if (is_denied && with_state && !search->sample)
		search->sample =
			sample_of_region(search->unit->arena, reach_space(search->raw), region);
	/* what is denied needs no answer; SYNs alone are for SYNPROXY */
	if (has_sport != has_dport && !is_denied && !region_get(region, VAR_FLAGS, 0) &&
	    !search->one_way && !has_reverse(search->directions, path))
		search->one_way =
			sample_of_region(search->unit->arena, reach_space(search->raw), region);
	return true;
}

static void report(const struct search *search, struct diags *diags)
{
	struct diag *diag;

	if (search->sample) {
		diag = interest_diag(diags, "notrack-conflict", search->at, LEVEL_WARNING,
				     "what this rule takes out of connection tracking is denied by "
				     "filter, which accepts it by its state only: it is UNTRACKED "
				     "now");
		diag_hint(diags, diag, "accept it by port, or with --ctstate UNTRACKED");
	} else {
		diag = interest_diag(diags, "notrack-conflict", search->at, LEVEL_WARNING,
				     "this rule takes one direction out of connection tracking: "
				     "what goes the other way is tracked, and begins a connection "
				     "of its own");
		diag_hint(diags, diag, "add a rule for the other direction");
	}
	diag_need_extra(diags->arena, diag)->witness =
		search->sample ? search->sample : search->one_way;
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .budget = BUDGET };
	struct arena *arena;
	uint32_t i = 0;

	if (unit->is_fragment || !interests_next(unit, &i, INTEREST_NOTRACK))
		return;
	search.raw = analysis_reach(unit->analysis, TABLE_RAW);
	search.filter = analysis_reach(unit->analysis, TABLE_FILTER);
	if (!search.raw)
		return;
	arena = arena_new();
	search.scratch = scratch_new();
	search.directions = find_directions(arena, &search);
	for (i = 0; (search.at = interests_next(unit, &i, INTEREST_NOTRACK));) {
		const struct chain_flow *flow = interest_flow(unit, search.at);

		search.sample = search.one_way = NULL;
		if (search.at->table != TABLE_RAW || !flow || !search.budget ||
		    interest_is_dead(unit, search.at))
			continue;
		if (paths_each(search.raw, search.scratch, flow, search.at->position, visit,
			       &search) &&
		    (search.sample || search.one_way))
			report(&search, diags);
	}
	scratch_free(search.scratch);
	arena_free(arena);
}

const struct lint_rule lint_notrack_conflict = {
	.name = "notrack-conflict",
	.group = "state",
	.summary = "packets are not tracked, and accepted by their state only",
	.level = LEVEL_WARNING,
	.check = check,
};
