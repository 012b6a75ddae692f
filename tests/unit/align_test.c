/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules and chains of two rulesets are taken for the same.
 */
#include "compare/align.h"

#include <stdlib.h>

#include "base/buf.h"
#include "compare_world.h"

/* "0:1 2:2", the aligned positions of a pair. */
static const char *positions(struct arena *arena, const struct pair *pair)
{
	struct buf buf = BUF_INIT;
	const char *text;

	for (uint32_t i = 0; i < pair->n_aligned; i++)
		buf_printf(&buf, "%s%u:%u", i ? " " : "", pair->aligned[SIDE_OLD][i],
			   pair->aligned[SIDE_NEW][i]);
	text = arena_strdup(arena, buf_string(&buf));
	buf_free(&buf);
	return text;
}

static void expect_aligned(const char *old, const char *new, const char *wanted)
{
	struct compare_world world = compare_world_new(old, new);
	struct alignment *alignment = alignment_new(world.arena, BACKEND_BOTH, world.compared);
	const char *found = positions(world.arena, find_pair(alignment, SIDE_OLD, "INPUT"));

	cr_expect_str_eq(found, wanted, "%s%s%s, not %s", old, new, found, wanted);
	arena_free(world.arena);
}

#define RULE(what) "-A INPUT " what "\n"

Test(align, rules_in_their_order)
{
	expect_aligned(FILTER(""), FILTER(""), "");
	expect_aligned(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")),
		       FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")), "0:0 1:1");
	/* one that is new at the front, in the middle, and one that is gone at the end */
	expect_aligned(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")),
		       FILTER(RULE("-s 10.0.0.9 -j DROP") RULE("-s 10.0.0.1 -j DROP")
				      RULE("-s 10.0.0.2 -j DROP")),
		       "0:1 1:2");
	expect_aligned(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")),
		       FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.9 -j DROP")
				      RULE("-s 10.0.0.2 -j DROP")),
		       "0:0 1:2");
	expect_aligned(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")),
		       FILTER(RULE("-s 10.0.0.1 -j DROP")), "0:0");
}

Test(align, as_many_as_keep_their_order)
{
	/* the first has become the last */
	expect_aligned(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")
				      RULE("-s 10.0.0.3 -j DROP") RULE("-s 10.0.0.4 -j DROP")),
		       FILTER(RULE("-s 10.0.0.2 -j DROP") RULE("-s 10.0.0.3 -j DROP")
				      RULE("-s 10.0.0.4 -j DROP") RULE("-s 10.0.0.1 -j DROP")),
		       "1:0 2:1 3:2");
}

Test(align, rules_that_are_there_twice_beside_others)
{
	expect_aligned(FILTER(RULE("-s 10.0.0.8 -j DROP") RULE("-j LOG") RULE("-s 10.0.0.1 -j DROP")
				      RULE("-j LOG") RULE("-s 10.0.0.2 -j DROP")),
		       FILTER(RULE("-s 10.0.0.9 -j DROP") RULE("-j LOG") RULE("-s 10.0.0.1 -j DROP")
				      RULE("-j LOG") RULE("-s 10.0.0.3 -j DROP")),
		       "1:1 2:2 3:3");
}

Test(align, what_counts_of_a_rule)
{
	static const char one[] = FILTER(RULE("-p tcp -m tcp --dport 22 -j ACCEPT"));

	expect_aligned(one, FILTER(RULE("-p 6 -m tcp --dport 22:22 -j ACCEPT")), "0:0");
	expect_aligned(one,
		       FILTER(RULE("-p tcp -m comment --comment a -m tcp --dport 22 -j ACCEPT")),
		       "0:0");
	expect_aligned(one, FILTER(RULE("-i + -p tcp -m tcp --dport 22 -j ACCEPT")), "0:0");
	expect_aligned(one, FILTER(RULE("-p tcp -m tcp --dport 22 -j DROP")), "");
	expect_aligned(one, FILTER(RULE("-p tcp -m tcp ! --dport 22 -j ACCEPT")), "");
	expect_aligned(one, FILTER(RULE("-p tcp -m tcp --dport 23 -j ACCEPT")), "");
	expect_aligned(one, FILTER(RULE("-i eth0 -p tcp -m tcp --dport 22 -j ACCEPT")), "");
	expect_aligned(one, FILTER(RULE("-f -p tcp -j ACCEPT")), "");
	expect_aligned(FILTER(RULE("-j REJECT")),
		       FILTER(RULE("-j REJECT --reject-with icmp-port-unreachable")), "0:0");
	expect_aligned(FILTER(RULE("-j REJECT")),
		       FILTER(RULE("-j REJECT --reject-with icmp-admin-prohibited")), "");
}

Test(align, chains_by_name_then_by_content)
{
	struct compare_world world = compare_world_new(
		FILTER(":A -\n:B -\n:C -\n" RULE("-j A") RULE("-j B") RULE(
			"-j C") "-A A -s 10.0.0.1 -j DROP\n-A B -s 10.0.0.2 -j DROP\n-A C -j DROP\n"),
		FILTER(":A -\n:D -\n:E -\n" RULE("-j A") RULE("-j D")
			       RULE("-j E") "-A A -s 10.0.0.3 -j DROP\n-A D -s 10.0.0.2 -j DROP\n"
					    "-A E -j ACCEPT\n"));
	struct alignment *alignment = alignment_new(world.arena, BACKEND_BOTH, world.compared);
	const struct pair *same_name = find_pair(alignment, SIDE_OLD, "A");
	const struct pair *renamed = find_pair(alignment, SIDE_OLD, "B");

	cr_assert(same_name && renamed);
	cr_expect_eq(same_name, find_pair(alignment, SIDE_NEW, "A"));
	cr_expect_eq(renamed, find_pair(alignment, SIDE_NEW, "D"));
	cr_expect_null(find_pair(alignment, SIDE_OLD, "C"));
	cr_expect_null(find_pair(alignment, SIDE_NEW, "E"));
	cr_expect_str_eq(positions(world.arena, find_pair(alignment, SIDE_OLD, "INPUT")),
			 "0:0 1:1");
	cr_expect_eq(same_name->last_change, 0);
	cr_expect_eq(renamed->last_change, RANK_NONE);
	arena_free(world.arena);
}

static int64_t last_change(const char *old, const char *new)
{
	struct compare_world world = compare_world_new(old, new);
	struct alignment *alignment = alignment_new(world.arena, BACKEND_BOTH, world.compared);
	int64_t rank = find_pair(alignment, SIDE_OLD, "INPUT")->last_change;

	arena_free(world.arena);
	return rank;
}

Test(align, ranks)
{
	struct compare_world world = compare_world_new(
		FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.2 -j DROP")
			       RULE("-s 10.0.0.3 -j DROP")),
		FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-s 10.0.0.8 -j DROP")
			       RULE("-s 10.0.0.9 -j DROP") RULE("-s 10.0.0.3 -j DROP")));
	struct alignment *alignment = alignment_new(world.arena, BACKEND_BOTH, world.compared);
	const struct pair *pair = find_pair(alignment, SIDE_OLD, "INPUT");
	static const uint32_t old[] = { 1, 2, 3 }, new[] = { 1, 2, 2, 3 };

	cr_expect_arr_eq(pair->ranks[SIDE_OLD], old, sizeof(old));
	cr_expect_arr_eq(pair->ranks[SIDE_NEW], new, sizeof(new));
	cr_expect_eq(pair->last_change, 2);
	arena_free(world.arena);
}

Test(align, last_change)
{
	static const char old[] = FILTER(":INPUT ACCEPT\n:A -\n" RULE("-s 10.0.0.1 -j DROP")
						 RULE("-j A") "-A A -s 10.0.0.2 -j DROP\n");

	cr_expect_eq(last_change(old, old), RANK_NONE);
	/* in the chain that the second rule calls */
	cr_expect_eq(last_change(old, FILTER(":INPUT ACCEPT\n:A -\n" RULE("-s 10.0.0.1 -j DROP")
						     RULE("-j A") "-A A -s 10.0.0.3 -j DROP\n")),
		     3);
	/* behind all aligned rules, on either side */
	cr_expect_eq(
		last_change(old, FILTER(":INPUT ACCEPT\n:A -\n" RULE("-s 10.0.0.1 -j DROP") RULE(
					 "-j A") RULE("-j DROP") "-A A -s 10.0.0.2 -j DROP\n")),
		4);
	cr_expect_eq(last_change(FILTER(RULE("-s 10.0.0.1 -j DROP") RULE("-j DROP")),
				 FILTER(RULE("-s 10.0.0.1 -j DROP"))),
		     2);
	cr_expect_eq(last_change(old, FILTER(":INPUT DROP\n:A -\n" RULE("-s 10.0.0.1 -j DROP")
						     RULE("-j A") "-A A -s 10.0.0.2 -j DROP\n")),
		     RANK_POLICY);
}
