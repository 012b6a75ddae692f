/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How kernel_check() walks the chains: loops, nesting, sizes, and chance graphs against
 * a closure that is computed the slow way.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "kernel_world.h"

/* ---- loops ---- */

Test(kernel_walk, a_loop_is_told_at_the_jump_that_closes_it)
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

Test(kernel_walk, legacy_does_not_see_a_loop_behind_a_verdict)
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

Test(kernel_walk, nft_takes_fifteen_nested_jumps)
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

Test(kernel_walk, the_walk_is_what_a_closure_says)
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

Test(kernel_walk, many_chains_take_little_time)
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

Test(kernel_walk, one_back_end_alone)
{
	const struct tools legacy = { BACKEND_LEGACY, RELEASE(1, 8, 9), false };
	const struct tools nft = { BACKEND_NFT, RELEASE(1, 8, 9), false };
	struct world world = world_new(TABLE_FILTER);
	const struct ruleset_pair for_legacy = { world.ruleset, NULL };
	const struct ruleset_pair for_nft = { NULL, world.ruleset };

	verdict(&world, "OUTPUT", VERDICT_DROP);
	mac(&world, "OUTPUT");
	chain(&world, "A");
	jump(&world, "OUTPUT", "A");
	jump(&world, "A", "A");
	diags_init(&world.diags, world.arena);
	kernel_check(&for_legacy, &legacy, &world.diags);
	cr_assert_eq(world.diags.count, 0);
	kernel_check(&for_nft, &nft, &world.diags);
	cr_assert_eq(world.diags.count, 2);
	cr_assert_eq(diags_refusing(&world.diags), BACKEND_NFT);
	arena_free(world.arena);
}

/* Each chain calls the next and the one before; OUTPUT comes in at the far end. */
Test(kernel_walk, many_loops_take_little_time)
{
	const unsigned n = 20000;
	struct world world = world_new(TABLE_FILTER);
	struct timespec start, end;

	nest(&world, n);
	for (unsigned i = 1; i < n; i++)
		jump(&world, arena_printf(world.arena, "C%u", i),
		     arena_printf(world.arena, "C%u", i % 2 ? 0 : i - 1));
	jump(&world, "OUTPUT", arena_printf(world.arena, "C%u", n - 1));
	mac(&world, "C0");
	clock_gettime(CLOCK_MONOTONIC, &start);
	cr_assert_geq(check(&world), n);
	clock_gettime(CLOCK_MONOTONIC, &end);
	cr_assert_leq(end.tv_sec - start.tv_sec, 3);
	arena_free(world.arena);
}

/* A chain of calls as long as the file: no recursion. */
Test(kernel_walk, deep_nesting_needs_no_stack)
{
	struct world world = world_new(TABLE_FILTER);

	nest(&world, 200000);
	cr_assert_eq(check(&world), 1);
	arena_free(world.arena);
}
