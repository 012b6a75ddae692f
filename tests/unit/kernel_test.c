/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_check() on rulesets made by hand.  That the facts are right is for
 * tests/kernel/constraints.py, which asks a kernel; this is about what is done with them.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter/xt_RATEEST.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_rateest.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "kernel_world.h"

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
	cr_assert_str_eq(diag_extra(diag)->hint,
			 "in table filter it is valid in INPUT and FORWARD only");
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
	diags_init(&legacy.diags, legacy.arena);
	kernel_check(&pair, &both, &legacy.diags);
	diags_sort(&legacy.diags);
	cr_assert_eq(legacy.diags.count, 2);
	cr_assert_eq(legacy.diags.first->refuses, BACKEND_BOTH);
	cr_assert_eq(legacy.diags.first->next->refuses, BACKEND_NFT);
	arena_free(nft.arena);
	arena_free(legacy.arena);
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
	cr_assert_str_eq(diag_extra(diag)->hint, "write --uid-owner 0-5");
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
	static const union address no_bits;
	static const struct prefix any = { .mask = &no_bits },
				   host = { .host = "mail.example.com" };

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
