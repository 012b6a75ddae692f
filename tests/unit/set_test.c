/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers: the borders by hand, and every operation against arrays of bits over
 * the numbers of one byte.
 */
#include "analyse/set.h"

#include <criterion/criterion.h>
#include <string.h>

#define ALL32  ((wide)UINT32_MAX)
#define ALL128 (~(wide)0)
#define LEN(x) (sizeof(x) / sizeof((x)[0]))

static struct scratch *scratch;

static void set_up(void)
{
	scratch = scratch_new();
}

static void tear_down(void)
{
	scratch_free(scratch);
}

TestSuite(set, .init = set_up, .fini = tear_down);

static const struct set *range(wide low, wide high)
{
	return set_range(scratch, low, high);
}

static const struct set *ranges(const struct range *of, uint32_t n)
{
	return set_of(scratch, of, n);
}

/* The set has no bits to keep, and just these ranges. */
static void assert_ranges(const struct set *set, const struct range *expected, uint32_t n)
{
	cr_assert(set);
	cr_assert_eq(set->mask, 0);
	cr_assert_eq(set->n, n, "%u ranges", set->n);
	for (uint32_t i = 0; i < n; i++) {
		cr_assert(set->ranges[i].low == expected[i].low, "range %u", i);
		cr_assert(set->ranges[i].high == expected[i].high, "range %u", i);
	}
}

/* ---- by hand ---- */

Test(set, a_range_is_never_empty)
{
	cr_assert_null(range(1, 0));
	cr_assert_null(range(ALL128, 0));
	assert_ranges(range(0, 0), (struct range[]){ { 0, 0 } }, 1);
	assert_ranges(range(ALL128, ALL128), (struct range[]){ { ALL128, ALL128 } }, 1);
	assert_ranges(range(0, ALL128), (struct range[]){ { 0, ALL128 } }, 1);
}

Test(set, ranges_are_sorted_and_joined)
{
	const struct range mixed[] = { { 9, 12 },  { 5, 4 }, { 0, 1 },	{ 13, 13 },
				       { 10, 11 }, { 2, 3 }, { 20, 20 } };

	assert_ranges(ranges(mixed, LEN(mixed)),
		      (struct range[]){ { 0, 3 }, { 9, 13 }, { 20, 20 } }, 3);
	cr_assert_null(ranges(mixed + 1, 1));
	cr_assert_null(ranges(mixed, 0));
}

Test(set, ranges_at_both_borders_are_joined)
{
	const struct range top[] = { { 7, ALL128 }, { ALL128, ALL128 }, { 0, 0 }, { 1, 5 } };
	const struct range neighbours[] = { { ALL128, ALL128 }, { 0, ALL128 - 1 } };

	assert_ranges(ranges(top, LEN(top)), (struct range[]){ { 0, 5 }, { 7, ALL128 } }, 2);
	assert_ranges(ranges(neighbours, 2), (struct range[]){ { 0, ALL128 } }, 1);
	/* the largest number and 0 are no neighbours */
	assert_ranges(ranges((struct range[]){ { ALL128, ALL128 }, { 0, 0 } }, 2),
		      (struct range[]){ { 0, 0 }, { ALL128, ALL128 } }, 2);
}

Test(set, a_prefix_is_a_range)
{
	assert_ranges(set_masked(scratch, 0xff000000, 0x0a000000, ALL32),
		      (struct range[]){ { 0x0a000000, 0x0affffff } }, 1);
	assert_ranges(set_masked(scratch, ALL32, ALL32, ALL32),
		      (struct range[]){ { ALL32, ALL32 } }, 1);
	assert_ranges(set_masked(scratch, 0, 0, ALL32), (struct range[]){ { 0, ALL32 } }, 1);
	assert_ranges(set_masked(scratch, 0, 77, ALL128), (struct range[]){ { 0, ALL128 } }, 1);
	assert_ranges(set_masked(scratch, ALL128, ALL128, ALL128),
		      (struct range[]){ { ALL128, ALL128 } }, 1);
	assert_ranges(set_masked(scratch, (wide)1 << 127, 0, ALL128),
		      (struct range[]){ { 0, ALL128 >> 1 } }, 1);
}

Test(set, a_mask_wider_than_the_numbers)
{
	assert_ranges(set_masked(scratch, ALL128 - 0xff, 0x0a000000, ALL32),
		      (struct range[]){ { 0x0a000000, 0x0a0000ff } }, 1);
	cr_assert_null(set_masked(scratch, ALL128, ALL32 + 1, ALL32));
	cr_assert_null(set_masked(scratch, ((wide)1 << 40) + 2, ALL128, ALL32));
	/* bits of the value outside of the mask do not count */
	assert_ranges(set_masked(scratch, 0xff000000, ALL128, ALL32),
		      (struct range[]){ { 0xff000000, ALL32 } }, 1);
}

Test(set, a_mask_with_holes)
{
	const struct set *odd = set_masked(scratch, 1, 1, ALL32);
	const struct set *even = set_masked(scratch, 1, 0, ALL32);
	const struct set *pieces[SET_PIECES_MAX];

	cr_assert(set_has(odd, 1) && set_has(odd, ALL32));
	cr_assert_not(set_has(odd, 0));
	cr_assert_not(set_has(odd, ALL32 + 2), "above the largest number");
	cr_assert_not(set_overlaps(odd, even));
	cr_assert_null(set_intersect(scratch, odd, even));
	cr_assert_eq(set_subtract(scratch, odd, even, pieces), 1);
	cr_assert(set_contains(odd, pieces[0]) && set_contains(pieces[0], odd));
	cr_assert_eq(set_subtract(scratch, range(0, ALL32), odd, pieces), 1);
	cr_assert(set_contains(even, pieces[0]) && set_contains(pieces[0], even));
	/* an even number alone has no odd one in it */
	cr_assert_not(set_overlaps(range(6, 6), odd));
	cr_assert(set_overlaps(range(6, 7), odd));
	cr_assert_null(set_intersect(scratch, range(6, 6), odd));
	cr_assert(set_contains(odd, range(7, 7)));
	cr_assert_not(set_contains(odd, range(7, 8)));
	cr_assert_not(set_contains(range(1, ALL32 - 1), odd), "the largest one is odd");
	cr_assert(set_contains(range(1, ALL32), odd));
	cr_assert(set_contains(range(0, ALL32 - 1), even));
}

Test(set, a_mask_that_leaves_two_numbers)
{
	/* all bits but the highest */
	const struct set *two = set_masked(scratch, ALL128 >> 1, 5, ALL128);
	const wide other = ((wide)1 << 127) + 5;

	cr_assert(set_has(two, 5) && set_has(two, other));
	cr_assert_not(set_has(two, 6));
	cr_assert_not(set_overlaps(two, range(6, other - 1)));
	cr_assert_not(set_overlaps(two, range(other + 1, ALL128)));
	cr_assert(set_overlaps(two, range(6, other)));
	cr_assert(set_contains(ranges((struct range[]){ { 5, 5 }, { other, other } }, 2), two));
	cr_assert_not(set_contains(ranges((struct range[]){ { 0, 5 }, { 6, other - 1 } }, 2), two));
}

/* What is left of everything without this one address: a piece for each bit. */
Test(set, subtraction_of_wide_bits)
{
	const wide mask = ALL128 - 2; /* a hole: never one range */
	const struct set *few = set_masked(scratch, mask, ALL128, ALL128);
	const struct set *all = range(0, ALL128), *pieces[SET_PIECES_MAX];
	unsigned n = set_subtract(scratch, all, few, pieces);

	cr_assert_eq(n, 127);
	for (unsigned i = 0; i < n; i++) {
		cr_assert_not(set_overlaps(pieces[i], few));
		for (unsigned j = 0; j < i; j++)
			cr_assert_not(set_overlaps(pieces[i], pieces[j]));
	}
	for (unsigned bit = 0; bit < 128; bit++) {
		unsigned in = 0;

		for (unsigned i = 0; i < n; i++)
			in += set_has(pieces[i], ALL128 ^ (wide)1 << bit);
		cr_assert_eq(in, bit != 1, "bit %u", bit);
	}
	cr_assert_eq(set_subtract(scratch, few, all, pieces), 0);
	cr_assert_eq(set_subtract(scratch, few, few, pieces), 0);
}

Test(set, subtraction_at_the_borders)
{
	const struct set *all = range(0, ALL128), *pieces[SET_PIECES_MAX];
	const struct range ends[] = { { 0, 0 }, { ALL128, ALL128 } };

	cr_assert_eq(set_subtract(scratch, all, range(0, 0), pieces), 1);
	assert_ranges(pieces[0], (struct range[]){ { 1, ALL128 } }, 1);
	cr_assert_eq(set_subtract(scratch, all, range(ALL128, ALL128), pieces), 1);
	assert_ranges(pieces[0], (struct range[]){ { 0, ALL128 - 1 } }, 1);
	cr_assert_eq(set_subtract(scratch, all, ranges(ends, 2), pieces), 1);
	assert_ranges(pieces[0], (struct range[]){ { 1, ALL128 - 1 } }, 1);
	cr_assert_eq(set_subtract(scratch, ranges(ends, 2), range(1, ALL128), pieces), 1);
	assert_ranges(pieces[0], (struct range[]){ { 0, 0 } }, 1);
	cr_assert_eq(set_subtract(scratch, ranges(ends, 2), all, pieces), 0);
}

/* Ranges of one set that reach over gaps of the other. */
Test(set, subtraction_of_many_ranges)
{
	const struct range of[] = { { 0, 10 }, { 20, 30 }, { 40, 50 } };
	const struct range without[] = { { 5, 25 }, { 27, 27 }, { 30, 39 }, { 50, 60 } };
	const struct set *pieces[SET_PIECES_MAX];

	cr_assert_eq(set_subtract(scratch, ranges(of, 3), ranges(without, 4), pieces), 1);
	assert_ranges(pieces[0], (struct range[]){ { 0, 4 }, { 26, 26 }, { 28, 29 }, { 40, 49 } },
		      4);
}

Test(set, what_is_picked_is_a_member)
{
	const struct set *sets[] = {
		range(0, ALL128),
		range(ALL128, ALL128),
		range(1, (wide)1 << 64),
		range(0, UINT64_MAX),
		range(5, (wide)UINT64_MAX + 5),
		set_masked(scratch, 0x00ff00ff, 0x00010002, ALL32),
		set_masked(scratch, ALL128 - 2, 1, ALL128),
		ranges((struct range[]){ { 0, 0 }, { ALL128, ALL128 } }, 2),
		/* members in the first range only */
		set_intersect(scratch, set_masked(scratch, 7, 5, ALL32),
			      ranges((struct range[]){ { 5, 5 }, { 8, 12 } }, 2)),
	};

	for (size_t i = 0; i < LEN(sets); i++) {
		for (uint64_t choice = 0; choice < 2000; choice++) {
			wide member = set_pick(sets[i], choice);

			cr_assert(set_has(sets[i], member), "set %zu, choice %ju", i,
				  (uintmax_t)choice);
			cr_assert(member == set_pick(sets[i], choice), "the same each time");
			cr_assert(member >= set_low(sets[i]) && member <= set_high(sets[i]));
			if (choice > 1)
				continue;
			/* the first one and the last one */
			for (unsigned step = 1; step < 300; step++) {
				cr_assert_not(
					set_has(sets[i], choice ? member + step : member - step) &&
					(choice ? member + step > member : member - step < member));
			}
		}
	}
}

Test(set, any_member_is_picked)
{
	bool seen[2][16] = { 0 };
	const struct set *sets[] = {
		range(0, 15), set_masked(scratch, 5, 4, 15), /* 4, 6, 12, 14 */
	};

	for (uint64_t choice = 2; choice < 1000; choice++) {
		for (unsigned i = 0; i < 2; i++)
			seen[i][(unsigned)set_pick(sets[i], choice)] = true;
	}
	for (unsigned i = 0; i < 16; i++) {
		cr_assert(seen[0][i], "%u", i);
		cr_assert_eq(seen[1][i], (i & 5) == 4, "%u", i);
	}
}

/* Of more numbers than a word counts, not always the first one. */
Test(set, members_of_wide_ranges_differ)
{
	const struct set *sets[] = {
		range(0, ALL128),
		range(1, (wide)1 << 64),
		range(7, ((wide)1 << 100) + 5),
	};

	for (size_t i = 0; i < LEN(sets); i++) {
		unsigned n_low = 0;

		for (uint64_t choice = 2; choice < 100; choice++)
			n_low += set_pick(sets[i], choice) == set_low(sets[i]);
		cr_assert_leq(n_low, 1, "set %zu", i);
	}
}

Test(set, kept_ranges_outlive_the_scratch)
{
	struct arena *arena = arena_new();
	const struct set *kept = set_keep(arena, 3, ALL128);

	assert_ranges(kept, (struct range[]){ { 3, ALL128 } }, 1);
	arena_free(arena);
}

Test(set, a_copy_outlives_the_scratch)
{
	const struct range two[] = { { 1, 4 }, { 7, 9 } };
	struct arena *arena = arena_new();
	struct scratch *short_lived = scratch_new();
	const struct set *holes = set_copy(arena, set_masked(short_lived, 5, 5, 15));
	const struct set *copy = set_copy(arena, set_of(short_lived, two, 2));

	scratch_free(short_lived);
	assert_ranges(copy, two, 2);
	for (wide i = 0; i < 16; i++)
		cr_assert_eq(set_has(holes, i), (i & 5) == 5);
	arena_free(arena);
}

/* ---- against arrays of bits ---- */

#define NUMBERS 256
#define PAIRS	30000

struct bits {
	bool has[NUMBERS];
};

static uint64_t state = 20240613;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static bool is_empty(const struct bits *bits)
{
	return !memchr(bits->has, true, sizeof(bits->has));
}

/* Borders are likely. */
static unsigned chance_number(void)
{
	static const unsigned char borders[] = { 0, 1, 127, 128, 254, 255 };

	return chance(4) ? chance(NUMBERS) : borders[chance(LEN(borders))];
}

/* Some ranges in any order, which may overlap or be empty. */
static const struct set *chance_ranges(struct bits *bits)
{
	struct range of[6];
	uint32_t n = chance(LEN(of)) + 1;

	memset(bits, 0, sizeof(*bits));
	for (uint32_t i = 0; i < n; i++) {
		unsigned low = chance_number(), high = chance(2) ? low + chance(9) : low;

		if (!chance(8))
			high = chance_number();
		if (high >= NUMBERS)
			high = NUMBERS - 1;
		of[i] = (struct range){ low, high };
		for (unsigned each = low; each <= high; each++)
			bits->has[each] = true;
	}
	return ranges(of, n);
}

static const struct set *chance_mask(struct bits *bits)
{
	/* few bits more often than many: else hardly any two sets have members in common */
	unsigned mask = chance(NUMBERS) & (chance(2) ? chance(NUMBERS) : 255);
	unsigned value = chance(NUMBERS);

	for (unsigned i = 0; i < NUMBERS; i++)
		bits->has[i] = (i & mask) == (value & mask);
	return set_masked(scratch, mask, value, NUMBERS - 1);
}

/* The set is just what the bits say, and of the form that set.h asks for. */
static void assert_same(const struct set *set, const struct bits *bits, const char *what,
			unsigned pair)
{
	cr_assert_eq(set == NULL, is_empty(bits), "%s, pair %u: empty", what, pair);
	if (!set)
		return;
	cr_assert_geq(set->n, 1);
	for (uint32_t i = 0; i < set->n; i++) {
		cr_assert(set->ranges[i].low <= set->ranges[i].high, "%s, pair %u", what, pair);
		cr_assert(!i || set->ranges[i].low > set->ranges[i - 1].high + 1,
			  "%s, pair %u: no gap", what, pair);
	}
	for (unsigned i = 0; i < NUMBERS; i++)
		cr_assert_eq(set_has(set, i), bits->has[i], "%s, pair %u: %u", what, pair, i);
	cr_assert_not(set_has(set, NUMBERS), "%s, pair %u", what, pair);
}

/* A set and its bits; of ranges, of a mask, or of both. */
static const struct set *chance_set(struct bits *bits, unsigned pair)
{
	const struct set *set, *masked;
	struct bits more;

	for (;;) {
		unsigned kind = chance(3);

		set = kind == 1 ? chance_mask(bits) : chance_ranges(bits);
		assert_same(set, bits, "made", pair);
		if (set && kind == 2) {
			masked = chance_mask(&more);
			for (unsigned i = 0; i < NUMBERS; i++)
				bits->has[i] &= more.has[i];
			set = set_intersect(scratch, set, masked);
			assert_same(set, bits, "made of two", pair);
		}
		if (set)
			return set;
	}
}

static void check_subtract(const struct set *a, const struct bits *in_a, const struct set *b,
			   const struct bits *in_b, unsigned pair)
{
	const struct set *pieces[SET_PIECES_MAX];
	unsigned n = set_subtract(scratch, a, b, pieces);

	for (unsigned i = 0; i < n; i++) {
		struct bits piece;

		cr_assert(pieces[i]);
		for (unsigned j = 0; j < NUMBERS; j++)
			piece.has[j] = set_has(pieces[i], j);
		cr_assert_not(is_empty(&piece), "pair %u: piece %u is empty", pair, i);
		assert_same(pieces[i], &piece, "piece", pair);
	}
	for (unsigned i = 0; i < NUMBERS; i++) {
		unsigned in = 0;

		for (unsigned j = 0; j < n; j++)
			in += set_has(pieces[j], i);
		cr_assert_eq(in, in_a->has[i] && !in_b->has[i], "pair %u: %u is in %u pieces", pair,
			     i, in);
	}
}

static void check_members(const struct set *set, const struct bits *bits, unsigned pair)
{
	unsigned low = 0, high = NUMBERS - 1, count = 0;

	while (!bits->has[low])
		low++;
	while (!bits->has[high])
		high--;
	for (unsigned i = 0; i < NUMBERS; i++)
		count += bits->has[i];
	cr_assert(set_pick(set, 0) == low, "pair %u: not the first", pair);
	cr_assert(set_pick(set, 1) == high, "pair %u: not the last", pair);
	for (uint64_t choice = 2; choice < 12; choice++) {
		wide member = set_pick(set, choice);

		cr_assert(member < NUMBERS && bits->has[(unsigned)member], "pair %u", pair);
	}
	cr_assert(set_low(set) <= low && set_high(set) >= high, "pair %u", pair);
	/* where both ranges and bits bound it, only about */
	if (!set->mask || (set->ranges[0].low == 0 && set->ranges[0].high == NUMBERS - 1))
		cr_assert(set_size(set) == count, "pair %u: size", pair);
}

Test(set, every_operation_as_with_bits)
{
	for (unsigned pair = 0; pair < PAIRS; pair++) {
		struct scratch_mark mark = scratch_mark(scratch);
		struct bits in_a, in_b, both, without;
		const struct set *a = chance_set(&in_a, pair), *b = chance_set(&in_b, pair);

		for (unsigned i = 0; i < NUMBERS; i++) {
			both.has[i] = in_a.has[i] && in_b.has[i];
			without.has[i] = in_b.has[i] && !in_a.has[i];
		}
		assert_same(set_intersect(scratch, a, b), &both, "both", pair);
		cr_assert_eq(set_overlaps(a, b), !is_empty(&both), "pair %u", pair);
		cr_assert_eq(set_contains(a, b), is_empty(&without), "pair %u", pair);
		check_subtract(a, &in_a, b, &in_b, pair);
		check_members(a, &in_a, pair);
		scratch_release(scratch, mark);
	}
}

/* The same at the upper end of 128 bits, where sums run over: shifted up, and turned round. */
Test(set, the_largest_numbers_as_the_smallest)
{
	for (unsigned pair = 0; pair < PAIRS / 3; pair++) {
		struct scratch_mark mark = scratch_mark(scratch);
		struct bits in_a, in_b;
		const struct set *small[2] = { chance_set(&in_a, pair), chance_set(&in_b, pair) };
		const struct set *large[2], *pieces[2][SET_PIECES_MAX], *both[2];
		unsigned n[2];

		for (unsigned i = 0; i < 2; i++) {
			struct set *set = scratch_alloc(
				scratch, sizeof(*set) + small[i]->n * sizeof(struct range));

			set->mask = small[i]->mask;
			set->value = ~small[i]->value & set->mask;
			set->n = small[i]->n;
			for (uint32_t j = 0; j < set->n; j++) {
				const struct range *from = &small[i]->ranges[set->n - 1 - j];

				set->ranges[j] = (struct range){ ~from->high, ~from->low };
			}
			large[i] = set;
		}
		cr_assert_eq(set_overlaps(large[0], large[1]), set_overlaps(small[0], small[1]));
		cr_assert_eq(set_contains(large[0], large[1]), set_contains(small[0], small[1]));
		cr_assert(set_pick(large[0], 0) == ~set_pick(small[0], 1));
		cr_assert(set_pick(large[0], 1) == ~set_pick(small[0], 0));
		for (unsigned i = 0; i < 2; i++) {
			const struct set **each = i ? small : large;

			n[i] = set_subtract(scratch, each[0], each[1], pieces[i]);
			both[i] = set_intersect(scratch, each[0], each[1]);
		}
		for (unsigned number = 0; number < NUMBERS; number++) {
			unsigned in[2] = { 0, 0 };

			for (unsigned i = 0; i < 2; i++) {
				wide at = i ? number : ~(wide)number;

				for (unsigned j = 0; j < n[i]; j++)
					in[i] += set_has(pieces[i][j], at);
				in[i] += both[i] && set_has(both[i], at) ? 2 : 0;
			}
			cr_assert_eq(in[0], in[1], "pair %u: %u", pair, number);
		}
		scratch_release(scratch, mark);
	}
}
