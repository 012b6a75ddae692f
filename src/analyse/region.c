/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two sorted lists of constraints go through each operation side by side.
 */
#include "analyse/region.h"

#include <string.h>

#include "analyse/space.h"

const struct region region_all;

static int order(const struct constraint *a, uint32_t variable, uint64_t version)
{
	if (a->variable != variable)
		return a->variable < variable ? -1 : 1;
	return (a->version > version) - (a->version < version);
}

static int compare(const struct constraint *a, const struct constraint *b)
{
	return order(a, b->variable, b->version);
}

const struct set *region_get(const struct region *region, uint32_t variable, uint64_t version)
{
	for (uint32_t i = 0; i < region->n; i++) {
		int way = order(&region->constraints[i], variable, version);

		if (way == 0)
			return region->constraints[i].set;
		if (way > 0)
			break;
	}
	return NULL;
}

static struct region *new_region(struct scratch *scratch, uint32_t n)
{
	struct region *region =
		scratch_alloc(scratch, sizeof(*region) + (size_t)n * sizeof(struct constraint));

	region->n = 0;
	return region;
}

static void append(struct region *region, const struct constraint *constraint)
{
	region->constraints[region->n++] = *constraint;
}

const struct region *region_copy(struct scratch *scratch, const struct region *region)
{
	struct region *copy = new_region(scratch, region->n);

	for (uint32_t i = 0; i < region->n; i++) {
		const struct set *set = region->constraints[i].set;
		size_t size = sizeof(*set) + set->n * sizeof(struct range);
		struct constraint constraint = region->constraints[i];

		constraint.set = memcpy(scratch_alloc(scratch, size), set, size);
		append(copy, &constraint);
	}
	return copy;
}

const struct region *region_with(struct scratch *scratch, const struct region *region,
				 uint32_t variable, uint64_t version, const struct set *set)
{
	struct region *result = new_region(scratch, region->n + 1);
	struct constraint added = { variable, version, set };
	uint32_t i = 0;

	while (i < region->n && compare(&region->constraints[i], &added) < 0)
		append(result, &region->constraints[i++]);
	if (i < region->n && compare(&region->constraints[i], &added) == 0) {
		added.set = set_intersect(scratch, region->constraints[i++].set, set);
		if (!added.set)
			return NULL;
	}
	append(result, &added);
	while (i < region->n)
		append(result, &region->constraints[i++]);
	return result;
}

const struct region *region_intersect(struct scratch *scratch, const struct region *a,
				      const struct region *b)
{
	struct region *both;
	uint32_t i = 0, j = 0;

	if (!a->n)
		return b;
	if (!b->n)
		return a;
	both = new_region(scratch, a->n + b->n);
	while (i < a->n && j < b->n) {
		int way = compare(&a->constraints[i], &b->constraints[j]);

		if (way < 0) {
			append(both, &a->constraints[i++]);
		} else if (way > 0) {
			append(both, &b->constraints[j++]);
		} else {
			struct constraint shared = a->constraints[i];

			shared.set = set_intersect(scratch, a->constraints[i++].set,
						   b->constraints[j++].set);
			if (!shared.set)
				return NULL;
			append(both, &shared);
		}
	}
	while (i < a->n)
		append(both, &a->constraints[i++]);
	while (j < b->n)
		append(both, &b->constraints[j++]);
	return both;
}

bool region_contains(const struct region *outer, const struct region *inner)
{
	uint32_t j = 0;

	for (uint32_t i = 0; i < outer->n; i++) {
		const struct constraint *wanted = &outer->constraints[i];

		while (j < inner->n && compare(&inner->constraints[j], wanted) < 0)
			j++;
		if (j == inner->n || compare(&inner->constraints[j], wanted) ||
		    !set_contains(wanted->set, inner->constraints[j].set))
			return false;
	}
	return true;
}

bool region_overlaps(const struct region *a, const struct region *b)
{
	uint32_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		int way = compare(&a->constraints[i], &b->constraints[j]);

		if (way == 0 && !set_overlaps(a->constraints[i].set, b->constraints[j].set))
			return false;
		i += way <= 0;
		j += way >= 0;
	}
	return true;
}

/* REGION, which has or has not a constraint on the variable, with this one instead. */
static const struct region *replace(struct scratch *scratch, const struct region *region,
				    const struct constraint *by)
{
	struct region *result = new_region(scratch, region->n + 1);
	uint32_t i = 0;

	while (i < region->n && compare(&region->constraints[i], by) < 0)
		append(result, &region->constraints[i++]);
	append(result, by);
	if (i < region->n && compare(&region->constraints[i], by) == 0)
		i++;
	while (i < region->n)
		append(result, &region->constraints[i++]);
	return result;
}

/*
 * Cuts A along one variable of B after the other.  What is outside goes to VISIT,
 * what is inside is cut further; what is left at the end is inside B.
 */
void region_subtract(struct scratch *scratch, const struct space *space, const struct region *a,
		     const struct region *b, region_visit *visit, void *context)
{
	if (!region_overlaps(a, b)) {
		visit(context, a);
		return;
	}
	for (uint32_t i = 0; i < b->n; i++) {
		struct constraint cut = b->constraints[i];
		const struct set *pieces[SET_PIECES_MAX];
		const struct set *now = region_get(a, cut.variable, cut.version);
		const struct set *inside = cut.set;
		unsigned n;

		if (!now)
			now = space_domain(space, cut.variable);
		else if (set_contains(cut.set, now))
			continue;
		else
			inside = set_intersect(scratch, now, cut.set);
		n = set_subtract(scratch, now, cut.set, pieces);
		for (unsigned j = 0; j < n; j++) {
			cut.set = pieces[j];
			visit(context, replace(scratch, a, &cut));
		}
		cut.set = inside;
		a = replace(scratch, a, &cut);
	}
}

double region_share(struct scratch *scratch, const struct space *space, const struct region *region,
		    const struct region *inner, unsigned *cuts)
{
	double share = 1;

	*cuts = 0;
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *cut = &region->constraints[i];
		const struct set *now = region_get(inner, cut->variable, cut->version);
		struct scratch_mark mark = scratch_mark(scratch);
		const struct set *both;

		if (now && set_contains(cut->set, now))
			continue;
		++*cuts;
		if (!now)
			now = space_domain(space, cut->variable);
		both = set_intersect(scratch, now, cut->set);
		share *= both ? set_size(both) / set_size(now) : 0;
		scratch_release(scratch, mark);
	}
	return share;
}
