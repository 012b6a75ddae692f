/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which version of a variable a rule reads: after writes of its chain, after a call whose
 * callee writes, in a callee, from two call sites.  Two reads may share a version only if
 * nothing can have been written between them.
 */
#include "analyse/frame.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "analyse/facts.h"
#include "loaded.h"

/* ---- writes ---- */

Test(writes, none)
{
	struct arena *arena = arena_new();

	cr_assert_eq(writes_last(NULL, 5, 0, FIELD_ALL), 0);
	cr_assert_eq(writes_last(writes_new(arena), 5, 0, FIELD_ALL), 0);
	arena_free(arena);
}

Test(writes, a_write_counts_behind_it_only)
{
	struct arena *arena = arena_new();
	struct writes *writes = writes_new(arena);

	writes_add(writes, 3, 1, FIELD_SET);
	writes_add(writes, 3, WRITES_AT_TARGET, FIELD_MARK);
	cr_assert_eq(writes_last(writes, 2, WRITES_AT_TARGET, FIELD_ALL), 0);
	cr_assert_eq(writes_last(writes, 3, 0, FIELD_ALL), 0);
	cr_assert_eq(writes_last(writes, 3, 1, FIELD_ALL), 0, "the match that writes");
	cr_assert_eq(writes_last(writes, 3, 2, FIELD_SET), 1, "the next match");
	cr_assert_eq(writes_last(writes, 3, 2, FIELD_MARK), 0);
	cr_assert_eq(writes_last(writes, 3, WRITES_AT_TARGET, FIELD_SET), 1);
	cr_assert_eq(writes_last(writes, 3, WRITES_AT_TARGET, FIELD_MARK), 0);
	cr_assert_eq(writes_last(writes, 4, 0, FIELD_MARK), 2);
	cr_assert_eq(writes_last(writes, 4, 0, FIELD_SET), 1);
	cr_assert_eq(writes_last(writes, 4, 0, FIELD_SET | FIELD_MARK), 2, "the last one");
	cr_assert_eq(writes_last(writes, 4, 0, FIELD_SRC), 0);
	cr_assert_eq(writes_last(writes, 4, 0, 0), 0, "nothing is read");
	cr_assert_eq(writes_last(writes, UINT32_MAX, 0, FIELD_MARK), 2);
	arena_free(arena);
}

static uint64_t state = 5;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

struct event {
	uint32_t position;
	unsigned match, fields;
};

#define EVENTS_MAX 200

/* Against going through the list. */
Test(writes, as_a_list)
{
	for (unsigned round = 0; round < 300; round++) {
		struct arena *arena = arena_new();
		struct writes *writes = writes_new(arena);
		struct event events[EVENTS_MAX];
		unsigned n = 0, most = chance(EVENTS_MAX) + 1;

		for (uint32_t position = 0; n + 4 < most; position += chance(3)) {
			unsigned match = chance(3);

			if (n && events[n - 1].position == position)
				continue;
			for (; match < 3 && chance(2); match++)
				events[n++] = (struct event){ position, match, 1u << chance(12) };
			if (chance(2))
				events[n++] = (struct event){ position, WRITES_AT_TARGET,
							      chance(FIELD_ALL) + 1 };
		}
		for (unsigned i = 0; i < n; i++)
			writes_add(writes, events[i].position, events[i].match, events[i].fields);
		for (unsigned asked = 0; asked < 500; asked++) {
			uint32_t position = chance(n + 2), expected = 0;
			unsigned match = chance(4) ? chance(4) : WRITES_AT_TARGET;
			unsigned fields = chance(2) ? 1u << chance(12) : chance(FIELD_ALL + 1);

			for (unsigned i = 0; i < n; i++) {
				if ((events[i].position < position ||
				     (events[i].position == position && events[i].match < match)) &&
				    (events[i].fields & fields))
					expected = i + 1;
			}
			cr_assert_eq(writes_last(writes, position, match, fields), expected,
				     "round %u", round);
		}
		arena_free(arena);
	}
}

/* ---- frames ---- */

static const char rules[] = "*mangle\n"
			    ":PREROUTING ACCEPT [0:0]\n"
			    ":INPUT ACCEPT [0:0]\n"
			    ":MARKS - [0:0]\n"
			    ":READS - [0:0]\n"
			    ":UPPER - [0:0]\n"
			    ":AWAY - [0:0]\n"
			    ":TWICE - [0:0]\n"
			    /* 0 */ "-A PREROUTING -m mark --mark 1\n"
			    /* 1 */ "-A PREROUTING -j READS\n"
			    /* 2 */ "-A PREROUTING -j READS\n"
			    /* 3 */ "-A PREROUTING -s 10.0.0.1 -j MARKS\n"
			    /* 4 */ "-A PREROUTING -m mark --mark 1 -s 10.0.0.1\n"
			    /* 5 */ "-A PREROUTING -j READS\n"
			    /* 6 */ "-A PREROUTING -j UPPER\n"
			    /* 7 */ "-A PREROUTING -m mark --mark 1\n"
			    /* 8 */ "-A PREROUTING -j MARK --set-mark 2\n"
			    /* 9 */ "-A PREROUTING -m mark --mark 1\n"
			    /* 10 */ "-A PREROUTING -j UPPER\n"
			    "-A INPUT -j READS\n"
			    "-A INPUT -m mark --mark 1\n"
			    /* 2 */ "-A INPUT -m mark --mark 1 -g AWAY\n"
			    "-A INPUT -m mark --mark 1\n"
			    "-A MARKS -j MARK --set-mark 7\n"
			    "-A MARKS -m mark --mark 1\n"
			    "-A READS -m mark --mark 1 -j ACCEPT\n"
			    "-A READS -s 10.0.0.1 -j ACCEPT\n"
			    "-A UPPER -j READS\n"
			    "-A UPPER -j MARKS\n"
			    "-A UPPER -j READS\n"
			    "-A AWAY -j MARK --set-mark 9\n"
			    /* called by nobody */
			    "-A TWICE -j MARK --set-mark 9\n"
			    "-A TWICE -j TTL --ttl-set 9\n"
			    "COMMIT\n";

static struct arena *arena;
static struct scratch *scratch;
static struct unit *unit;
static struct flow *flow;
static struct frames *frames;
static struct space *space;

static void start(const char *text)
{
	const struct table *table;

	arena = arena_new();
	scratch = scratch_new();
	unit = load(arena, FAMILY_IPV4, BACKEND_LEGACY, text);
	cr_assert_null(unit->diags.first, "%s", unit->diags.first->message);
	table = &unit->legacy->tables[TABLE_MANGLE];
	space = space_new(arena, FAMILY_IPV4, BACKEND_LEGACY, table);
	flow = flow_new(arena, chains_new(arena, unit, table), space);
	frames = frames_new(arena, flow);
}

static void set_up(void)
{
	start(rules);
}

static void tear_down(void)
{
	scratch_free(scratch);
	arena_free(arena);
}

TestSuite(frame, .init = set_up, .fini = tear_down);

static const struct chain_flow *chain(const char *name)
{
	for (uint32_t i = 0; i < flow->n; i++) {
		if (!strcmp(flow->chains[i].chain->name, name))
			return &flow->chains[i];
	}
	cr_assert_fail("no chain %s", name);
	return NULL;
}

static struct frame walk(const char *name)
{
	return frame_make(frames, NULL, 0, chain(name));
}

/* The only literal of the rule, in which version it is asked for. */
static uint64_t mark_read(const struct frame *frame, uint32_t position)
{
	struct condition condition;
	const struct region *region;

	frame_read(frame, space, scratch, position, &condition);
	cr_assert(condition.sure);
	cr_assert_eq(condition.n, 1);
	region = condition.regions[0];
	cr_assert_geq(region->constraints[region->n - 1].variable, VAR_LITERAL);
	return region->constraints[region->n - 1].version;
}

/* Where the walk goes from the frame's rule at POSITION. */
static struct frame call(const struct frame *frame, uint32_t position)
{
	return frame_make(frames, frame, position, flow_callee(frame->chain, position));
}

Test(frame, what_the_chains_write)
{
	cr_assert_eq(chain("MARKS")->all_writes, FIELD_MARK);
	cr_assert_eq(chain("UPPER")->all_writes, FIELD_MARK, "by those that it calls");
	cr_assert_eq(chain("TWICE")->all_writes, FIELD_MARK | FIELD_HEADER);
	cr_assert_eq(chain("READS")->all_writes, 0);
	cr_assert_null(chain("READS")->writes);
	cr_assert_eq(chain("INPUT")->all_writes, FIELD_MARK, "by goto");
}

Test(frame, versions_in_one_chain)
{
	struct frame top = walk("PREROUTING");

	cr_assert_eq(mark_read(&top, 0), 0);
	/* behind a call that writes, for whom it is made or not */
	cr_assert_neq(mark_read(&top, 4), 0);
	/* the second call writes anew; and so does the target */
	cr_assert_neq(mark_read(&top, 7), 0);
	cr_assert_neq(mark_read(&top, 7), mark_read(&top, 4));
	cr_assert_neq(mark_read(&top, 9), mark_read(&top, 7));
	cr_assert_neq(mark_read(&top, 9), mark_read(&top, 4));
}

/* The address is not what MARK writes. */
Test(frame, other_variables_keep_their_version)
{
	struct frame top = walk("PREROUTING"), reads = call(&top, 5);
	struct condition condition;

	frame_read(&top, space, scratch, 4, &condition);
	cr_assert_eq(condition.n, 1);
	cr_assert(region_get(condition.regions[0], VAR_SRC, 0));
	frame_read(&reads, space, scratch, 1, &condition);
	cr_assert(region_get(condition.regions[0], VAR_SRC, 0));
}

Test(frame, a_callee_reads_what_its_caller_wrote)
{
	struct frame top = walk("PREROUTING");
	struct frame first = call(&top, 1), second = call(&top, 2), third = call(&top, 5);

	cr_assert_eq(first.depth, 1);
	cr_assert_eq(mark_read(&first, 0), 0);
	/* nothing is written in between: what the one call did not take holds at the other */
	cr_assert_eq(mark_read(&second, 0), 0);
	cr_assert_eq(mark_read(&third, 0), mark_read(&top, 4));
}

Test(frame, a_write_in_a_callee_is_of_that_call_only)
{
	struct frame top = walk("PREROUTING");
	struct frame marks = call(&top, 3), upper = call(&top, 6), again = call(&top, 10);
	struct frame in_upper = call(&upper, 1), in_again = call(&again, 1);
	struct frame before = call(&upper, 0), behind = call(&upper, 2);
	struct frame behind_again = call(&again, 2);

	cr_assert_neq(mark_read(&marks, 1), 0);
	cr_assert_neq(mark_read(&marks, 1), mark_read(&in_upper, 1));
	cr_assert_neq(mark_read(&in_upper, 1), mark_read(&in_again, 1));
	/* those that come back have what not each of them was given */
	cr_assert_neq(mark_read(&marks, 1), mark_read(&top, 4));
	/* two calls down, the version of the top */
	cr_assert_eq(mark_read(&before, 0), mark_read(&top, 4));
	cr_assert_neq(mark_read(&behind, 0), mark_read(&before, 0));
	cr_assert_neq(mark_read(&behind, 0), mark_read(&behind_again, 0));
	cr_assert_eq(behind.depth, 2);
}

/* A goto's packets come back to the caller of the chain, here to nobody. */
Test(frame, a_goto_writes)
{
	struct frame top = walk("INPUT");

	cr_assert_eq(mark_read(&top, 1), 0);
	cr_assert_eq(mark_read(&top, 2), 0, "before its own target acts");
	cr_assert_neq(mark_read(&top, 3), 0);
}

/* What tells its versions from those of other frames. */
static uint64_t number(struct frame frame)
{
	return frame_version(&frame, 0, 1) >> 32;
}

#define N_MANY 1500

static uint64_t one_of_many(const struct frame *top, const struct frame *other, uint32_t i)
{
	const struct chain_flow *callee = &flow->chains[i / 2 % flow->n];

	return number(frame_make(frames, i % 2 ? top : other, i / 2 / flow->n, callee));
}

Test(frame, equal_arguments_equal_frames)
{
	static uint64_t many[N_MANY];
	struct frame top = walk("PREROUTING"), other = walk("INPUT");
	struct frame one = call(&top, 6), same, away = call(&other, 2);

	/* more than the first table of numbers holds, and each has its own */
	for (uint32_t i = 0; i < N_MANY; i++) {
		many[i] = one_of_many(&top, &other, i);
		for (uint32_t j = 0; j < i; j++)
			cr_assert_neq(many[i], many[j]);
	}
	for (uint32_t i = 0; i < N_MANY; i++)
		cr_assert_eq(many[i], one_of_many(&top, &other, i));
	same = call(&top, 6);
	cr_assert_neq(number(one), 0);
	cr_assert_eq(number(one), number(same));
	cr_assert_eq(number(top), number(walk("PREROUTING")));
	cr_assert_neq(number(top), number(other));
	cr_assert_neq(number(one), number(call(&top, 10)), "another position");
	cr_assert_neq(number(one), number(away));
	cr_assert_neq(number(frame_make(frames, &top, 6, chain("READS"))), number(one),
		      "another chain");
	cr_assert_neq(number(frame_make(frames, &other, 6, chain("UPPER"))), number(one),
		      "another caller");
	cr_assert_neq(number(frame_make(frames, &other, 3, chain("READS"))),
		      number(frame_make(frames, &other, 4, chain("READS"))));
}

Test(frame_plain, without_writes_all_versions_are_0)
{
	struct frame top, reads;

	start("*mangle\n"
	      ":PREROUTING ACCEPT [0:0]\n"
	      ":READS - [0:0]\n"
	      "-A PREROUTING -j READS\n"
	      "-A PREROUTING -m mark --mark 1\n"
	      "-A READS -m mark --mark 1 -j ACCEPT\n"
	      "COMMIT\n");
	top = walk("PREROUTING");
	reads = call(&top, 0);
	cr_assert_null(chain("PREROUTING")->writes);
	cr_assert_null(chain("READS")->writes);
	cr_assert(top.is_untouched && reads.is_untouched);
	cr_assert_eq(mark_read(&top, 1), 0);
	cr_assert_eq(mark_read(&reads, 0), 0);
	tear_down();
}
