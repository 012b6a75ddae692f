/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tries single packets: one that no rule takes shows at once that a region is not
 * covered.
 */
#include <string.h>

#include "analyse/prover.h"

static uint64_t mix(uint64_t n)
{
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
	n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
	return n ^ (n >> 31);
}

void probe_make(struct probe *probe, struct prover *prover, struct scratch *scratch,
		const struct region *region, uint64_t choice)
{
	probe->prover = prover;
	probe->scratch = scratch;
	probe->region = region;
	probe->choice = choice;
	probe->values = scratch_alloc(scratch, region->n * sizeof(*probe->values));
	probe->literals = scratch_alloc(scratch, region->n * sizeof(*probe->literals));
	probe->n_literals = 0;
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *constraint = &region->constraints[i];

		/* the choice is another one for each variable, so that not all are low together */
		probe->values[i] =
			set_pick(constraint->set, choice < 2 ? choice : mix(choice * 64 + i) | 2);
		if (constraint->variable >= VAR_LITERAL && probe->values[i] == ANSWER_YES)
			probe->literals[probe->n_literals++] = constraint->variable;
	}
}

/* Of a variable that the region leaves open: what rules ask for least. */
static wide open_value(const struct probe *probe, uint32_t variable, uint64_t version)
{
	const struct set *domain = space_domain(probe->prover->space, variable);

	if (variable >= VAR_LITERAL)
		return set_high(domain) == ANSWER_NEITHER ? ANSWER_NEITHER : ANSWER_NO;
	/* an untranslated new connection, no fragment */
	if (probe->choice < 2 && (variable == VAR_STATE || variable == VAR_FRAGMENT))
		return set_low(domain);
	return set_pick(domain, mix(probe->choice + mix(variable + mix(version))) | 2);
}

wide probe_value(const struct probe *probe, uint32_t variable, uint64_t version)
{
	const struct region *region = probe->region;

	for (uint32_t i = 0; i < region->n; i++) {
		if (region->constraints[i].variable == variable &&
		    region->constraints[i].version == version)
			return probe->values[i];
	}
	return open_value(probe, variable, version);
}

bool probe_is_in(const struct probe *probe, const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *wanted = &region->constraints[i];

		if (!set_has(wanted->set, probe_value(probe, wanted->variable, wanted->version)))
			return false;
	}
	return true;
}

static bool is_in_any(const struct probe *probe, const struct condition *condition)
{
	for (unsigned i = 0; i < condition->n; i++) {
		if (probe_is_in(probe, condition->regions[i]))
			return true;
	}
	return false;
}

/* The packet as what is asked of the index. */
struct asked {
	struct packets packets;
	struct probe *probe;
	const struct frame *frame;
};

static bool bounds(const struct packets *packets, uint32_t variable, uint32_t written, wide *low,
		   wide *high)
{
	const struct asked *asked = (const struct asked *)packets;
	unsigned fields = space_reads(asked->probe->prover->space, variable);

	*low = *high =
		probe_value(asked->probe, variable, frame_version(asked->frame, fields, written));
	return true;
}

static struct asked ask(struct probe *probe, const struct frame *frame)
{
	return (struct asked){
		.packets = { .bounds = bounds,
			     .literals = probe->literals,
			     .n_literals = probe->n_literals,
			     .is_point = true },
		.probe = probe,
		.frame = frame,
	};
}

static const struct condition *read_rule(const struct probe *probe, const struct frame *frame,
					 uint32_t position)
{
	return prover_condition(probe->prover, probe->scratch, frame, position);
}

/* False if no rule may be looked at any more for this question. */
static bool visit(struct probe *probe)
{
	if (!probe->prover->visits)
		return false;
	probe->prover->visits--;
	return true;
}

/* Does the packet never come back from the chain that the rule calls or leaves for? */
static bool call_ends(struct probe *probe, const struct frame *frame, uint32_t position)
{
	struct frame callee;

	return prover_call(probe->prover, frame, position, &callee) &&
	       (probe->prover->ends_all[callee.chain->number] || probe_ends(probe, &callee));
}

/* ---- does the walk end? ---- */

struct ending {
	struct probe *probe;
	const struct frame *frame;
	/* The first rule that surely ends the walk, and the first that may send it back. */
	uint32_t end, back;
};

static bool visit_ending(void *context, uint32_t position)
{
	struct ending *ending = context;
	enum role role = ending->frame->chain->roles[position];
	struct scratch_mark mark;
	const struct condition *condition;
	bool ends, meets, is_final;

	if (!visit(ending->probe))
		return false;
	if (role == ROLE_GOES_ON || position >= ending->end || position >= ending->back)
		return true;
	mark = scratch_mark(ending->probe->scratch);
	condition = read_rule(ending->probe, ending->frame, position);
	meets = is_in_any(ending->probe, condition);
	ends = condition->sure;
	is_final = role == ROLE_ENDS;
	scratch_release(ending->probe->scratch, mark);
	if (!meets)
		return true;
	if (role == ROLE_CALLS || role == ROLE_LEAVES)
		is_final = call_ends(ending->probe, ending->frame, position);
	if (ends && is_final)
		ending->end = position;
	else if (role != ROLE_ENDS && role != ROLE_CALLS && !is_final)
		ending->back = position;
	return true;
}

bool probe_ends(struct probe *probe, const struct frame *frame)
{
	const struct rule_index *index = prover_index(probe->prover, frame->chain);
	struct ending ending = { probe, frame, NO_COVER, NO_COVER };
	struct asked asked = ask(probe, frame);

	rule_index_find(index, &asked.packets, 0, frame->chain->n, visit_ending, &ending);
	return probe->prover->visits && ending.end < ending.back;
}

/* ---- does a rule before this one take the packet? ---- */

struct walk {
	struct probe *probe;
	const struct frame *frame;
	struct probed result;
	bool want_whole;
};

/* Does the rule take all of the region? */
static bool takes_whole(const struct walk *walk, uint32_t position, enum role role,
			const struct condition *condition)
{
	struct prover *prover = walk->probe->prover;
	const struct region *region = walk->probe->region;
	bool contains = false;
	struct frame callee;

	for (unsigned i = 0; i < condition->n && !contains; i++)
		contains = region_contains(condition->regions[i], region);
	if (!contains || role != ROLE_CALLS)
		return contains;
	return prover_call(prover, walk->frame, position, &callee) &&
	       (prover->ends_all[callee.chain->number] ||
		prove_ends(prover, walk->probe->scratch, region, &callee));
}

static bool visit_walk(void *context, uint32_t position)
{
	struct walk *walk = context;
	struct probe *probe = walk->probe;
	enum role role = walk->frame->chain->roles[position];
	struct scratch_mark mark;
	const struct condition *condition;

	if (!visit(probe))
		return false;
	if (role == ROLE_GOES_ON || role == ROLE_UNKNOWN || position >= walk->result.whole)
		return true;
	mark = scratch_mark(probe->scratch);
	condition = read_rule(probe, walk->frame, position);
	if (condition->sure && is_in_any(probe, condition) &&
	    (role != ROLE_CALLS || call_ends(probe, walk->frame, position))) {
		walk->result.is_covered = true;
		if (walk->want_whole && takes_whole(walk, position, role, condition))
			walk->result.whole = position;
	}
	scratch_release(probe->scratch, mark);
	return walk->want_whole || !walk->result.is_covered;
}

struct probed probe_walk(struct probe *probe, const struct frame *frame, uint32_t limit,
			 bool want_whole)
{
	struct walk walk = { probe, frame, { false, NO_COVER, NO_COVER }, want_whole };
	struct asked asked = ask(probe, frame);

	if (probe->prover->looks_ahead)
		asked.packets.next = &walk.result.next;
	else
		walk.result.next = limit + 1;
	if (frame->chain->n)
		rule_index_find(prover_index(probe->prover, frame->chain), &asked.packets, 0, limit,
				visit_walk, &walk);
	return walk.result;
}

/* ---- which rule is the next one? ---- */

struct next {
	struct probe *probe;
	const struct frame *frame;
	const bool *ignored;
	uint32_t first;
};

static bool visit_next(void *context, uint32_t position)
{
	struct next *next = context;
	struct scratch_mark mark;

	if (!visit(next->probe))
		return false;
	if (position >= next->first || next->ignored[position])
		return true;
	mark = scratch_mark(next->probe->scratch);
	if (is_in_any(next->probe, read_rule(next->probe, next->frame, position)))
		next->first = position;
	scratch_release(next->probe->scratch, mark);
	return true;
}

uint32_t probe_next(struct probe *probe, const struct frame *frame, uint32_t from,
		    const bool *ignored)
{
	struct next next = { probe, frame, ignored, NO_COVER };
	struct asked asked = ask(probe, frame);

	rule_index_find(prover_index(probe->prover, frame->chain), &asked.packets, from,
			frame->chain->n, visit_next, &next);
	return next.first;
}
