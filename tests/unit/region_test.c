/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions against every point of a small world: three variables, one of them in two
 * versions, of a few values each.
 */
#include "analyse/region.h"

#include <criterion/criterion.h>
#include <string.h>

#include "analyse/space.h"
#include "pipeline/unit.h"

/* What the points have; the numbers of values are those of the variables' domains. */
static const struct axis {
	uint32_t variable;
	uint64_t version;
	unsigned n;
} axes[] = {
	{ VAR_FRAGMENT, 0, 2 },
	{ VAR_STATE, 0, CT_ATOMS },
	{ VAR_STATE, (uint64_t)3 << 32 | 1, CT_ATOMS },
	{ VAR_TOOL, 0, 2 },
};

#define N_AXES	   (sizeof(axes) / sizeof(axes[0]))
#define POINTS	   (2 * CT_ATOMS * CT_ATOMS * 2)
#define PAIRS	   20000
#define PIECES_MAX 200

struct bits {
	bool has[POINTS];
};

static struct arena *arena;
static struct scratch *scratch;
static struct space *space;

static void set_up(void)
{
	arena = arena_new();
	scratch = scratch_new();
	space = space_new(arena, FAMILY_IPV4, BACKEND_BOTH, arena_new_object(arena, struct table));
}

static void tear_down(void)
{
	scratch_free(scratch);
	arena_free(arena);
}

TestSuite(region, .init = set_up, .fini = tear_down);

static uint64_t state = 77;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

/* Digit AXIS of a point. */
static unsigned value_of(unsigned point, size_t axis)
{
	for (size_t i = 0; i < axis; i++)
		point /= axes[i].n;
	return point % axes[axis].n;
}

/* A point is in a region if each constraint says so; nothing else of region.c is asked. */
static bool has_point(const struct region *region, unsigned point)
{
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *constraint = &region->constraints[i];
		size_t axis = 0;

		while (axis < N_AXES && (axes[axis].variable != constraint->variable ||
					 axes[axis].version != constraint->version))
			axis++;
		cr_assert_lt(axis, N_AXES, "a constraint on a variable that nobody asked for");
		if (!set_has(constraint->set, value_of(point, axis)))
			return false;
	}
	return true;
}

static void assert_form(const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i], *before = each - 1;

		cr_assert(each->set);
		cr_assert_not(set_contains(each->set, space_domain(space, each->variable)),
			      "a constraint that says nothing");
		cr_assert(!i || before->variable < each->variable ||
				  (before->variable == each->variable &&
				   before->version < each->version),
			  "the order");
	}
}

static void assert_same(const struct region *region, const struct bits *bits, const char *what,
			unsigned pair)
{
	cr_assert_eq(region == NULL, !memchr(bits->has, true, sizeof(bits->has)),
		     "%s, pair %u: empty", what, pair);
	if (!region)
		return;
	assert_form(region);
	for (unsigned i = 0; i < POINTS; i++)
		cr_assert_eq(has_point(region, i), bits->has[i], "%s, pair %u: point %u", what,
			     pair, i);
}

/* Some values of an axis, but never none or all. */
static const struct set *chance_set(size_t axis, bool *has)
{
	unsigned n = axes[axis].n;

	for (;;) {
		struct range ranges[CT_ATOMS];
		unsigned n_values = 0;
		bool dense = chance(2);

		for (unsigned i = 0; i < n; i++) {
			has[i] = dense ? chance(4) != 0 : chance(3) == 0;
			if (has[i])
				ranges[n_values++] = (struct range){ i, i };
		}
		if (n == CT_ATOMS && !chance(4)) { /* a mask with a hole */
			const struct set *domain = space_domain(space, axes[axis].variable), *set;
			unsigned mask = chance(3) ? 5 : 9, value = chance(16) & mask;

			set = set_intersect(scratch, domain, set_masked(scratch, mask, value, 15));
			for (unsigned i = 0; i < n; i++)
				has[i] = (i & mask) == value;
			if (set)
				return set;
		} else if (n_values && n_values < n) {
			return set_of(scratch, ranges, n_values);
		}
	}
}

/* A region made by region_with(), and its points. */
static const struct region *chance_region(struct bits *bits, unsigned pair)
{
	const struct region *region = &region_all;

	memset(bits->has, true, sizeof(bits->has));
	for (unsigned i = chance(N_AXES + 2); region && i > 0; i--) {
		size_t axis = chance(N_AXES);
		bool has[CT_ATOMS];
		const struct set *set = chance_set(axis, has);

		region = region_with(scratch, region, axes[axis].variable, axes[axis].version, set);
		for (unsigned point = 0; point < POINTS; point++)
			bits->has[point] &= has[value_of(point, axis)];
	}
	assert_same(region, bits, "made", pair);
	return region ? region : chance_region(bits, pair);
}

struct pieces {
	const struct region *regions[PIECES_MAX];
	unsigned n;
};

static void collect(void *context, const struct region *piece)
{
	struct pieces *pieces = context;

	cr_assert_lt(pieces->n, PIECES_MAX);
	pieces->regions[pieces->n++] = piece;
}

static void check_subtract(const struct region *a, const struct bits *in_a, const struct region *b,
			   const struct bits *in_b, unsigned pair)
{
	struct pieces pieces = { .n = 0 };

	region_subtract(scratch, space, a, b, collect, &pieces);
	for (unsigned i = 0; i < pieces.n; i++) {
		bool some = false;

		assert_form(pieces.regions[i]);
		for (unsigned point = 0; point < POINTS && !some; point++)
			some = has_point(pieces.regions[i], point);
		cr_assert(some, "pair %u: piece %u is empty", pair, i);
	}
	for (unsigned point = 0; point < POINTS; point++) {
		unsigned in = 0;

		for (unsigned i = 0; i < pieces.n; i++)
			in += has_point(pieces.regions[i], point);
		cr_assert_eq(in, in_a->has[point] && !in_b->has[point],
			     "pair %u: point %u is in %u pieces", pair, point, in);
	}
}

static bool has_mask(const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		if (region->constraints[i].set->mask)
			return true;
	}
	return false;
}

Test(region, every_operation_as_with_points)
{
	for (unsigned pair = 0; pair < PAIRS; pair++) {
		struct scratch_mark mark = scratch_mark(scratch);
		struct bits in_a, in_b, both;
		const struct region *a = chance_region(&in_a, pair);
		const struct region *b = chance_region(&in_b, pair);
		unsigned n_a = 0, n_both = 0, n_b = 0, cuts;
		double share;

		for (unsigned i = 0; i < POINTS; i++) {
			both.has[i] = in_a.has[i] && in_b.has[i];
			n_a += in_a.has[i];
			n_b += in_b.has[i];
			n_both += both.has[i];
		}
		assert_same(region_intersect(scratch, a, b), &both, "both", pair);
		cr_assert_eq(region_overlaps(a, b), n_both > 0, "pair %u", pair);
		cr_assert_eq(region_contains(a, b), n_both == n_b, "pair %u", pair);
		check_subtract(a, &in_a, b, &in_b, pair);
		share = region_share(scratch, space, b, a, &cuts);
		cr_assert_eq(cuts == 0, n_both == n_a, "pair %u", pair);
		if (!has_mask(a) && !has_mask(b))
			cr_assert_float_eq(share, (double)n_both / n_a, 1e-9, "pair %u", pair);
		scratch_release(scratch, mark);
	}
}

Test(region, everything)
{
	struct pieces pieces = { .n = 0 };
	const struct set *later = set_range(scratch, 1, 1);
	const struct region *some = region_with(scratch, &region_all, VAR_FRAGMENT, 0, later);

	cr_assert(region_contains(&region_all, &region_all));
	cr_assert(region_contains(&region_all, some));
	cr_assert_not(region_contains(some, &region_all));
	cr_assert(region_overlaps(&region_all, some));
	region_subtract(scratch, space, some, &region_all, collect, &pieces);
	cr_assert_eq(pieces.n, 0, "nothing is left");
	region_subtract(scratch, space, &region_all, some, collect, &pieces);
	cr_assert_eq(pieces.n, 1);
	cr_assert(set_has(region_get(pieces.regions[0], VAR_FRAGMENT, 0), 0));
	cr_assert_not(set_has(region_get(pieces.regions[0], VAR_FRAGMENT, 0), 1));
}

/* What was known before a write says nothing of what is there after it. */
Test(region, versions_are_different_variables)
{
	const struct set *one = set_range(scratch, 1, 1), *other = set_range(scratch, 2, 2);
	const struct region *before = region_with(scratch, &region_all, VAR_SRC, 0, one);
	const struct region *after = region_with(scratch, &region_all, VAR_SRC, 7, one);
	const struct region *both = region_with(scratch, before, VAR_SRC, 7, other);
	struct pieces pieces = { .n = 0 };

	cr_assert_not(region_contains(before, after));
	cr_assert_not(region_contains(after, before));
	cr_assert(region_overlaps(before, region_with(scratch, &region_all, VAR_SRC, 7, other)));
	cr_assert(both);
	cr_assert_eq(region_get(both, VAR_SRC, 0), one);
	cr_assert_eq(region_get(both, VAR_SRC, 7), other);
	cr_assert_null(region_get(both, VAR_SRC, 1));
	cr_assert_null(region_get(both, VAR_DST, 0));
	cr_assert_null(region_with(scratch, both, VAR_SRC, 0, other));
	region_subtract(scratch, space, before, after, collect, &pieces);
	cr_assert_eq(pieces.n, 1, "one address out of a range: one piece");
	cr_assert_eq(region_get(pieces.regions[0], VAR_SRC, 0), one);
	cr_assert_not(set_has(region_get(pieces.regions[0], VAR_SRC, 7), 1));
}
