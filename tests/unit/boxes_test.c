/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boxes: which are put together, in which order they are told, how many of them.
 */
#include "compare/boxes.h"

#include <stdlib.h>

#include "base/buf.h"
#include "compare/box_text.h"
#include "compare_world.h"

static struct arena *arena;
static struct scratch *keep;
static struct space *space;
static struct boxes boxes;

static void set_up(void)
{
	arena = arena_new();
	keep = scratch_new();
	space = space_new(arena, FAMILY_IPV4, BACKEND_BOTH, arena_new_object(arena, struct table));
	boxes = (struct boxes){ 0 };
}

static void tear_down(void)
{
	free(boxes.list);
	scratch_free(keep);
	arena_free(arena);
}

TestSuite(boxes, .init = set_up, .fini = tear_down);

static const struct region *narrow(const struct region *region, uint32_t variable, wide low,
				   wide high)
{
	return region_with(keep, region, variable, 0, set_range(keep, low, high));
}

/* Packets with these ports; 0: with any. */
static void add(wide sport, wide low, wide high)
{
	const struct region *region = narrow(&region_all, VAR_DPORT, low, high);

	boxes_add(&boxes, sport ? narrow(region, VAR_SPORT, sport, sport) : region, false);
}

/* All of them, a line each, merged and sorted. */
static const char *text_of(void)
{
	struct buf all = BUF_INIT, line = BUF_INIT;
	const char *text;

	boxes_merge(&boxes, keep, space);
	boxes_sort(&boxes, space);
	for (unsigned i = 0; i < boxes.n; i++) {
		box_text(&line, space, boxes.list[i].region, &region_all);
		buf_printf(&all, "%s%s\n", boxes.list[i].is_part ? "some of " : "",
			   buf_string(&line));
		buf_clear(&line);
	}
	text = arena_strdup(arena, buf_string(&all));
	buf_free(&all);
	buf_free(&line);
	return text;
}

Test(boxes, differ_in_one_variable)
{
	add(0, 22, 22);
	add(0, 80, 90);
	add(0, 23, 23);
	cr_expect_str_eq(text_of(), "dport=22:23,80:90\n");
}

Test(boxes, differ_in_two)
{
	add(1, 22, 22);
	add(2, 23, 23);
	cr_expect_str_eq(text_of(), "sport=1 dport=22\nsport=2 dport=23\n");
}

Test(boxes, one_asks_for_less)
{
	add(1, 22, 22);
	add(0, 23, 23);
	cr_expect_str_eq(text_of(), "dport=23\nsport=1 dport=22\n");
}

/* The first two make the third one's twin. */
Test(boxes, until_nothing_can_be_put_together)
{
	add(1, 22, 23);
	add(2, 22, 22);
	add(2, 23, 23);
	cr_expect_str_eq(text_of(), "sport=1:2 dport=22:23\n");
}

Test(boxes, all_values_are_no_word)
{
	add(0, 0, 22);
	add(0, 23, 65535);
	cr_expect_str_eq(text_of(), "every packet\n");
	cr_expect_eq(boxes.list[0].region->n, 0);
}

Test(boxes, a_part_stays_alone)
{
	add(0, 22, 22);
	boxes_add(&boxes, narrow(&region_all, VAR_DPORT, 23, 30), true);
	cr_expect_str_eq(text_of(), "some of dport=23:30\ndport=22\n");
}

Test(boxes, the_largest_first)
{
	add(1, 1000, 2000);
	add(0, 22, 22);
	add(2, 1, 5);
	cr_expect_str_eq(text_of(), "dport=22\nsport=1 dport=1000:2000\nsport=2 dport=1:5\n");
	cr_expect_float_eq(boxes.list[0].size, 1.0 / 65536, 1e-9);
}

/* N networks, each with a port of its own, so that no two of them are one box. */
static const char *networks(unsigned n)
{
	struct buf text = BUF_INIT;
	const char *kept;

	buf_add_string(&text, "*filter\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&text, "-A INPUT -s 10.%u.%u.0/24 -p tcp -m tcp --dport %u -j DROP\n",
			   i / 256, i % 256, 100 + i);
	buf_add_string(&text, "COMMIT\n");
	kept = arena_strdup(arena, buf_string(&text));
	buf_free(&text);
	return kept;
}

static const struct change *change_of(struct compare_world *world, enum change_kind kind)
{
	const struct comparison *comparison = compare_units(world->arena, world->units);

	cr_assert(comparison && !comparison->next && comparison->tables);
	cr_expect(comparison->is_changed && comparison->is_decided);
	cr_assert(comparison->tables->chains->changes[kind]);
	return comparison->tables->chains->changes[kind];
}

/* The last are more than are kept to be put together. */
Test(boxes, twenty_are_shown)
{
	static const struct {
		unsigned n, shown;
		uint64_t more;
	} cases[] = { { 1, 1, 0 }, { 20, 20, 0 }, { 21, 20, 1 }, { 1100, 20, 1080 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct compare_world world =
			compare_world_new("*filter\nCOMMIT\n", networks(cases[i].n));
		const struct change *change = change_of(&world, CHANGE_DENIED);

		cr_expect_eq(change->n_boxes, cases[i].shown);
		cr_expect_eq(change->n_more, cases[i].more);
		cr_expect_not(change->is_more);
		arena_free(world.arena);
	}
}
