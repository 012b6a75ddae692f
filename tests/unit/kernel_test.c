/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_check() on rulesets made by hand.  That the facts are right is for
 * tests/kernel/constraints.py, which asks a kernel; this is about what is done with them.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include <linux/netfilter/xt_RATEEST.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_rateest.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "kernel/kernel.h"
#include "ruleset/chains.h"

/* ---- rulesets by hand ---- */

static const struct tools both = { BACKEND_BOTH, RELEASE(1, 8, 9) };

struct world {
	struct arena *arena;
	struct ruleset *ruleset;
	struct table *table; /* that rules are added to */
	struct diags diags;
	uint32_t line; /* each rule has the span [10 * line, 10 * line + 9) */
};

static struct world world_new(enum table_id id)
{
	struct world world = { .arena = arena_new() };

	world.ruleset = arena_new_object(world.arena, struct ruleset);
	world.ruleset->arena = world.arena;
	world.ruleset->family = FAMILY_IPV4;
	world.ruleset->backends = BACKEND_BOTH;
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		table_init(&world.ruleset->tables[i], (enum table_id)i, world.arena);
	world.table = &world.ruleset->tables[id];
	world.table->present = world.table->used = world.table->committed = true;
	diags_init(&world.diags, world.arena);
	return world;
}

static void chain(struct world *world, const char *name)
{
	table_add_chain(world->table, world->arena, name);
}

static struct rule *rule(struct world *world, const char *chain_name)
{
	struct rule *made = arena_new_object(world->arena, struct rule);
	struct command *origin = arena_new_object(world->arena, struct command);
	struct chain *into = table_find_chain(world->table, chain_name);
	const struct span span = { 10 * world->line, 10 * world->line + 9 };

	cr_assert(into, "no chain %s", chain_name);
	origin->base.kind = STATEMENT_COMMAND;
	origin->base.span = origin->spec_span = span;
	made->origin = origin;
	made->target_span = (struct span){ span.start + 5, span.end };
	chain_append(into, world->arena, made);
	world->line++;
	return made;
}

static struct rule *verdict(struct world *world, const char *from, enum verdict which)
{
	struct rule *made = rule(world, from);

	made->target_kind = TARGET_VERDICT;
	made->verdict = (uint8_t)which;
	return made;
}

static struct rule *jump(struct world *world, const char *from, const char *to)
{
	struct rule *made = rule(world, from);

	made->target_kind = TARGET_JUMP;
	made->to.chain = to;
	return made;
}

static struct match *match(struct world *world, struct rule *to, const char *name, const void *data,
			   size_t size)
{
	struct match *made = arena_new_object(world->arena, struct match);

	made->name = made->real_name = name;
	made->data = arena_memdup(world->arena, data, size);
	made->data_size = made->data_len = (uint32_t)size;
	made->span = (struct span){ to->target_span.start - 4, to->target_span.start - 1 };
	made->next = (struct match *)to->matches;
	to->matches = made;
	return made;
}

static struct rule *mac(struct world *world, const char *into)
{
	static const char data[16];
	struct rule *made = rule(world, into);

	match(world, made, "mac", data, sizeof(data));
	return made;
}

static struct rule *target(struct world *world, const char *into, const char *name)
{
	struct rule *made = rule(world, into);
	struct target *extension = arena_new_object(world->arena, struct target);

	extension->name = extension->real_name = name;
	made->target_kind = TARGET_EXTENSION;
	made->to.extension = extension;
	return made;
}

static size_t check(struct world *world)
{
	const struct ruleset_pair pair = { world->ruleset, world->ruleset };

	diags_init(&world->diags, world->arena);
	kernel_check(&pair, &both, &world->diags);
	diags_sort(&world->diags);
	return world->diags.count;
}

/* The only record is of RULE_NAME and refused by BACKENDS. */
static struct diag *only(struct world *world, const char *rule_name, unsigned backends)
{
	struct diag *diag;

	cr_assert_eq(check(world), 1);
	diag = world->diags.first;
	cr_assert_str_eq(diag->rule, rule_name);
	cr_assert_eq(diag->refuses, backends, "%s: refused by %u", diag->message, diag->refuses);
	return diag;
}

/* ---- places ---- */

Test(kernel, a_hook_reaches_a_rule_through_jumps)
{
	struct world world = world_new(TABLE_FILTER);
	struct diag *diag;

	chain(&world, "A");
	chain(&world, "B");
	jump(&world, "OUTPUT", "A");
	jump(&world, "A", "B");
	mac(&world, "B");
	diag = only(&world, "match-not-valid-here", BACKEND_BOTH);
	cr_assert_str_eq(diag->message,
			 "match 'mac' is not valid in a chain that is called from OUTPUT");
	cr_assert_str_eq(diag->hint, "in table filter it is valid in INPUT and FORWARD only");
	cr_assert_str_eq(diag->table, "filter");
	cr_assert_str_eq(diag->chain, "B");
	cr_assert_eq(diag->span.start, 21);
	cr_assert_eq(diag->related->span.start, 15);
	cr_assert_eq(diag->related->next->span.start, 5);
	cr_assert_null(diag->related->next->next);
	arena_free(world.arena);
}

Test(kernel, an_unused_chain_is_not_reached_but_its_table_counts)
{
	struct world world = world_new(TABLE_FILTER);
	struct diag *diag;

	chain(&world, "A");
	mac(&world, "A");
	cr_assert_eq(check(&world), 0);
	target(&world, "A", "MASQUERADE");
	diag = only(&world, "target-not-valid-here", BACKEND_BOTH);
	cr_assert_str_eq(diag->message,
			 "target 'MASQUERADE' is valid in table nat only, not in filter");
	cr_assert_eq(diag->span.start, 15);
	arena_free(world.arena);
}

Test(kernel, legacy_stops_behind_an_unconditional_verdict)
{
	static const enum verdict stops[] = { VERDICT_ACCEPT, VERDICT_DROP, VERDICT_RETURN };

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		struct world world = world_new(TABLE_FILTER);

		verdict(&world, "OUTPUT", stops[i]);
		mac(&world, "OUTPUT");
		only(&world, "match-not-valid-here", BACKEND_NFT);
		arena_free(world.arena);
	}
}

Test(kernel, legacy_goes_on_behind_any_condition)
{
	for (unsigned i = 0; i < 6; i++) {
		struct world world = world_new(TABLE_FILTER);
		struct rule *first = i == 5 ? target(&world, "OUTPUT", "LOG")
					    : verdict(&world, "OUTPUT", VERDICT_DROP);

		if (i == 0)
			first->out = "+";
		else if (i == 1)
			first->protocol = IPPROTO_TCP;
		else if (i == 2)
			first->inverted = RULE_NOT_FRAGMENT;
		else if (i == 3)
			match(&world, first, "comment", "", 1);
		else if (i == 4)
			first->unbound = true;
		mac(&world, "OUTPUT");
		only(&world, "match-not-valid-here", BACKEND_BOTH);
		arena_free(world.arena);
	}
}

Test(kernel, nft_asks_about_options_in_built_in_chains_only)
{
	const struct xt_devgroup_info info = { .flags = XT_DEVGROUP_MATCH_SRC };
	struct world world = world_new(TABLE_FILTER);

	chain(&world, "A");
	jump(&world, "OUTPUT", "A");
	match(&world, rule(&world, "A"), "devgroup", &info, sizeof(info));
	only(&world, "match-not-valid-here", BACKEND_LEGACY);
	arena_free(world.arena);

	world = world_new(TABLE_FILTER);
	match(&world, rule(&world, "OUTPUT"), "devgroup", &info, sizeof(info));
	only(&world, "match-not-valid-here", BACKEND_BOTH);
	arena_free(world.arena);
}

Test(kernel, trace_is_free_in_nft)
{
	struct world world = world_new(TABLE_FILTER);

	target(&world, "INPUT", "TRACE");
	only(&world, "target-not-valid-here", BACKEND_LEGACY);
	arena_free(world.arena);
}

Test(kernel, a_table_that_is_never_committed_refuses_nothing)
{
	struct world world = world_new(TABLE_FILTER);

	target(&world, "INPUT", "MASQUERADE");
	world.table->committed = false;
	only(&world, "target-not-valid-here", 0);
	arena_free(world.arena);
}

Test(kernel, rulesets_that_differ_give_one_record)
{
	struct world legacy = world_new(TABLE_FILTER), nft = world_new(TABLE_FILTER);
	const struct ruleset_pair pair = { legacy.ruleset, nft.ruleset };

	target(&legacy, "INPUT", "MASQUERADE");
	target(&nft, "INPUT", "MASQUERADE");
	target(&nft, "INPUT", "DNAT");
	kernel_check(&pair, &both, &legacy.diags);
	diags_sort(&legacy.diags);
	cr_assert_eq(legacy.diags.count, 2);
	cr_assert_eq(legacy.diags.first->refuses, BACKEND_BOTH);
	cr_assert_eq(legacy.diags.first->next->refuses, BACKEND_NFT);
	arena_free(nft.arena);
	arena_free(legacy.arena);
}

/* ---- loops ---- */

Test(kernel, a_loop_is_told_at_the_jump_that_closes_it)
{
	struct world world = world_new(TABLE_FILTER);
	struct diag *diag;

	chain(&world, "A");
	chain(&world, "B");
	jump(&world, "A", "B");
	jump(&world, "B", "A");
	cr_assert_eq(check(&world), 0, "nothing reaches it");
	jump(&world, "FORWARD", "A");
	diag = only(&world, "chain-loop", BACKEND_BOTH);
	cr_assert_str_eq(diag->message, "the chains call each other in a loop: A -> B -> A");
	cr_assert_eq(diag->span.start, 15);
	cr_assert_eq(diag->related->span.start, 5);
	cr_assert_null(diag->related->next);
	arena_free(world.arena);
}

Test(kernel, legacy_does_not_see_a_loop_behind_a_verdict)
{
	struct world world = world_new(TABLE_FILTER);

	chain(&world, "A");
	verdict(&world, "INPUT", VERDICT_ACCEPT);
	jump(&world, "INPUT", "A");
	jump(&world, "A", "A");
	only(&world, "chain-loop", BACKEND_NFT);
	arena_free(world.arena);
}

/* C0 calls C1 and so on: N chains. */
static void nest(struct world *world, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		chain(world, arena_printf(world->arena, "C%u", i));
	for (unsigned i = 0; i + 1 < n; i++)
		jump(world, arena_printf(world->arena, "C%u", i),
		     arena_printf(world->arena, "C%u", i + 1));
	jump(world, "INPUT", "C0");
}

Test(kernel, nft_takes_fifteen_nested_jumps)
{
	struct world world = world_new(TABLE_FILTER);

	nest(&world, 15);
	cr_assert_eq(check(&world), 0);
	arena_free(world.arena);

	world = world_new(TABLE_FILTER);
	nest(&world, 16);
	only(&world, "target-not-valid-here", BACKEND_NFT);
	arena_free(world.arena);
}

/* ---- protocols and values ---- */

Test(kernel, ports_want_their_protocol)
{
	static const struct {
		unsigned protocol;
		bool inverted, bare;
		unsigned refused_by;
	} cases[] = {
		{ IPPROTO_TCP, false, false, 0 },
		{ IPPROTO_TCP, false, true, 0 },
		{ 0, false, false, BACKEND_BOTH },
		{ IPPROTO_UDP, false, false, BACKEND_BOTH },
		{ IPPROTO_UDP, true, false, BACKEND_BOTH },
		{ IPPROTO_TCP, true, false, BACKEND_LEGACY },
		{ IPPROTO_TCP, true, true, BACKEND_BOTH },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct xt_tcp info = { .spts = { 0, 65535 }, .dpts = { 22, 22 } };
		struct world world = world_new(TABLE_FILTER);
		struct rule *made = rule(&world, "INPUT");

		if (cases[i].bare) {
			info.dpts[0] = 0;
			info.dpts[1] = 65535;
		}
		match(&world, made, "tcp", &info, sizeof(info));
		made->protocol = (uint16_t)cases[i].protocol;
		made->inverted = cases[i].inverted ? RULE_NOT_PROTOCOL : 0;
		if (cases[i].refused_by)
			only(&world, "protocol-mismatch", cases[i].refused_by);
		else
			cr_assert_eq(check(&world), 0);
		arena_free(world.arena);
	}
}

Test(kernel, the_zeros_that_were_cut_count)
{
	const struct xt_owner_match_info info = { .uid_min = 5, .match = XT_OWNER_UID };
	struct world world = world_new(TABLE_FILTER);
	struct match *owner = match(&world, rule(&world, "OUTPUT"), "owner", &info, sizeof(info));
	struct diag *diag;

	owner->revision = 1;
	owner->data_len = offsetof(struct xt_owner_match_info, match) + 1;
	diag = only(&world, "invalid-value", BACKEND_BOTH);
	cr_assert_str_eq(diag->hint, "write --uid-owner 0-5");
	owner->undecided = true;
	cr_assert_eq(check(&world), 0, "a user that only the load knows");
	owner->undecided = false;
	owner->revision = 2;
	cr_assert_eq(check(&world), 0, "a structure that is not known");
	arena_free(world.arena);
}

Test(kernel, the_overflow_of_limit_is_legacys)
{
	/* 1/day: 864,000,000 ten-thousandths of a second. */
	static const struct {
		unsigned burst;
		bool refused;
	} cases[] = { { 0, true }, { 1, false }, { 5, true }, { 388, true }, { 389, false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct xt_rateinfo info = { .avg = 864000000, .burst = cases[i].burst };
		struct world world = world_new(TABLE_FILTER);

		match(&world, rule(&world, "INPUT"), "limit", &info, sizeof(info));
		if (cases[i].refused)
			only(&world, "invalid-value", BACKEND_LEGACY);
		else
			cr_assert_eq(check(&world), 0, "burst %u", cases[i].burst);
		arena_free(world.arena);
	}
}

Test(kernel, all_faults_of_a_match_are_told)
{
	struct xt_recent_mtinfo_v1 info = {
		.check_set = XT_RECENT_SET, .seconds = 5, .hit_count = 70000, .name = "a/b"
	};
	struct world world = world_new(TABLE_FILTER);

	match(&world, rule(&world, "INPUT"), "recent", &info, sizeof(info))->revision = 1;
	cr_assert_eq(check(&world), 3);
	cr_assert_eq(diags_refusing(&world.diags), BACKEND_BOTH);
	arena_free(world.arena);
}

Test(kernel, no_address_at_all_is_for_legacy_only)
{
	struct world world = world_new(TABLE_FILTER);
	struct rule *made = rule(&world, "INPUT");
	static const struct prefix any, host = { .host = "mail.example.com" };

	made->src = &any;
	made->inverted = RULE_NOT_SRC;
	only(&world, "invalid-value", BACKEND_NFT);
	made->src = &host;
	cr_assert_eq(check(&world), 0);
	arena_free(world.arena);
}

Test(kernel, a_list_of_addresses_is_told_once)
{
	struct world world = world_new(TABLE_FILTER);
	struct rule *first = target(&world, "INPUT", "DNAT");
	struct rule *second = target(&world, "INPUT", "DNAT");

	second->origin = first->origin;
	cr_assert_eq(check(&world), 1);
	arena_free(world.arena);
}

/* ---- estimators ---- */

static void estimator(struct world *world, const char *into)
{
	const char made[sizeof(struct xt_rateest_target_info)] = "e";
	struct rule *maker = target(world, into, "RATEEST");
	struct target *extension = (struct target *)maker->to.extension;

	extension->data = arena_memdup(world->arena, made, sizeof(made));
	extension->data_len = extension->data_size = sizeof(made);
}

static void asks_for_estimator(struct world *world, const char *into)
{
	const char asked[sizeof(struct xt_rateest_match_info)] = "e";

	match(world, rule(world, into), "rateest", asked, sizeof(asked));
}

Test(kernel, estimators_are_made_in_the_order_of_each_back_end)
{
	/* Legacy sees INPUT before OUTPUT, and A before B; nft sees the first line first. */
	static const struct {
		const char *maker, *asker;
		bool maker_first;
		unsigned refused_by;
	} cases[] = {
		{ "INPUT", "INPUT", true, 0 },
		{ "INPUT", "INPUT", false, BACKEND_BOTH },
		{ "OUTPUT", "INPUT", true, BACKEND_LEGACY },
		{ "INPUT", "OUTPUT", false, BACKEND_NFT },
		{ "B", "A", true, BACKEND_LEGACY },
		{ "A", "B", false, BACKEND_NFT },
		{ "OUTPUT", "A", true, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world = world_new(TABLE_FILTER);

		chain(&world, "B");
		chain(&world, "A");
		if (cases[i].maker_first)
			estimator(&world, cases[i].maker);
		asks_for_estimator(&world, cases[i].asker);
		if (!cases[i].maker_first)
			estimator(&world, cases[i].maker);
		if (cases[i].refused_by)
			only(&world, "invalid-value", cases[i].refused_by);
		else
			cr_assert_eq(check(&world), 0);
		arena_free(world.arena);
	}
}

Test(kernel, rules_that_share_a_hash_table_agree_on_its_kind)
{
	static const struct {
		unsigned first, second, refused_by;
		const char *second_name;
	} cases[] = {
		{ 0, 0, 0, "h" },
		{ 0, XT_HASHLIMIT_RATE_MATCH, BACKEND_BOTH, "h" },
		{ XT_HASHLIMIT_RATE_MATCH, 0, BACKEND_BOTH, "h" },
		{ XT_HASHLIMIT_RATE_MATCH, 0, 0, "i" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct xt_hashlimit_mtinfo3 info = {
			.name = "h",
			.cfg = { .avg = 1000000,
				 .burst = 5,
				 .expire = 1,
				 .gc_interval = 1,
				 .interval = 1 },
		};
		struct world world = world_new(TABLE_FILTER);

		info.cfg.mode = cases[i].first;
		match(&world, rule(&world, "INPUT"), "hashlimit", &info, sizeof(info))->revision =
			3;
		info.cfg.mode = cases[i].second;
		strcpy(info.name, cases[i].second_name);
		match(&world, rule(&world, "INPUT"), "hashlimit", &info, sizeof(info))->revision =
			3;
		if (cases[i].refused_by)
			cr_assert_eq(only(&world, "invalid-value", cases[i].refused_by)->span.start,
				     11);
		else
			cr_assert_eq(check(&world), 0);
		arena_free(world.arena);
	}
}

/* ---- the walk against a slow one ---- */

#define N_USER 5
#define N_ALL  (N_USER + 3) /* INPUT FORWARD OUTPUT and the others */

static uint64_t seed;

static unsigned chance(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % n);
}

static void close_over(bool reach[N_ALL][N_ALL])
{
	for (unsigned k = 0; k < N_ALL; k++)
		for (unsigned i = 0; i < N_ALL; i++)
			for (unsigned j = 0; j < N_ALL; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
}

Test(kernel, the_walk_is_what_a_closure_says)
{
	static const char *const names[N_ALL] = { "INPUT", "FORWARD", "OUTPUT", "A",
						  "B",	   "C",	      "D",	"E" };
	unsigned n_loops = 0, n_wrong = 0;

	seed = 20240229;
	for (unsigned round = 0; round < 3000; round++) {
		bool reach[2][N_ALL][N_ALL] = { { { false } } };
		bool dead_mac[N_ALL] = { false };
		struct world world = world_new(TABLE_FILTER);
		unsigned expected_macs[2] = { 0, 0 }, macs[2] = { 0, 0 };
		bool expected_loop[2] = { false, false }, loop[2] = { false, false };

		for (unsigned i = 3; i < N_ALL; i++)
			chain(&world, names[i]);
		for (unsigned i = 0; i < N_ALL; i++) {
			bool live = true;

			for (unsigned n = chance(3); n-- > 0;) {
				const unsigned to = 3 + chance(N_USER);

				if (chance(4) == 0) {
					verdict(&world, names[i], VERDICT_RETURN);
					live = false;
				}
				jump(&world, names[i], names[to]);
				reach[0][i][to] |= live;
				reach[1][i][to] = true;
			}
			mac(&world, names[i]);
			dead_mac[i] = !live;
		}
		for (unsigned b = 0; b < 2; b++) {
			close_over(reach[b]);
			for (unsigned i = 0; i < N_ALL; i++) {
				const bool by_output = i == 2 || reach[b][2][i];

				expected_macs[b] += by_output && (b == 1 || !dead_mac[i]);
				expected_loop[b] |= reach[b][i][i] &&
						    (reach[b][0][i] || reach[b][1][i] || by_output);
			}
		}
		check(&world);
		for (const struct diag *d = world.diags.first; d; d = d->next) {
			for (unsigned b = 0; b < 2; b++) {
				const bool refused =
					d->refuses & (b ? BACKEND_NFT : BACKEND_LEGACY);

				if (!strcmp(d->rule, "chain-loop"))
					loop[b] |= refused;
				else
					macs[b] += refused;
			}
		}
		for (unsigned b = 0; b < 2; b++) {
			cr_assert_eq(loop[b], expected_loop[b], "round %u, back end %u", round, b);
			cr_assert_eq(macs[b], expected_macs[b], "round %u, back end %u", round, b);
			n_loops += loop[b];
			n_wrong += macs[b];
		}
		arena_free(world.arena);
	}
	cr_assert_gt(n_loops, 500);
	cr_assert_gt(n_wrong, 5000);
}

/* ---- size ---- */

Test(kernel, many_chains_take_little_time)
{
	const unsigned n_chains = 36000, n_rules = 100000;
	struct world world = world_new(TABLE_NAT);
	struct timespec start, end;
	double ms;

	for (unsigned i = 0; i < n_chains; i++)
		chain(&world, arena_printf(world.arena, "KUBE-SVC-%u", i));
	for (unsigned i = 0; i < n_rules; i++) {
		const unsigned from = i % (n_chains / 2);
		struct rule *made =
			jump(&world, i % 3 ? world.table->chains[4 + from]->name : "PREROUTING",
			     world.table->chains[4 + n_chains / 2 + from]->name);

		match(&world, made, "comment", "", 1);
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	cr_assert_eq(check(&world), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	ms = (double)(end.tv_sec - start.tv_sec) * 1e3 +
	     (double)(end.tv_nsec - start.tv_nsec) / 1e6;
	cr_log_info("%u rules in %u chains: %.1f ms", n_rules, n_chains, ms);
	cr_assert_lt(ms, 500.0);
	arena_free(world.arena);
}

/* A chain of calls as long as the file: no recursion. */
Test(kernel, deep_nesting_needs_no_stack)
{
	struct world world = world_new(TABLE_FILTER);

	nest(&world, 200000);
	cr_assert_eq(check(&world), 1);
	arena_free(world.arena);
}
