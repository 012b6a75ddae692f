/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where to begin: with the packets that may meet a rule that is not aligned, as far as that can
 * be told from the rule and from the only way into its chain, each packet once.
 */
#include "compare/walk_inside.h"

#include "analyse/hook_region.h"

#define STEPS_START 3000000u  /* for the packets of one changed rule */
#define STEPS_CHAIN 30000000u /* for all of a built-in chain */

/* What of a region holds wherever it is asked, whatever is written on the way. */
static const struct region *lasting_part(struct walk *walk, const struct region *region)
{
	const struct region *result = &region_all;

	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i];

		if (!(space_reads(walk->alignment->space, each->variable) &
		      walk->alignment->writes))
			result = region_with(walk->scratch, result, each->variable, 0, each->set);
	}
	return result;
}

/* Packets of REGION, at most, that come from the built-in chain into CHAIN; or NULL. */
static const struct region *come_into(struct walk *walk, const struct chain_flow *chain,
				      const struct region *region)
{
	for (unsigned level = 0; region && chain->chain->hook == HOOK_NONE && level < LEVELS_MAX;
	     level++) {
		const struct callers *callers = &walk->callers[chain->number];
		struct condition condition;

		if (callers->n != 1)
			return region;
		condition_read(&condition, walk->scratch, walk->alignment->space, &moment_untouched,
			       flow_rule(callers->last.caller, callers->last.position));
		if (condition.n == 0)
			return NULL;
		if (condition.n == 1)
			region = region_intersect(walk->scratch, region,
						  lasting_part(walk, condition.regions[0]));
		chain = callers->last.caller;
	}
	return chain->chain->hook == HOOK_NONE ||
			       chain->chain->hook == walk->root->chains[SIDE_OLD]->chain->hook
		       ? region
		       : NULL;
}

struct starts {
	struct walk *walk;
	const struct region *hook;
	const struct taken *taken; /* packets that were followed already */
	const struct given_up *given_up, **last;
	struct scratch *keep;
};

/* Follows the packets of REGION, all that may meet the rule. */
static void follow(struct starts *starts, const struct region *region,
		   const struct chain_flow *chain, const struct rule *rule)
{
	struct walk *walk = starts->walk;
	struct scratch_mark mark = scratch_mark(walk->scratch);
	uint64_t n_found = walk->n_found;
	struct state state = {
		.region = region_intersect(walk->scratch, region, starts->hook),
		.taken = starts->taken,
		.is_doubtful = walk->alignment->is_opaque,
	};

	walk->has_given_up = false;
	walk->steps_left = STEPS_START;
	if (!state.region || rest_is_plainly_empty(state.region, state.taken, &walk->steps_left))
		return;
	walk->n_joints++;
	for (unsigned side = 0; side < N_SIDES; side++)
		enter(walk, &state, &state.places[side], NULL, walk->root->chains[side],
		      walk->n_joints);
	run(walk, &state);
	if (walk->has_given_up || walk->alignment->is_opaque) {
		struct given_up *given_up = arena_new_object(walk->arena, struct given_up);

		given_up->chain = chain;
		given_up->rule = rule;
		*starts->last = given_up;
		starts->last = &given_up->next;
	} else
		starts->taken = taken_with(starts->keep, starts->taken, region);
	if (walk->n_found == n_found)
		scratch_release(walk->scratch, mark);
}

static void follow_rule(struct starts *starts, const struct chain_flow *chain, uint32_t position,
			const struct region *into)
{
	struct walk *walk = starts->walk;
	const struct rule *rule = flow_rule(chain, position);
	struct condition condition;

	condition_read(&condition, starts->keep, walk->alignment->space, &moment_untouched, rule);
	for (unsigned i = 0; i < condition.n; i++) {
		const struct region *region = region_intersect(
			starts->keep, lasting_part(walk, condition.regions[i]), into);

		if (region)
			follow(starts, region, chain, rule);
	}
}

/* Marks the chains that the built-in chains of the pair lead to. */
static bool *find_reached(const struct walk *walk, const struct pair *root)
{
	const struct flow *flow = walk->alignment->flow;
	bool *reached = arena_alloc(walk->arena, flow->n + 1);

	for (unsigned side = 0; side < N_SIDES; side++)
		reached[root->chains[side]->number] = true;
	for (uint32_t i = 0; i < flow->n; i++) {
		const struct chain_flow *chain = flow->order[i];

		for (uint32_t j = 0; reached[chain->number] && j < chain->n; j++) {
			const struct chain_flow *callee = flow_jump(chain, j);

			if (callee)
				reached[callee->number] = true;
		}
	}
	return reached;
}

static void follow_changes(struct starts *starts, const struct chain_flow *chain)
{
	struct walk *walk = starts->walk;
	const struct pair *pair = walk->alignment->pairs[chain->number];
	const uint32_t *ranks;
	const struct region *into;

	if (!pair || pair->last_change == RANK_NONE)
		return;
	into = come_into(walk, chain, starts->hook);
	ranks = pair->ranks[side_of(walk->alignment, chain)];
	for (uint32_t i = 0; into && i < chain->n; i++) {
		if (ranks[i] % 2 == 0)
			follow_rule(starts, chain, i, into);
	}
}

const struct given_up *walk_chain(struct walk *walk, const struct pair *root)
{
	const struct flow *flow = walk->alignment->flow;
	const struct chain *chain = root->chains[SIDE_OLD]->chain;
	struct starts starts = { .walk = walk, .last = &starts.given_up };
	bool *reached;

	if (root->last_change == RANK_NONE)
		return NULL;
	walk->root = root;
	walk->steps_of_all = STEPS_CHAIN;
	starts.keep = scratch_new_in(walk->arena);
	starts.hook = hook_region(starts.keep, walk->alignment->space,
				  walk->alignment->flow->table->id, (enum hook)chain->hook);
	reached = find_reached(walk, root);
	for (uint32_t i = 0; i < flow->n; i++) {
		if (reached[flow->order[i]->number])
			follow_changes(&starts, flow->order[i]);
	}
	if (root->last_change == RANK_POLICY)
		follow(&starts, starts.hook, root->chains[SIDE_OLD], NULL);
	return starts.given_up;
}

static void find_callers(struct walk *walk)
{
	const struct flow *flow = walk->alignment->flow;

	for (uint32_t i = 0; i < flow->n; i++) {
		const struct chain_flow *chain = &flow->chains[i];

		for (uint32_t j = 0; j < chain->n; j++) {
			const struct chain_flow *callee = flow_jump(chain, j);

			if (!callee)
				continue;
			walk->callers[callee->number].last = (struct site){ chain, j };
			walk->callers[callee->number].n++;
		}
	}
}

struct walk *walk_new(struct arena *arena, const struct alignment *alignment, walk_found *found,
		      void *context)
{
	struct walk *walk = arena_new_object(arena, struct walk);

	walk->arena = arena;
	walk->alignment = alignment;
	walk->found = found;
	walk->context = context;
	walk->scratch = scratch_new_in(arena);
	walk->indices = arena_alloc(arena, (alignment->flow->n + 1) * sizeof(*walk->indices));
	walk->callers = arena_alloc(arena, (alignment->flow->n + 1) * sizeof(*walk->callers));
	find_callers(walk);
	return walk;
}
