/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of what targets change; see walk.c.
 */
#include "analyse/facts.h"
#include "expect/walk_inside.h"

void part_forget(struct walk *w, struct part *part, unsigned fields)
{
	if (!fields)
		return;
	w->last_version++;
	for (unsigned i = 0; i < N_FIELDS; i++) {
		if (fields >> i & 1)
			part->written[i] = w->last_version;
	}
}

void part_forget_all(struct walk *w, struct part *part, unsigned fields)
{
	if (!fields)
		return;
	part_forget(w, part, fields);
	for (uint32_t i = 0; i < VAR_LITERAL; i++) {
		if (space_reads(w->world->space, i) & fields)
			part->versions[i] = w->last_version;
	}
	part->marks.knows_mark &= !(fields & FIELD_MARK);
	part->marks.knows_connmark &= !(fields & FIELD_CONNMARK);
}

static uint64_t version_of(const struct walk *w, const struct part *part, uint32_t variable)
{
	unsigned fields;
	uint64_t version = 0;

	if (variable < VAR_LITERAL)
		return part->versions[variable];
	fields = space_reads(w->world->space, variable);
	for (unsigned i = 0; i < N_FIELDS; i++) {
		if ((fields >> i & 1) && part->written[i] > version)
			version = part->written[i];
	}
	return version;
}

void part_become(struct walk *w, struct part *part, uint32_t variable, const struct set *set)
{
	part->versions[variable] = ++w->last_version;
	if (set)
		part->region =
			region_with(w->scratch, part->region, variable, w->last_version, set);
}

const struct set *part_value(const struct part *part, uint32_t variable)
{
	return region_get(part->region, variable, part->versions[variable]);
}

const struct region *part_region(struct walk *w, const struct part *part,
				 const struct region *region)
{
	const struct region *result = &region_all;
	bool is_same = true;

	for (uint32_t i = 0; i < region->n; i++)
		is_same &= !version_of(w, part, region->constraints[i].variable);
	if (is_same)
		return region;
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i];

		result = region_with(w->scratch, result, each->variable,
				     version_of(w, part, each->variable), each->set);
	}
	return result;
}

bool part_has_state(const struct part *part, wide low, wide high)
{
	const struct set *now = part_value(part, VAR_STATE);

	return now && set_low(now) >= low && set_high(now) <= high;
}

bool part_is_without(const struct part *part, uint32_t variable)
{
	const struct set *set = region_get(part->region, variable, 0);

	return set && set_high(set) == INTERFACE_ABSENT;
}

void part_doubt(struct part *part, const struct rule *rule, const struct match *match)
{
	if (!part->end.doubt.rule)
		part->end.doubt = (struct doubt){ rule, match };
}
