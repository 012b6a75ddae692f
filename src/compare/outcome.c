/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Have the two sides done the same?  The effects of both are compared without their order,
 * that of writes by what they leave behind.
 */
#include "compare/walk_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

const struct target *extension_of(const struct rule *rule)
{
	return rule && !rule->unbound && rule->target_kind == TARGET_EXTENSION ? rule->to.extension
									       : NULL;
}

static enum verdict verdict_of(const struct decision *decision)
{
	if (!decision->rule)
		return (enum verdict)decision->chain->chain->policy;
	return rule_verdict(decision->rule);
}

bool decisions_alike(const struct decision *a, const struct decision *b)
{
	const struct target *left = extension_of(a->rule), *right = extension_of(b->rule);
	enum verdict verdicts[N_SIDES];
	const struct decision *both[N_SIDES] = { a, b };

	if (!a->chain || !b->chain)
		return a->chain == b->chain;
	if (left || right)
		return left && right && targets_alike(left, right);
	for (unsigned side = 0; side < N_SIDES; side++)
		verdicts[side] = both[side]->rule ? (enum verdict)both[side]->rule->verdict
						  : (enum verdict)both[side]->chain->chain->policy;
	return verdicts[SIDE_OLD] == verdicts[SIDE_NEW];
}

static bool effects_alike(const struct effect *a, const struct effect *b)
{
	const struct target *left = extension_of(a->rule), *right = extension_of(b->rule);

	if (a->by_chance != b->by_chance || !left != !right || a->rule->unbound ||
	    b->rule->unbound || !guards_alike(a->guards, b->guards))
		return false;
	return left ? targets_alike(left, right) : a->rule == b->rule;
}

bool guards_alike(const struct guard *a, const struct guard *b)
{
	for (; a && b && a != b; a = a->before, b = b->before) {
		if (a->joint != b->joint || (!a->joint && !effects_alike(a->effect, b->effect)))
			return false;
	}
	return a == b;
}

/* Those of A that B has not, each as often as it has not. */
static const struct effect *only_in(struct walk *walk, const struct effect *a,
				    const struct effect *b)
{
	const struct effect *result = NULL;
	unsigned n = 0;
	bool *used;

	for (const struct effect *each = b; each; each = each->before)
		n++;
	used = alloc_zeroed(n + 1);
	for (; a; a = a->before) {
		const struct effect *each = b;
		struct effect *kept;
		unsigned i = 0;

		while (each && (used[i] || !effects_alike(a, each))) {
			each = each->before;
			i++;
		}
		if (each) {
			used[i] = true;
			continue;
		}
		kept = scratch_alloc(walk->scratch, sizeof(*kept));
		*kept = *a;
		kept->before = result;
		result = kept;
	}
	free(used);
	return result;
}

static bool are_all_by_chance(const struct effect *effects)
{
	while (effects && effects->by_chance)
		effects = effects->before;
	return !effects;
}

void finish(struct walk *walk, const struct state *state)
{
	const struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];
	struct difference difference = {
		.kind = CHANGE_EFFECT,
		.decisions = { old->decision, new->decision },
		.effects = { only_in(walk, old->effects, new->effects),
			     only_in(walk, new->effects, old->effects) },
		.region = state->region,
		.taken = state->taken,
		.is_doubtful = state->is_doubtful,
	};

	if (!decisions_alike(&old->decision, &new->decision)) {
		enum verdict before = verdict_of(&old->decision),
			     after = verdict_of(&new->decision);

		difference.kind =
			before == VERDICT_DROP && after == VERDICT_ACCEPT   ? CHANGE_ACCEPTED
			: before == VERDICT_ACCEPT && after == VERDICT_DROP ? CHANGE_DENIED
									    : CHANGE_VERDICT;
	} else if (are_all_by_chance(difference.effects[SIDE_OLD]) &&
		   are_all_by_chance(difference.effects[SIDE_NEW])) {
		/* the same writes in another order may leave the same behind */
		if (!difference.effects[SIDE_OLD] && !difference.effects[SIDE_NEW] &&
		    !different_fields(old->writes, new->writes))
			return;
		difference.is_doubtful = true;
	}
	walk->n_found++;
	walk->found(walk->context, &difference);
}
