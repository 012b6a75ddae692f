/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A state is a set of packets, and where they stand in each of the two.  Where rules send
 * only a part of them elsewhere, the state is split.  Where both stand at aligned rules, they
 * step together; else the side steps that is behind.
 */
#include "compare/walk.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/condition.h"
#include "analyse/facts.h"
#include "analyse/hook_region.h"
#include "analyse/rule_index.h"
#include "base/alloc.h"

#define STEPS_START 3000000u  /* for the packets of one changed rule */
#define STEPS_CHAIN 30000000u /* for all of a built-in chain */
#define SPLITS_MAX  500	      /* of one packet's way */
#define LEVELS_MAX  200
#define SHORT_CHAIN 24 /* no index is made of it */

/* ---- what was written ---- */

/* The last one first. */
struct write {
	const struct write *before;
	unsigned fields;
	uint64_t version; /* the same for the same write of the same packet */
};

struct known_write {
	struct known_write *next;
	const char *text;
	unsigned fields;
	uint64_t before; /* version of the fields, and of what the text may use */
	uint64_t version;
};

/* A walk through a chain that has not ended. */
struct frame {
	const struct frame *caller; /* NULL: of the built-in chain */
	uint32_t level;
	const struct chain_flow *chain;
	const uint32_t *at; /* positions of rules that may take some of the packets */
	uint32_t n, next;
	uint64_t joint; /* the same number: both sides came here together; 0: alone */
};

struct place {
	struct frame top;
	struct decision decision;
	bool is_decided;
	const struct effect *effects;
	const struct write *writes;
};

struct state {
	struct place places[N_SIDES];
	const struct region *region;
	const struct taken *taken;
	bool is_doubtful;
	unsigned splits;
};

/* Of one chain. */
struct callers {
	struct site last;
	uint32_t n;
};

struct walk {
	struct arena *arena;
	const struct alignment *alignment;
	walk_found *found;
	void *context;
	struct scratch *scratch;
	struct rule_index **indices; /* by number of the chain */
	struct callers *callers;     /* the same */
	struct known_write *known[64];
	uint64_t n_versions;
	uint64_t n_joints;
	uint64_t steps_left, steps_of_all;
	uint64_t n_found; /* what they need in the scratch memory has to stay */
	bool has_given_up;
	const struct pair *root;
};

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

static uint64_t version_of(const struct write *writes, unsigned fields)
{
	while (writes && !(writes->fields & fields))
		writes = writes->before;
	return writes ? writes->version : 0;
}

struct written_moment {
	struct moment moment;
	const struct write *writes;
};

static uint64_t version_at(const struct moment *moment, unsigned fields, unsigned match)
{
	(void)match;
	return version_of(((const struct written_moment *)moment)->writes, fields);
}

static void read_rule(struct walk *walk, const struct place *place, const struct rule *rule,
		      struct condition *condition)
{
	struct written_moment moment = { { version_at }, place->writes };

	condition_read(condition, walk->scratch, walk->alignment->space, &moment.moment, rule);
}

static unsigned different_fields(const struct write *a, const struct write *b)
{
	unsigned fields = 0;

	for (unsigned i = 0; i < N_FIELDS && a != b; i++) {
		if (version_of(a, 1u << i) != version_of(b, 1u << i))
			fields |= 1u << i;
	}
	return fields;
}

static void write_fields(struct walk *walk, struct place *place, const char *text, unsigned fields)
{
	unsigned uses = fields | FIELD_SRC | FIELD_DST | FIELD_TRANSPORT;
	uint64_t before = version_of(place->writes, uses);
	struct known_write **bucket = &walk->known[(before * 31 + strlen(text)) % 64];
	struct known_write *known = *bucket;
	struct write *write = scratch_alloc(walk->scratch, sizeof(*write));

	while (known && (known->fields != fields || known->before != before ||
			 strcmp(known->text, text) != 0))
		known = known->next;
	if (!known) {
		known = arena_new_object(walk->arena, struct known_write);
		known->text = text;
		known->fields = fields;
		known->before = before;
		known->version = ++walk->n_versions;
		known->next = *bucket;
		*bucket = known;
	}
	write->before = place->writes;
	write->fields = fields;
	write->version = known->version;
	place->writes = write;
}

/* ---- frames ---- */

struct near {
	struct packets packets;
	const struct walk *walk;
	const struct state *state;
	const struct place *place;
	uint32_t *list;
	uint32_t n, capacity;
};

/* What is written in the chain itself may have been written or not. */
static bool bounds(const struct packets *packets, uint32_t variable, uint32_t written, wide *low,
		   wide *high)
{
	const struct near *near = (const struct near *)packets;
	unsigned fields = space_reads(near->walk->alignment->space, variable);
	const struct set *set = written ? NULL
					: region_get(near->state->region, variable,
						     version_of(near->place->writes, fields));

	if (!set)
		return false;
	*low = set_low(set);
	*high = set_high(set);
	return true;
}

static bool add_position(void *context, uint32_t position)
{
	struct near *near = context;

	if (near->n == near->capacity) {
		near->capacity = near->capacity ? near->capacity * 2 : 32;
		near->list = alloc_resize(near->list, near->capacity * sizeof(*near->list));
	}
	near->list[near->n++] = position;
	return true;
}

static int by_position(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool wants_all(const struct flow *flow, const struct chain_flow *chain, uint32_t position)
{
	(void)flow;
	(void)chain;
	(void)position;
	return true;
}

static const uint32_t *find_near(struct walk *walk, const struct state *state,
				 const struct place *place, const struct chain_flow *chain,
				 uint32_t *n)
{
	struct near near = {
		.packets = { .bounds = bounds },
		.walk = walk,
		.state = state,
		.place = place,
	};
	struct rule_index **index = &walk->indices[chain->number];
	uint32_t *result;

	if (chain->n <= SHORT_CHAIN) {
		for (uint32_t i = 0; i < chain->n; i++)
			add_position(&near, i);
	} else {
		if (!*index)
			*index = rule_index_new(walk->arena, walk->alignment->space,
						walk->alignment->flow, chain, wants_all);
		rule_index_find(*index, &near.packets, 0, chain->n, add_position, &near);
		qsort(near.list, near.n, sizeof(*near.list), by_position);
	}
	result = scratch_alloc(walk->scratch, (near.n + 1) * sizeof(*result));
	if (near.n)
		memcpy(result, near.list, near.n * sizeof(*result));
	free(near.list);
	*n = near.n;
	return result;
}

/* CALLER is where packets come back to. */
static void enter(struct walk *walk, const struct state *state, struct place *place,
		  const struct frame *caller, const struct chain_flow *chain, uint64_t joint)
{
	struct frame frame = {
		.caller = caller,
		.level = caller ? caller->level + 1 : 0,
		.chain = chain,
		.joint = joint,
	};

	frame.at = find_near(walk, state, place, chain, &frame.n);
	place->top = frame;
	if (frame.level >= LEVELS_MAX)
		walk->has_given_up = true;
}

static void call(struct walk *walk, const struct state *state, struct place *place,
		 const struct chain_flow *chain, bool leaves, uint64_t joint)
{
	const struct frame *caller = place->top.caller;

	if (!leaves) {
		struct frame *kept = scratch_alloc(walk->scratch, sizeof(*kept));

		*kept = place->top;
		caller = kept;
	}
	enter(walk, state, place, caller, chain, joint);
}

/* Back to the caller; from the built-in chain, or one that was gone to from there, to the
 * policy. */
static void leave(const struct walk *walk, struct place *place)
{
	enum side side = side_of(walk->alignment, place->top.chain);

	if (place->top.caller) {
		place->top = *place->top.caller;
		return;
	}
	place->is_decided = true;
	place->decision = (struct decision){ walk->root->chains[side], NULL };
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

/* ---- what comes out ---- */

static const struct target *extension_of(const struct rule *rule)
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

	if (a->by_chance != b->by_chance || !left != !right)
		return false;
	return left ? targets_alike(left, right) : a->rule == b->rule;
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

/* Tells of the packets of the state, if the two sides have not done the same with them. */
static void finish(struct walk *walk, const struct state *state)
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

/* ---- one step ---- */

static void run(struct walk *walk, struct state *state);

/* Follows a part of the packets; false: it is surely empty. */
static bool make_part(struct walk *walk, struct state *part, const struct state *state,
		      const struct region *region, const struct taken *taken)
{
	*part = *state;
	part->splits++;
	part->region = region_intersect(walk->scratch, state->region, region);
	part->taken = taken;
	return part->region && !rest_is_plainly_empty(part->region, taken, &walk->steps_left);
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

static bool is_in_step(const struct walk *walk, const struct state *state)
{
	const struct place *old = &state->places[SIDE_OLD], *new = &state->places[SIDE_NEW];

	(void)walk;
	return !old->effects && !new->effects && !different_fields(old->writes, new->writes);
}

static void add_effect(struct walk *walk, struct place *place, const struct stepping *stepping)
{
	struct effect *effect = scratch_alloc(walk->scratch, sizeof(*effect));

	*effect = (struct effect){ place->effects, stepping->chain, stepping->rule,
				   !stepping->condition.sure };
	place->effects = effect;
}

/* What the target of a rule that lets the packets go on does to them. */
static void act(struct walk *walk, struct state *state, const struct stepping *stepping)
{
	const struct target *target = extension_of(stepping->rule);
	const struct target_facts *facts = target ? target_facts(target->real_name) : NULL;

	for (unsigned side = 0; side < N_SIDES; side++) {
		struct place *place = &state->places[side];

		if (!stepping->sides[side])
			continue;
		if (!stepping->is_joint && (target || rule_find_match(stepping->rule, "recent")))
			add_effect(walk, place, stepping);
		if (facts && facts->writes)
			write_fields(walk, place, target->text, facts->writes);
	}
	if (facts && facts->ends == ENDS_SOMETIMES)
		state->is_doubtful = true;
}

/* Does it make no difference which packets have met the rule? */
static bool is_without_trace(const struct walk *walk, const struct state *state,
			     const struct stepping *stepping)
{
	const struct target *target = extension_of(stepping->rule);
	const struct target_facts *facts = target ? target_facts(target->real_name) : NULL;

	if (!facts)
		return stepping->is_joint || !rule_find_match(stepping->rule, "recent");
	if (!stepping->is_joint || facts->ends == ENDS_SOMETIMES)
		return false;
	return !facts->writes ||
	       (is_in_step(walk, state) && !(facts->writes & walk->alignment->reads));
}

/* The packets of STATE meet the rule. */
static void take(struct walk *walk, struct state *state, const struct stepping *stepping)
{
	enum role role = (enum role)stepping->chain->roles[stepping->position];
	uint64_t joint = stepping->is_joint ? ++walk->n_joints : 0;

	if (role == ROLE_UNKNOWN)
		state->is_doubtful = true;
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
			call(walk, state, place, called_by(walk->alignment, chain, position),
			     role == ROLE_LEAVES, joint);
		}
	}
	run(walk, state);
}

static bool writes_something(const struct stepping *stepping)
{
	const struct target *target = extension_of(stepping->rule);

	return target && target_facts(target->real_name)->writes;
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
	bool may_pass = !condition->sure && (role != ROLE_GOES_ON || writes_something(stepping));

	if ((role == ROLE_GOES_ON && is_without_trace(walk, state, stepping)) ||
	    (role == ROLE_ENDS && stepping->is_joint && is_in_step(walk, state) && known)) {
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
		if (make_part(walk, &part, state, condition->regions[i], taken)) {
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

static void run(struct walk *walk, struct state *state)
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
			if (is_in_step(walk, state))
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

/* ---- where to begin ---- */

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
			const struct chain_flow *callee = called_by(walk->alignment, chain, j);

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
			const struct chain_flow *callee = called_by(walk->alignment, chain, j);

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
