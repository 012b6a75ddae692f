/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where rules send only a part of the packets elsewhere, the state is split.  Where both sides
 * stand at aligned rules, they step together; else the side steps that is behind.
 */
#include "compare/recent.h"
#include "compare/walk_inside.h"

#define SPLITS_MAX 500 /* of one packet's way */

static bool use_step(struct walk *walk)
{
	if (!walk->steps_left || !walk->steps_of_all) {
		walk->has_given_up = true;
		return false;
	}
	walk->steps_left--;
	walk->steps_of_all--;
	return true;
}

static bool is_at_end(const struct frame *frame)
{
	return frame->next == frame->n;
}

static const struct pair *pair_of(const struct walk *walk, const struct frame *frame)
{
	return walk->alignment->pairs[frame->chain->number];
}

/* Of the rule that the frame comes to; beyond all others at the end. */
static uint32_t rank_of(const struct walk *walk, const struct frame *frame)
{
	const struct pair *pair = pair_of(walk, frame);

	if (is_at_end(frame))
		return 2 * pair->n_aligned + 2;
	return pair->ranks[side_of(walk->alignment, frame->chain)][frame->at[frame->next]];
}

/* ---- one step ---- */

/* A part of the packets; false: it is surely empty.  To find that out takes longer than to go one
 * step more where the way ENDS. */
static bool make_part(struct walk *walk, struct state *part, const struct state *state,
		      const struct region *region, const struct taken *taken, bool ends)
{
	*part = *state;
	part->splits++;
	part->region = region_intersect(walk->scratch, state->region, region);
	part->taken = taken;
	return part->region &&
	       (ends || !rest_is_plainly_empty(part->region, taken, &walk->steps_left));
}

static bool is_known_chance(const struct rule *rule, const struct condition *condition)
{
	if (condition->silent || condition->cut || rule->unbound || rule->protocol > 255 ||
	    (rule->src && prefix_host(rule->src)) || (rule->dst && prefix_host(rule->dst)))
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match->undecided || !match_facts(match->real_name)->name[0])
			return false;
	}
	return true;
}

/* Which sides take the step. */
struct stepping {
	bool sides[N_SIDES];
	const struct chain_flow *chain; /* of one of them, and where it stands */
	uint32_t position;
	const struct rule *rule;
	struct condition condition;
	bool is_joint;
};

static bool is_in_step(const struct state *state)
{
	const struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];

	return !old->effects && !new->effects && !different_fields(old->writes, new->writes);
}

static void add_effect(struct walk *walk, struct place *place, const struct stepping *stepping)
{
	struct effect *effect = scratch_alloc(walk->scratch, sizeof(*effect));
	const struct chain_flow *chain = place->top.chain;

	*effect = (struct effect){
		.before = place->effects,
		.chain = chain,
		.rule = flow_rule(chain, place->top.at[place->top.next]),
		.by_chance = !stepping->condition.sure,
		.guards = place->guards,
	};
	place->effects = effect;
}

/* Of its target, if that is an extension, or NULL. */
static const struct target_facts *facts_of(const struct rule *rule)
{
	const struct target *target = extension_of(rule);

	return target ? target_facts(target->real_name) : NULL;
}

/* Do both do it, and to the same packets? */
static bool is_done_by_both(const struct state *state, const struct stepping *stepping)
{
	return stepping->is_joint &&
	       guards_alike(state->places[SIDE_OLD].guards, state->places[SIDE_NEW].guards);
}

/* What only one side does to the packets: a list of recent is changed whatever the target is. */
static void note_effects(struct walk *walk, struct state *state, const struct stepping *stepping)
{
	enum role role = (enum role)stepping->chain->roles[stepping->position];
	bool acts = role == ROLE_UNKNOWN ||
		    (role == ROLE_GOES_ON && extension_of(stepping->rule)) ||
		    rule_changes_list(stepping->rule);

	if (!acts || is_done_by_both(state, stepping))
		return;
	for (unsigned side = 0; side < N_SIDES; side++) {
		if (stepping->sides[side])
			add_effect(walk, &state->places[side], stepping);
	}
}

/* The rule may end the way of some of the packets; its effect on one side was noted. */
static void add_guards(struct walk *walk, struct state *state, const struct stepping *stepping,
		       uint64_t joint)
{
	state->is_doubtful = true;
	for (unsigned side = 0; side < N_SIDES; side++) {
		struct place *place = &state->places[side];
		struct guard *guard;

		if (!stepping->sides[side])
			continue;
		guard = scratch_alloc(walk->scratch, sizeof(*guard));
		*guard = (struct guard){ place->guards, joint ? NULL : place->effects, joint };
		place->guards = guard;
	}
}

/* What the target of a rule that lets the packets go on does to them. */
static void act(struct walk *walk, struct state *state, const struct stepping *stepping)
{
	const struct target_facts *facts = facts_of(stepping->rule);

	for (unsigned side = 0; side < N_SIDES; side++) {
		if (stepping->sides[side] && facts && facts->writes)
			write_fields(walk, &state->places[side], extension_of(stepping->rule)->text,
				     facts->writes);
	}
}

/* Does it make no difference which packets have met the rule? */
static bool is_without_trace(const struct walk *walk, const struct state *state,
			     const struct stepping *stepping)
{
	const struct target_facts *facts = facts_of(stepping->rule);

	if (!facts)
		return is_done_by_both(state, stepping) || !rule_changes_list(stepping->rule);
	if (!is_done_by_both(state, stepping) || facts->ends == ENDS_SOMETIMES)
		return false;
	return !facts->writes || (is_in_step(state) && !(facts->writes & walk->alignment->reads));
}

/* The packets of STATE meet the rule. */
static void take(struct walk *walk, struct state *state, const struct stepping *stepping)
{
	enum role role = (enum role)stepping->chain->roles[stepping->position];
	const struct target_facts *facts = facts_of(stepping->rule);
	uint64_t joint = stepping->is_joint ? ++walk->n_joints : 0;

	note_effects(walk, state, stepping);
	if (role == ROLE_UNKNOWN ||
	    (role == ROLE_GOES_ON && facts && facts->ends == ENDS_SOMETIMES))
		add_guards(walk, state, stepping, joint);
	if (role == ROLE_GOES_ON || role == ROLE_UNKNOWN)
		act(walk, state, stepping);
	for (unsigned side = 0; side < N_SIDES; side++) {
		struct place *place = &state->places[side];
		const struct chain_flow *chain = place->top.chain;
		uint32_t position;

		if (!stepping->sides[side])
			continue;
		position = place->top.at[place->top.next++];
		if (role == ROLE_ENDS) {
			place->is_decided = true;
			place->decision = (struct decision){ chain, flow_rule(chain, position) };
		} else if (role == ROLE_RETURNS) {
			leave(walk, place);
		} else if (role == ROLE_CALLS || role == ROLE_LEAVES) {
			call(walk, state, place, flow_jump(chain, position), role == ROLE_LEAVES,
			     joint);
		}
	}
	run(walk, state);
}

static void go_past(struct state *state, const struct stepping *stepping)
{
	for (unsigned side = 0; side < N_SIDES; side++)
		state->places[side].top.next += stepping->sides[side];
}

/*
 * Splits off what meets the rule; false: that is all.  What is left in STATE has come past
 * it.
 */
static bool step(struct walk *walk, struct state *state, struct stepping *stepping)
{
	const struct condition *condition = &stepping->condition;
	enum role role = (enum role)stepping->chain->roles[stepping->position];
	bool known = condition->sure || is_known_chance(stepping->rule, condition);
	const struct taken *taken = state->taken;
	const struct target_facts *facts = facts_of(stepping->rule);
	bool may_pass = !condition->sure && (role != ROLE_GOES_ON || (facts && facts->writes));

	if ((role == ROLE_GOES_ON && is_without_trace(walk, state, stepping)) ||
	    (role == ROLE_ENDS && stepping->is_joint && is_in_step(state) && known)) {
		if (role == ROLE_GOES_ON || may_pass)
			return true;
		for (unsigned i = 0; i < condition->n; i++) {
			if (region_contains(condition->regions[i], state->region))
				return false;
			if (region_overlaps(condition->regions[i], state->region))
				state->taken = taken_with(walk->scratch, state->taken,
							  condition->regions[i]);
		}
		return true;
	}
	for (unsigned i = 0; i < condition->n; i++) {
		struct scratch_mark mark = scratch_mark(walk->scratch);
		uint64_t n_found = walk->n_found;
		struct state part;

		if (!region_overlaps(condition->regions[i], state->region))
			continue;
		if (make_part(walk, &part, state, condition->regions[i], taken,
			      role == ROLE_ENDS)) {
			struct state passing;

			/* together it is the same for both, whatever chance says */
			part.is_doubtful |= may_pass && (!stepping->is_joint || !known);
			passing = part;
			take(walk, &part, stepping);
			if (may_pass) {
				go_past(&passing, stepping);
				run(walk, &passing);
			}
		}
		if (walk->n_found == n_found)
			scratch_release(walk->scratch, mark);
		if (region_contains(condition->regions[i], state->region))
			return false;
		taken = taken_with(walk->scratch, taken, condition->regions[i]);
	}
	state->taken = taken;
	return true;
}

static bool same_conditions(const struct condition *a, const struct condition *b)
{
	if (a->n != b->n || a->sure != b->sure)
		return false;
	for (unsigned i = 0; i < a->n; i++) {
		if (!region_contains(a->regions[i], b->regions[i]) ||
		    !region_contains(b->regions[i], a->regions[i]))
			return false;
	}
	return true;
}

/* SIDES step; together, if both do and what they ask is the same.  False: nothing is left. */
static bool step_sides(struct walk *walk, struct state *state, bool old, bool new)
{
	struct stepping stepping = { .sides = { old, new }, .is_joint = old && new };
	struct place *place = &state->places[old ? SIDE_OLD : SIDE_NEW];
	const struct place *other = &state->places[SIDE_NEW];
	struct scratch_mark mark = scratch_mark(walk->scratch);
	const struct taken *taken = state->taken;
	uint64_t n_found = walk->n_found;

	stepping.chain = place->top.chain;
	stepping.position = place->top.at[place->top.next];
	stepping.rule = flow_rule(stepping.chain, stepping.position);
	read_rule(walk, place, stepping.rule, &stepping.condition);
	if (stepping.is_joint && different_fields(place->writes, other->writes)) {
		struct condition condition;

		read_rule(walk, other, flow_rule(other->top.chain, other->top.at[other->top.next]),
			  &condition);
		if (!same_conditions(&stepping.condition, &condition))
			stepping.is_joint = stepping.sides[SIDE_NEW] = false;
	}
	if (!step(walk, state, &stepping))
		return false;
	go_past(state, &stepping);
	if (walk->n_found == n_found && state->taken == taken)
		scratch_release(walk->scratch, mark);
	return true;
}

/* ---- the way of a state ---- */

static bool are_together(const struct state *state)
{
	const struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];

	return !old->is_decided && !new->is_decided && old->top.joint &&
	       old->top.joint == new->top.joint;
}

/* Both sides stand at the same place: are all rules that may come the same? */
static bool is_same_from_here(const struct walk *walk, const struct state *state)
{
	const struct frame *old = &state->places[SIDE_OLD].top;
	const struct frame *new = &state->places[SIDE_NEW].top;

	for (; old && new; old = old->caller, new = new->caller) {
		uint32_t left = rank_of(walk, old), right = rank_of(walk, new);

		if (pair_of(walk, old)->last_change >= (left < right ? left : right))
			return false;
	}
	/* a goto has left the built-in chain, and its policy is yet to come */
	return walk->root->last_change != RANK_POLICY;
}

/* Sets which sides step next; neither: both are at the end of their chain. */
static void choose(const struct walk *walk, const struct state *state, bool sides[N_SIDES])
{
	const struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];
	uint32_t left, right;

	sides[SIDE_OLD] = !old->is_decided;
	sides[SIDE_NEW] = !new->is_decided;
	if (old->is_decided || new->is_decided)
		return;
	if (are_together(state)) {
		left = rank_of(walk, &old->top);
		right = rank_of(walk, &new->top);
		sides[SIDE_OLD] = left <= right;
		sides[SIDE_NEW] = right < left || (left == right && left % 2 == 1);
		if (is_at_end(&old->top) && is_at_end(&new->top))
			sides[SIDE_OLD] = sides[SIDE_NEW] = false;
	} else if (!old->top.joint || !new->top.joint) {
		sides[SIDE_OLD] = !old->top.joint;
		sides[SIDE_NEW] = old->top.joint;
	} else {
		sides[SIDE_OLD] = old->top.level > new->top.level;
		sides[SIDE_NEW] = !sides[SIDE_OLD];
	}
}

void run(struct walk *walk, struct state *state)
{
	if (state->splits > SPLITS_MAX)
		walk->has_given_up = true;
	while (!walk->has_given_up && use_step(walk)) {
		struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];
		bool sides[N_SIDES];

		if (old->is_decided && new->is_decided) {
			finish(walk, state);
			return;
		}
		if (are_together(state) && is_same_from_here(walk, state)) {
			if (is_in_step(state))
				return;
			if (!(different_fields(old->writes, new->writes) &
			      walk->alignment->reads)) {
				finish(walk, state);
				return;
			}
		}
		choose(walk, state, sides);
		if (!sides[SIDE_OLD] && !sides[SIDE_NEW]) {
			leave(walk, old);
			leave(walk, new);
		} else if (sides[SIDE_OLD] != sides[SIDE_NEW] &&
			   is_at_end(&state->places[sides[SIDE_NEW]].top)) {
			leave(walk, &state->places[sides[SIDE_NEW]]);
		} else if (!step_sides(walk, state, sides[SIDE_OLD], sides[SIDE_NEW])) {
			return;
		}
	}
}
