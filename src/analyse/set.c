/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorted ranges, and a test of single bits for masks that have holes.
 *
 * Whether a range has a number with the wanted bits is decided by going to the next
 * such number, bit by bit from above: see next_member().
 */
#include "analyse/set.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_BITS 128

static unsigned highest_bit(wide n)
{
	uint64_t high = (uint64_t)(n >> 64);

	return high ? 127 - (unsigned)__builtin_clzll(high)
		    : 63 - (unsigned)__builtin_clzll((uint64_t)n);
}

/* The bits below bit N. */
static wide below(unsigned n)
{
	return n < NUMBER_BITS ? ((wide)1 << n) - 1 : ~(wide)0;
}

/*
 * The smallest number from FROM on with the set's bits in *NEXT; false if there is
 * none.  It does not look at the ranges.
 */
static bool next_member(const struct set *set, wide from, wide *next)
{
	wide wrong = (from ^ set->value) & set->mask;
	unsigned bit;

	*next = from;
	if (!wrong)
		return true;
	bit = highest_bit(wrong);
	if (set->value >> bit & 1) {
		*next = (from & ~below(bit)) | (set->value & set->mask & below(bit + 1));
		return true;
	}
	/* this bit is too large: some free bit above it has to go up */
	for (bit++; bit < NUMBER_BITS; bit++) {
		if (!(set->mask >> bit & 1) && !(from >> bit & 1)) {
			*next = (from & ~below(bit)) | (wide)1 << bit |
				(set->value & set->mask & below(bit));
			return true;
		}
	}
	return false;
}

/* The largest number up to FROM with the set's bits: the smallest one, with all bits turned. */
static bool previous_member(const struct set *set, wide from, wide *previous)
{
	const struct set turned = { .mask = set->mask, .value = ~set->value & set->mask };
	bool found = next_member(&turned, ~from, previous);

	*previous = ~*previous;
	return found;
}

static bool range_has_member(const struct set *set, const struct range *range)
{
	wide next;

	return !set->mask || (next_member(set, range->low, &next) && next <= range->high);
}

static bool has_member(const struct set *set)
{
	for (uint32_t i = 0; i < set->n; i++) {
		if (range_has_member(set, &set->ranges[i]))
			return true;
	}
	return false;
}

static struct set *new_set(struct scratch *scratch, uint32_t n)
{
	struct set *set =
		scratch_alloc(scratch, sizeof(struct set) + (size_t)n * sizeof(struct range));

	set->mask = set->value = 0;
	set->n = 0;
	return set;
}

const struct set *set_range(struct scratch *scratch, wide low, wide high)
{
	struct set *set;

	if (low > high)
		return NULL;
	set = new_set(scratch, 1);
	set->n = 1;
	set->ranges[0] = (struct range){ low, high };
	return set;
}

const struct set *set_keep(struct arena *arena, wide low, wide high)
{
	struct set *set = arena_alloc(arena, sizeof(struct set) + sizeof(struct range));

	set->n = 1;
	set->ranges[0] = (struct range){ low, high };
	return set;
}

const struct set *set_copy(struct arena *arena, const struct set *set)
{
	return arena_memdup(arena, set, sizeof(*set) + set->n * sizeof(set->ranges[0]));
}

static int by_low(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->low > y->low) - (x->low < y->low);
}

static bool is_sorted(const struct set *set)
{
	for (uint32_t i = 1; i < set->n; i++) {
		if (set->ranges[i].low < set->ranges[i - 1].low)
			return false;
	}
	return true;
}

const struct set *set_of(struct scratch *scratch, const struct range *ranges, uint32_t n)
{
	struct set *set = new_set(scratch, n);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (ranges[i].low <= ranges[i].high)
			set->ranges[set->n++] = ranges[i];
	}
	if (!set->n)
		return NULL;
	if (!is_sorted(set))
		qsort(set->ranges, set->n, sizeof(set->ranges[0]), by_low);
	for (uint32_t i = 1; i < set->n; i++) {
		struct range *last = &set->ranges[kept];

		/* the last one may end at the largest number there is */
		if (set->ranges[i].low <= last->high || set->ranges[i].low - 1 == last->high) {
			if (set->ranges[i].high > last->high)
				last->high = set->ranges[i].high;
		} else {
			set->ranges[++kept] = set->ranges[i];
		}
	}
	set->n = kept + 1;
	return set;
}

const struct set *set_masked(struct scratch *scratch, wide mask, wide value, wide max)
{
	wide free_bits = max & ~mask;

	value &= mask;
	if (value & ~max)
		return NULL;
	/* the free bits are the last ones: one range */
	if (!(free_bits & (free_bits + 1)))
		return set_range(scratch, value, value | free_bits);
	struct set *set = new_set(scratch, 1);

	set->n = 1;
	set->ranges[0] = (struct range){ 0, max };
	set->mask = mask & max;
	set->value = value;
	return set;
}

static wide larger(wide a, wide b)
{
	return a > b ? a : b;
}

static wide smaller(wide a, wide b)
{
	return a < b ? a : b;
}

static void intersect_ranges(struct set *into, const struct set *a, const struct set *b)
{
	uint32_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		const struct range *x = &a->ranges[i], *y = &b->ranges[j];
		wide low = larger(x->low, y->low), high = smaller(x->high, y->high);

		if (low <= high)
			into->ranges[into->n++] = (struct range){ low, high };
		if (x->high < y->high)
			i++;
		else
			j++;
	}
}

const struct set *set_intersect(struct scratch *scratch, const struct set *a, const struct set *b)
{
	struct set *both;

	if (a == b)
		return a;
	if ((a->value ^ b->value) & a->mask & b->mask)
		return NULL;
	if (a->n == 1 && b->n == 1 && !a->mask && !b->mask)
		return set_range(scratch, larger(a->ranges[0].low, b->ranges[0].low),
				 smaller(a->ranges[0].high, b->ranges[0].high));
	both = new_set(scratch, a->n + b->n);
	both->mask = a->mask | b->mask;
	both->value = a->value | b->value;
	intersect_ranges(both, a, b);
	return both->n && has_member(both) ? both : NULL;
}

/* The ranges of A without those of B; the bits are A's. */
static const struct set *subtract_ranges(struct scratch *scratch, const struct set *a,
					 const struct set *b)
{
	struct set *rest = new_set(scratch, a->n + b->n);
	uint32_t j = 0;

	rest->mask = a->mask;
	rest->value = a->value;
	for (uint32_t i = 0; i < a->n; i++) {
		wide low = a->ranges[i].low, high = a->ranges[i].high;
		bool done = false;

		while (j && b->ranges[j - 1].high >= low)
			j--;
		for (; j < b->n && b->ranges[j].low <= high && !done; j++) {
			if (b->ranges[j].high < low)
				continue;
			if (b->ranges[j].low > low)
				rest->ranges[rest->n++] =
					(struct range){ low, b->ranges[j].low - 1 };
			done = b->ranges[j].high >= high;
			low = b->ranges[j].high + 1;
		}
		if (!done)
			rest->ranges[rest->n++] = (struct range){ low, high };
	}
	return rest->n && has_member(rest) ? rest : NULL;
}

/* A with bit BIT as in VALUE; NULL if no number is left. */
static const struct set *with_bit(struct scratch *scratch, const struct set *a, unsigned bit,
				  wide value)
{
	wide mask = (wide)1 << bit;
	struct set *set;

	if (a->mask & mask)
		return (a->value ^ value) & mask ? NULL : a;
	set = new_set(scratch, a->n);
	set->mask = a->mask | mask;
	set->value = a->value | (value & mask);
	set->n = a->n;
	memcpy(set->ranges, a->ranges, a->n * sizeof(a->ranges[0]));
	return has_member(set) ? set : NULL;
}

unsigned set_subtract(struct scratch *scratch, const struct set *a, const struct set *b,
		      const struct set *pieces[SET_PIECES_MAX])
{
	const struct set *inside;
	unsigned n = 0;

	if (!b->mask) {
		pieces[0] = subtract_ranges(scratch, a, b);
		return pieces[0] ? 1 : 0;
	}
	if ((a->value ^ b->value) & a->mask & b->mask) {
		pieces[0] = a;
		return 1;
	}
	pieces[0] = subtract_ranges(scratch, a, b);
	if (pieces[0])
		n++;
	/* what is in B's ranges, but differs first in this bit, or in this one, ... */
	inside = set_intersect(scratch, a, set_of(scratch, b->ranges, b->n));
	for (unsigned bit = 0; inside && bit < NUMBER_BITS; bit++) {
		const struct set *other;

		if (!(b->mask >> bit & 1))
			continue;
		other = with_bit(scratch, inside, bit, ~b->value);
		if (other)
			pieces[n++] = other;
		inside = with_bit(scratch, inside, bit, b->value);
	}
	return n;
}

bool set_has(const struct set *set, wide member)
{
	uint32_t low = 0, high = set->n;

	if ((member ^ set->value) & set->mask)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (member < set->ranges[middle].low)
			high = middle;
		else if (member > set->ranges[middle].high)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

/* Are the ranges of INNER inside those of OUTER? */
static bool ranges_contain(const struct set *outer, const struct set *inner)
{
	uint32_t j = 0;

	for (uint32_t i = 0; i < inner->n; i++) {
		while (j < outer->n && outer->ranges[j].high < inner->ranges[i].low)
			j++;
		if (j == outer->n || outer->ranges[j].low > inner->ranges[i].low ||
		    outer->ranges[j].high < inner->ranges[i].high)
			return false;
	}
	return true;
}

/* Does a number of the range have these bits?  The ranges of BITS are not looked at. */
static bool is_between(const struct set *bits, wide low, wide high)
{
	const struct range range = { low, high };

	return low <= high && range_has_member(bits, &range);
}

/* Is a member of INNER outside of the ranges of OUTER? */
static bool leaves_ranges(const struct set *inner, const struct set *outer)
{
	uint32_t j = 0;

	for (uint32_t i = 0; i < inner->n; i++) {
		wide low = inner->ranges[i].low, high = inner->ranges[i].high;
		bool is_done = false;

		while (j < outer->n && outer->ranges[j].high < low)
			j++;
		while (!is_done && j < outer->n && outer->ranges[j].low <= high) {
			if (outer->ranges[j].low > low &&
			    is_between(inner, low, outer->ranges[j].low - 1))
				return true;
			is_done = outer->ranges[j].high >= high;
			if (!is_done)
				low = outer->ranges[j++].high + 1;
		}
		if (!is_done && is_between(inner, low, high))
			return true;
	}
	return false;
}

/* Has a member of INNER other bits than those that OUTER asks for? */
static bool leaves_bits(const struct set *inner, const struct set *outer)
{
	wide open = outer->mask & ~inner->mask;

	if ((inner->value ^ outer->value) & inner->mask & outer->mask)
		return true;
	for (unsigned bit = 0; bit < NUMBER_BITS && open >> bit; bit++) {
		wide one = (wide)1 << bit;
		const struct set other = {
			.mask = inner->mask | one,
			.value = inner->value | (~outer->value & one),
		};

		for (uint32_t i = 0; open & one && i < inner->n; i++) {
			if (range_has_member(&other, &inner->ranges[i]))
				return true;
		}
	}
	return false;
}

bool set_contains(const struct set *outer, const struct set *inner)
{
	if (outer == inner)
		return true;
	if (outer->mask || inner->mask)
		return !leaves_bits(inner, outer) && !leaves_ranges(inner, outer);
	return ranges_contain(outer, inner);
}

/* Has a number of the range that both have the bits of both? */
static bool share_member(const struct set *a, const struct set *b, const struct range *of_a,
			 const struct range *of_b)
{
	const struct set both = { .mask = a->mask | b->mask, .value = a->value | b->value };

	return is_between(&both, of_a->low > of_b->low ? of_a->low : of_b->low,
			  of_a->high < of_b->high ? of_a->high : of_b->high);
}

bool set_overlaps(const struct set *a, const struct set *b)
{
	bool has_bits = a->mask || b->mask;
	uint32_t i = 0, j = 0;

	if ((a->value ^ b->value) & a->mask & b->mask)
		return false;
	while (i < a->n && j < b->n) {
		const struct range *of_a = &a->ranges[i], *of_b = &b->ranges[j];

		if (of_a->low <= of_b->high && of_b->low <= of_a->high &&
		    (!has_bits || share_member(a, b, of_a, of_b)))
			return true;
		if (of_a->high < of_b->high)
			i++;
		else
			j++;
	}
	return false;
}

wide set_low(const struct set *set)
{
	wide member;

	for (uint32_t i = 0; i < set->n; i++) {
		if (next_member(set, set->ranges[i].low, &member) && member <= set->ranges[i].high)
			return member;
	}
	return set->ranges[0].low;
}

wide set_high(const struct set *set)
{
	return set->ranges[set->n - 1].high;
}

static wide last_member(const struct set *set)
{
	wide member;

	for (uint32_t i = set->n; i-- > 0;) {
		if (previous_member(set, set->ranges[i].high, &member) &&
		    member >= set->ranges[i].low)
			return member;
	}
	return set_low(set);
}

static uint64_t mix(uint64_t n)
{
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
	n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
	return n ^ (n >> 31);
}

wide set_pick(const struct set *set, uint64_t choice)
{
	const struct range *range;
	wide width, member;

	if (choice == 0)
		return set_low(set);
	if (choice == 1)
		return last_member(set);
	range = &set->ranges[mix(choice) % set->n];
	width = range->high - range->low;
	if (width < UINT64_MAX)
		member = mix(choice + 1) % ((uint64_t)width + 1);
	else
		member =
			((wide)mix(choice + 1) << 64 | mix(choice + 2)) & below(highest_bit(width));
	/* with bits to keep, the next number that has them, or the first of all */
	if (next_member(set, range->low + member, &member) && member <= range->high)
		return member;
	return set_low(set);
}

double set_size(const struct set *set)
{
	double size = 0;

	for (uint32_t i = 0; i < set->n; i++)
		size += (double)(set->ranges[i].high - set->ranges[i].low) + 1;
	for (wide bits = set->mask; bits; bits &= bits - 1)
		size /= 2;
	return size;
}
