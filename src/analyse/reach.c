/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through the chains, callers first.  A chain is looked at in each context in which
 * packets come into it: the way of calls from a built-in chain, and the packets that may
 * take it.  A rule is dead if it is in every context.
 *
 * Only a rule that is dead is looked at a second time, in its chain alone, to tell why.
 */
#include "analyse/reach.h"

#include <string.h>

#include "analyse/hook_region.h"
#include "analyse/policy.h"

/* More ways into one chain than this are not told apart: then any packet may come. */
#define CONTEXTS_MAX 2048

#define AHEAD 6 /* rules: as long as it takes to fetch memory */

/* One way in which packets come into a chain. */
struct context {
	struct context *next;
	struct frame frame;
	const struct region *region; /* at most these packets */
	struct passed *passed; /* the chain itself, then its callers; the limit of the first one
				  is set for each rule */
	unsigned n_passed;
	bool fires;   /* some rule of the chain meets some of them */
	bool is_told; /* the jump that sends them has been looked at */
};

struct contexts {
	struct context *first, **last;
	uint32_t n;
	bool is_open; /* there are too many, or some that are not known */
};

struct reach {
	struct arena *arena;
	struct space *space;
	struct flow *flow;
	struct prover *prover;
	bool looks_ahead;
	struct chain_reach *chains; /* by number */
	const struct region *hooks[HOOK_COUNT];
	const struct reach_observer *observer;
	struct reach_stats stats;
	struct scratch *keep; /* for regions that last */
};

/* The walk through one chain. */
struct walk {
	struct reach *reach;
	const struct chain_flow *chain;
	struct chain_reach *result;
	const struct dead_rule **last_dead;
	struct contexts *contexts; /* of all chains, by number */
	struct contexts *own;
	struct scratch *scratch;
};

/* ---- where packets come from ---- */

static void add_context(struct reach *reach, struct contexts *contexts, const struct frame *frame,
			const struct region *region, const struct context *caller)
{
	struct context *context;

	if (contexts->n >= CONTEXTS_MAX || frame->depth >= FRAME_DEPTH_MAX) {
		contexts->is_open = true;
		return;
	}
	context = arena_new_object(reach->arena, struct context);
	context->frame = *frame;
	context->region = region;
	context->n_passed = caller ? caller->n_passed + 1 : 1;
	context->passed = arena_alloc(reach->arena, context->n_passed * sizeof(struct passed));
	context->passed[0].frame = &context->frame;
	if (caller) {
		context->passed[1] = (struct passed){ &caller->frame, frame->position };
		memcpy(context->passed + 2, caller->passed + 1,
		       (caller->n_passed - 1) * sizeof(struct passed));
	}
	*contexts->last = context;
	contexts->last = &context->next;
	contexts->n++;
	reach->stats.n_contexts++;
}

static void start_contexts(struct walk *walk)
{
	struct reach *reach = walk->reach;
	struct contexts *own = walk->own;
	const struct chain *chain = walk->chain->chain;
	struct frame root;

	if (chain->hook == HOOK_NONE && !own->is_open && !walk->chain->is_open)
		return;
	own->first = NULL;
	own->last = &own->first;
	own->n = 0;
	root = prover_frame(reach->prover, NULL, 0, walk->chain);
	add_context(reach, own, &root,
		    chain->hook != HOOK_NONE && !walk->chain->is_open ? reach->hooks[chain->hook]
								      : &region_all,
		    NULL);
}

/* ---- why it is dead ---- */

static struct dead_rule *add_dead(struct walk *walk, uint32_t position, enum dead_kind kind)
{
	struct dead_rule *dead = arena_new_object(walk->reach->arena, struct dead_rule);

	dead->rule = flow_rule(walk->chain, position);
	dead->position = position;
	dead->kind = (uint8_t)kind;
	*walk->last_dead = dead;
	walk->last_dead = &dead->next;
	walk->reach->stats.dead++;
	if (kind != DEAD_IN_CONTEXT)
		prover_note_dead(walk->reach->prover, walk->chain, position, kind != DEAD_UNION);
	return dead;
}

static void set_covers(struct walk *walk, struct dead_rule *dead, const struct rule *const *covers,
		       uint32_t n_listed, uint32_t n)
{
	if (n_listed == 1)
		dead->covers.only = covers[0];
	else
		dead->covers.list =
			arena_memdup(walk->reach->arena, covers, n_listed * sizeof(*covers));
	dead->n_listed = (uint16_t)n_listed;
	dead->n_covers = n;
}

/* Covers of all regions of a rule together. */
struct union_of_covers {
	uint32_t positions[COVERS_MAX];
	uint32_t n_listed, n;
	bool is_minimal;
};

static void unite(struct union_of_covers *all, const struct proof *proof)
{
	all->is_minimal &= proof->is_minimal && proof->n_covers <= COVERS_MAX;
	for (unsigned i = 0; i < proof->n_covers; i++) {
		uint32_t position, j = 0;

		if (i >= COVERS_MAX) {
			all->n++;
			continue;
		}
		position = proof->covers[i].position;
		while (j < all->n_listed && all->positions[j] != position)
			j++;
		if (j < all->n_listed)
			continue;
		all->n++;
		if (all->n_listed < COVERS_MAX)
			all->positions[all->n_listed++] = position;
	}
}

static void sort_positions(struct union_of_covers *all)
{
	for (uint32_t i = 1; i < all->n_listed; i++) {
		for (uint32_t j = i; j && all->positions[j] < all->positions[j - 1]; j--) {
			uint32_t swap = all->positions[j];

			all->positions[j] = all->positions[j - 1];
			all->positions[j - 1] = swap;
		}
	}
}

/* Do the earlier rules of its own chain take all its packets? */
static bool covered_in_chain(struct walk *walk, uint32_t position, struct union_of_covers *all)
{
	struct reach *reach = walk->reach;
	const struct chain *chain = walk->chain->chain;
	struct frame root = prover_frame(reach->prover, NULL, 0, walk->chain);
	struct passed passed = { &root, position };
	struct condition condition;

	*all = (struct union_of_covers){ .is_minimal = true };
	prover_read(reach->prover, walk->scratch, &root, position, &condition);
	for (unsigned i = 0; i < condition.n; i++) {
		const struct region *region = condition.regions[i];
		struct proof proof;

		if (chain->hook != HOOK_NONE)
			region = region_intersect(walk->scratch, region, reach->hooks[chain->hook]);
		if (!region)
			continue;
		prove(reach->prover, walk->scratch, region, &passed, 1, true, &proof);
		if (proof.answer != PROVED_COVERED)
			return false;
		unite(all, &proof);
	}
	sort_positions(all);
	return all->n > 0;
}

static bool never_matches(struct walk *walk, uint32_t position)
{
	struct frame root = prover_frame(walk->reach->prover, NULL, 0, walk->chain);
	struct condition condition;

	prover_read(walk->reach->prover, walk->scratch, &root, position, &condition);
	return condition.n == 0;
}

/* The rules of the callers that take its packets before the call, in the first context. */
static void cover_by_callers(struct walk *walk, uint32_t position, struct dead_rule *dead)
{
	const struct rule *covers[COVERS_MAX];
	struct context *context = walk->own->first;
	struct condition condition;
	uint32_t n = 0;

	prover_read(walk->reach->prover, walk->scratch, &context->frame, position, &condition);
	context->passed[0].limit = position;
	for (unsigned i = 0; i < condition.n; i++) {
		const struct region *region =
			region_intersect(walk->scratch, condition.regions[i], context->region);
		struct proof proof;

		if (!region)
			continue;
		prove(walk->reach->prover, walk->scratch, region, context->passed,
		      context->n_passed, true, &proof);
		for (unsigned j = 0; j < proof.n_covers && j < COVERS_MAX && n < COVERS_MAX; j++) {
			const struct passed *by = &context->passed[proof.covers[j].walk];

			covers[n++] = flow_rule(by->frame->chain, proof.covers[j].position);
		}
	}
	set_covers(walk, dead, covers, n, n);
}

/* One rule of the chain takes all of its packets. */
static struct dead_rule *add_covered(struct walk *walk, uint32_t position, enum dead_kind kind,
				     uint32_t cover)
{
	const struct rule *rule = flow_rule(walk->chain, cover);
	struct dead_rule *dead = add_dead(walk, position, kind);

	set_covers(walk, dead, &rule, 1, 1);
	dead->cover = cover;
	dead->is_minimal = true;
	return dead;
}

static void add_shadowed(struct walk *walk, uint32_t position, uint32_t cover)
{
	struct dead_rule *dead = add_covered(walk, position, DEAD_SHADOWED, cover);

	if (rule_equal(dead->rule, flow_rule(walk->chain, cover)))
		dead->kind = DEAD_REPEATS;
}

/* Is it dead whoever calls the chain?  Then the reason is recorded. */
static bool explain_by_chain(struct walk *walk, uint32_t position)
{
	const struct rule *covers[COVERS_MAX];
	struct union_of_covers all;
	struct dead_rule *dead;

	if (never_matches(walk, position)) {
		add_dead(walk, position, DEAD_NEVER_MATCHES);
		return true;
	}
	if (!covered_in_chain(walk, position, &all))
		return false;
	if (all.n == 1) {
		add_shadowed(walk, position, all.positions[0]);
		return true;
	}
	dead = add_dead(walk, position, DEAD_UNION);
	for (uint32_t i = 0; i < all.n_listed; i++)
		covers[i] = flow_rule(walk->chain, all.positions[i]);
	set_covers(walk, dead, covers, all.n_listed, all.n);
	dead->is_minimal = all.is_minimal;
	return true;
}

/*
 * The plain case of that, without another proof: the rule that takes its packets in one
 * context takes all that it could ever meet.
 */
static bool explain_by_cover(struct walk *walk, uint32_t position, const struct region *region,
			     const struct frame *frame, const struct proof *proof)
{
	const struct cover *cover = &proof->covers[0];
	struct condition condition;

	if (proof->answer != PROVED_COVERED || proof->n_covers != 1 || cover->walk != 0 ||
	    walk->chain->roles[cover->position] == ROLE_CALLS)
		return false;
	prover_read(walk->reach->prover, walk->scratch, frame, cover->position, &condition);
	for (unsigned i = 0; i < condition.n; i++) {
		if (region_contains(condition.regions[i], region)) {
			add_shadowed(walk, position, cover->position);
			return true;
		}
	}
	return false;
}

static void explain_by_context(struct walk *walk, uint32_t position)
{
	cover_by_callers(walk, position, add_dead(walk, position, DEAD_IN_CONTEXT));
}

/* ---- one rule ---- */

struct outcome {
	bool is_alive;
	bool is_unknown;
	bool is_silent;
	bool is_cut;	   /* the rule may take less than is thought */
	bool is_explained; /* dead, and its own chain alone shows it */
};

static void tell(struct walk *walk, const struct context *context, uint32_t position,
		 const struct proof *proof)
{
	const struct live_rule live = {
		&context->frame, position, context->region, proof, walk->reach->prover,
	};

	if (walk->reach->observer)
		walk->reach->observer->alive(walk->reach->observer->context, &live);
}

/* Packets of REGION go on into the chain that the rule calls. */
static void pass_on(struct walk *walk, const struct context *context, uint32_t position)
{
	struct reach *reach = walk->reach;
	const struct chain_flow *callee = flow_callee(walk->chain, position);
	struct frame frame;
	struct condition again;

	if (!callee)
		return;
	frame = prover_frame(reach->prover, &context->frame, position, callee);
	/* read again, into memory that lasts */
	prover_read(reach->prover, reach->keep, &context->frame, position, &again);
	for (unsigned i = 0; i < again.n; i++) {
		const struct region *region =
			region_intersect(reach->keep, again.regions[i], context->region);

		if (region)
			add_context(reach, &walk->contexts[callee->number], &frame, region,
				    context);
	}
}

/* Can the rule meet a packet in this context? */
static void try_context(struct walk *walk, struct context *context, uint32_t position,
			struct outcome *outcome)
{
	struct reach *reach = walk->reach;
	struct condition condition;
	bool alive = false, unknown = false;

	prover_read(reach->prover, walk->scratch, &context->frame, position, &condition);
	outcome->is_silent = condition.silent;
	outcome->is_cut = condition.cut;
	context->passed[0].limit = position;
	for (unsigned i = 0; i < condition.n && !alive; i++) {
		const struct region *region =
			region_intersect(walk->scratch, condition.regions[i], context->region);
		struct proof proof;

		if (!region)
			continue;
		prove(reach->prover, walk->scratch, region, context->passed, context->n_passed,
		      false, &proof);
		alive = proof.answer == PROVED_ALIVE;
		unknown |= proof.answer == PROVED_UNKNOWN;
		if (alive && !condition.silent)
			tell(walk, context, position, &proof);
		if (alive && reach->looks_ahead)
			walk->result->next[position] = proof.next;
		if (condition.n == 1 && !condition.silent)
			outcome->is_explained = explain_by_cover(
				walk, position, condition.regions[0], &context->frame, &proof);
	}
	if (!alive && !unknown)
		return;
	context->fires = true;
	outcome->is_alive |= alive;
	outcome->is_unknown |= unknown;
	pass_on(walk, context, position);
}

static struct outcome try_rule(struct walk *walk, uint32_t position)
{
	struct outcome outcome = { false, false, false, false, false };
	bool calls = flow_callee(walk->chain, position) != NULL;

	for (struct context **at = &walk->own->first; *at; at = &(*at)->next) {
		struct scratch_mark mark = scratch_mark(walk->scratch);
		struct context *context = *at;

		try_context(walk, context, position, &outcome);
		scratch_release(walk->scratch, mark);
		if (outcome.is_explained)
			break;
		if (!outcome.is_alive && !outcome.is_unknown && context == walk->own->first) {
			/* most dead rules are so in every context */
			outcome.is_explained = explain_by_chain(walk, position);
			if (outcome.is_explained)
				break;
		}
		if (calls || !outcome.is_alive)
			continue;
		/* the next rule most likely lives in the same context */
		*at = context->next;
		if (!*at)
			walk->own->last = at;
		context->next = walk->own->first;
		walk->own->first = context;
		if (!context->next)
			walk->own->last = &context->next;
		break;
	}
	return outcome;
}

/* ---- a chain ---- */

static bool takes_everything(struct walk *walk, uint32_t position)
{
	const struct rule *rule = flow_rule(walk->chain, position);
	enum role role = walk->chain->roles[position];
	struct condition condition;

	if (role != ROLE_ENDS && role != ROLE_RETURNS && role != ROLE_LEAVES)
		return false;
	if (rule->protocol || rule->src || rule->dst || rule->fragment)
		return false;
	condition_read(&condition, walk->scratch, walk->reach->space, &moment_untouched, rule);
	return condition_is_everything(&condition);
}

static bool is_silent(struct walk *walk, uint32_t position)
{
	struct condition condition;

	condition_read(&condition, walk->scratch, walk->reach->space, &moment_untouched,
		       flow_rule(walk->chain, position));
	return condition.silent;
}

/* The rules behind one that takes every packet. */
static void bury(struct walk *walk, uint32_t final)
{
	for (uint32_t i = final + 1; i < walk->chain->n; i++) {
		struct scratch_mark mark = scratch_mark(walk->scratch);

		walk->reach->stats.rules++;
		if (is_silent(walk, i)) {
			walk->reach->stats.silent++;
		} else if (never_matches(walk, i)) {
			add_dead(walk, i, DEAD_NEVER_MATCHES);
		} else {
			add_covered(walk, i, DEAD_AFTER_FINAL, final);
		}
		scratch_release(walk->scratch, mark);
	}
}

static void walk_rules(struct walk *walk)
{
	for (uint32_t i = 0; i < walk->chain->n; i++) {
		struct scratch_mark mark = scratch_mark(walk->scratch);
		struct outcome outcome = try_rule(walk, i);
		bool is_final;

		if (i + AHEAD < walk->chain->n)
			prover_expect(walk->reach->prover, walk->chain, i + AHEAD);
		walk->reach->stats.rules++;
		if (outcome.is_silent)
			walk->reach->stats.silent++;
		else if (outcome.is_alive ? outcome.is_cut : outcome.is_unknown)
			walk->reach->stats.undecided++;
		else if (!outcome.is_alive && !outcome.is_explained)
			explain_by_context(walk, i);
		is_final = takes_everything(walk, i);
		scratch_release(walk->scratch, mark);
		if (is_final) {
			walk->result->final = flow_rule(walk->chain, i);
			bury(walk, i);
			break;
		}
	}
}

/* Does some rule of the chain meet packets of this context? */
static bool fires(struct walk *walk, struct context *context)
{
	for (uint32_t i = 0; i < walk->chain->n && !context->fires; i++) {
		struct scratch_mark mark = scratch_mark(walk->scratch);
		struct condition condition;

		prover_read(walk->reach->prover, walk->scratch, &context->frame, i, &condition);
		context->passed[0].limit = i;
		for (unsigned j = 0; j < condition.n && !context->fires; j++) {
			const struct region *region = region_intersect(
				walk->scratch, condition.regions[j], context->region);
			struct proof proof;

			if (!region)
				continue;
			prove(walk->reach->prover, walk->scratch, region, context->passed,
			      context->n_passed, false, &proof);
			context->fires = proof.answer != PROVED_COVERED;
		}
		scratch_release(walk->scratch, mark);
	}
	return context->fires;
}

static bool same_site(const struct context *a, const struct context *b)
{
	return a->frame.position == b->frame.position &&
	       a->frame.caller->chain == b->frame.caller->chain;
}

static void add_dead_jump(struct walk *walk, const struct context *context)
{
	const struct chain_flow *caller = context->frame.caller->chain;
	struct chain_reach *result = &walk->reach->chains[caller->number];
	struct dead_jump *jump = arena_new_object(walk->reach->arena, struct dead_jump);
	const struct dead_jump **at = &result->dead_jumps;

	jump->rule = flow_rule(caller, context->frame.position);
	jump->position = context->frame.position;
	jump->callee = walk->chain->chain;
	while (*at && (*at)->position < jump->position)
		at = (const struct dead_jump **)&(*at)->next;
	jump->next = *at;
	*at = jump;
}

static void find_dead_jumps(struct walk *walk)
{
	if (walk->chain->is_open || walk->own->is_open)
		return;
	for (struct context *each = walk->own->first; each; each = each->next) {
		bool is_alive = false;

		if (each->fires || each->is_told)
			continue;
		/* all ways that lead through this jump */
		for (struct context *other = walk->own->first; other; other = other->next) {
			if (!same_site(each, other))
				continue;
			other->is_told = true;
			is_alive = is_alive || fires(walk, other);
		}
		if (!is_alive)
			add_dead_jump(walk, each);
	}
}

static void walk_chain(struct walk *walk)
{
	start_contexts(walk);
	if (!walk->own->first) {
		walk->result->is_cut_off = walk->chain->n_sites > 0;
		return;
	}
	if (walk->reach->looks_ahead)
		walk->result->next =
			arena_alloc(walk->reach->arena, walk->chain->n * sizeof(uint32_t));
	walk_rules(walk);
	if (walk->chain->chain->hook != HOOK_NONE)
		policy_reach(walk->result, walk->reach->arena, walk->reach->prover, walk->scratch,
			     &walk->own->first->frame, walk->own->first->region);
	else
		find_dead_jumps(walk);
}

/* ---- the table ---- */

static void walk_table(struct reach *reach)
{
	struct contexts *contexts =
		arena_alloc(reach->arena, (reach->flow->n + 1) * sizeof(*contexts));
	struct scratch *scratch = scratch_new();

	for (uint32_t i = 0; i < reach->flow->n; i++)
		contexts[i].last = &contexts[i].first;
	for (uint32_t i = 0; i < reach->flow->n; i++) {
		const struct chain_flow *chain = reach->flow->order[i];
		struct walk walk = {
			.reach = reach,
			.chain = chain,
			.result = &reach->chains[chain->number],
			.contexts = contexts,
			.own = &contexts[chain->number],
			.scratch = scratch,
		};

		walk.last_dead = &walk.result->dead;
		walk.result->chain = chain->chain;
		walk.result->flow = chain;
		if (chain->is_reached || chain->is_open)
			walk_chain(&walk);
	}
	scratch_free(scratch);
}

struct reach *reach_new(struct arena *arena, const struct chains *chains, bool looks_ahead,
			const struct reach_observer *observer)
{
	struct reach *reach = arena_new_object(arena, struct reach);
	const struct table *table = chains_table(chains);

	reach->arena = arena;
	reach->observer = observer;
	reach->looks_ahead = looks_ahead;
	reach->keep = scratch_new_in(arena);
	reach->space = space_new(arena, chains_family(chains), chains_backends(chains), table);
	reach->flow = flow_new(arena, chains, reach->space);
	reach->prover = prover_new(arena, reach->space, reach->flow, looks_ahead);
	reach->chains = arena_alloc(arena, (reach->flow->n + 1) * sizeof(*reach->chains));
	for (unsigned hook = 0; hook < HOOK_COUNT; hook++)
		reach->hooks[hook] =
			hook_region(reach->keep, reach->space, table->id, (enum hook)hook);
	walk_table(reach);
	return reach;
}

const struct chain_reach *reach_of(const struct reach *reach, const struct chain *chain)
{
	return &reach->chains[chain->index];
}

const struct flow *reach_flow(const struct reach *reach)
{
	return reach->flow;
}

struct space *reach_space(const struct reach *reach)
{
	return reach->space;
}

struct prover *reach_prover(const struct reach *reach)
{
	return reach->prover;
}

const struct region *reach_hook_region(const struct reach *reach, enum hook hook)
{
	return reach->hooks[hook];
}

const struct reach_stats *reach_stats(const struct reach *reach)
{
	return &reach->stats;
}
