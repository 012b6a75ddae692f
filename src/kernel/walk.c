/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk itself: a depth-first search with a stack of its own, then the hooks and the
 * depth of nesting in the order that the search leaves behind.
 */
#include "kernel/walk.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

/* nft keeps this many places to return to, the built-in chain's among them; a goto counts. */
#define NFT_DEEPEST_JUMPS 15

/* A record names at most so many jumps of a loop or of the way to a chain, ... */
#define MOST_RELATED 8

/* ... and so many records of a table name the whole loop. */
#define MOST_LOOPS_IN_FULL 50

bool walk_stops_at(const struct rule *rule)
{
	return rule->target_kind == TARGET_VERDICT && !rule->unbound && !rule->matches &&
	       !rule->src && !rule->dst && !rule->in && !rule->out && !rule->protocol &&
	       !rule->inverted && !rule->fragment;
}

/* ---- the graph ---- */

static void collect_jumps(struct walk *walk)
{
	const struct table *table = walk->table;
	size_t n_rules = 0;

	for (uint32_t i = 0; i < table->n_chains; i++)
		n_rules += table->chains[i]->n_rules;
	walk->jumps = alloc_zeroed((n_rules + 1) * sizeof(*walk->jumps));

	for (uint32_t i = 0; i < table->n_chains; i++) {
		bool live = true;

		walk->first[i] = walk->n_jumps;
		for_each_entry (entry, table->chains[i]) {
			if (entry->to)
				walk->jumps[walk->n_jumps++] = (struct walk_jump){
					.rule = entry->rule, .from = i, .to = entry->to->index
				};
			if (live && walk_stops_at(entry->rule)) {
				live = false;
				walk->live_end[i] = walk->n_jumps;
			}
		}
		if (live)
			walk->live_end[i] = walk->n_jumps;
	}
	walk->first[table->n_chains] = walk->n_jumps;
}

/* ---- one walk ---- */

enum colour {
	WHITE,
	GREY,
	BLACK
};

/* A walk over the jumps [first[c], end[c]) of each chain c. */
struct course {
	struct walk *walk;
	enum family family;
	unsigned backends;
	struct diags *diags;
	const uint32_t *end;
	uint8_t *colour;  /* enum colour, by chain */
	uint32_t *next;	  /* jump to follow next, by chain */
	uint32_t *stack;  /* chains that the walk is in */
	uint32_t *height; /* where a grey chain lies on the stack */
	uint32_t *order;  /* chains in the order in which the walk left them */
	uint32_t n_order;
	uint32_t n_loops;
};

static struct subject jump_subject(const struct course *course, const struct walk_jump *jump)
{
	return (struct subject){
		.family = course->family,
		.backends = course->backends,
		.table = course->walk->table,
		.chain = course->walk->table->chains[jump->from],
		.rule = jump->rule,
		.diags = course->diags,
		.last = &course->walk->last,
	};
}

/* "A -> B -> A": the chains on the stack from FIRST to the top, and the first again. */
static const char *loop_text(const struct course *course, uint32_t first, uint32_t depth)
{
	struct chain **chains = course->walk->table->chains;
	struct buf path = BUF_INIT;
	const char *text;

	for (uint32_t i = first; i < depth; i++) {
		if (i == first + MOST_RELATED) {
			buf_add_string(&path, "... -> ");
			break;
		}
		buf_printf(&path, "%s -> ", chains[course->stack[i]]->name);
	}
	buf_add_string(&path, chains[course->stack[first]]->name);
	text = arena_strdup(course->diags->arena, buf_string(&path));
	buf_free(&path);
	return text;
}

/* The jumps that lead from each chain of the loop to the next, but for the last. */
static void relate_loop(const struct course *course, struct diag *diag, uint32_t first,
			uint32_t depth)
{
	const struct walk *walk = course->walk;

	for (uint32_t i = first; i + 1 < depth && i < first + MOST_RELATED; i++) {
		const struct walk_jump *jump = &walk->jumps[course->next[course->stack[i]] - 1];

		diag_related(course->diags, diag, jump->rule->target_span, "'%s' calls '%s' here",
			     walk->table->chains[jump->from]->name,
			     walk->table->chains[jump->to]->name);
	}
}

/* JUMP closes a loop of the chains on the stack from FIRST to the top. */
static void report_loop(struct course *course, struct walk_jump *jump, uint32_t first,
			uint32_t depth)
{
	const struct subject subject = jump_subject(course, jump);

	course->n_loops++;
	if (jump->loop) { /* the other back end met it too */
		if (course->walk->table->committed)
			jump->loop->refuses |= (unsigned char)course->backends;
		return;
	}
	if (course->n_loops > MOST_LOOPS_IN_FULL) {
		jump->loop = subject_refuse(&subject, "chain-loop", course->backends,
					    "this jump closes a loop of chains, too");
		return;
	}
	jump->loop = subject_refuse(&subject, "chain-loop", course->backends,
				    "the chains call each other in a loop: %s",
				    loop_text(course, first, depth));
	subject_hint(&subject, jump->loop, "take one of the jumps away");
	relate_loop(course, jump->loop, first, depth);
}

/* Goes into a chain; the new height of the stack. */
static uint32_t enter(struct course *course, uint32_t chain, uint32_t depth)
{
	course->colour[chain] = GREY;
	course->next[chain] = course->walk->first[chain];
	course->height[chain] = depth;
	course->stack[depth] = chain;
	return depth + 1;
}

static void walk_from(struct course *course, uint32_t start)
{
	uint32_t depth = enter(course, start, 0);

	while (depth) {
		const uint32_t here = course->stack[depth - 1];
		struct walk_jump *jump;

		if (course->next[here] == course->end[here]) {
			course->colour[here] = BLACK;
			course->order[course->n_order++] = here;
			depth--;
			continue;
		}
		jump = &course->walk->jumps[course->next[here]++];
		if (course->colour[jump->to] == WHITE)
			depth = enter(course, jump->to, depth);
		else if (course->colour[jump->to] == GREY)
			report_loop(course, jump, course->height[jump->to], depth);
	}
}

/* ---- what the walk found ---- */

static uint8_t place_hooks(const struct walk_place *place, unsigned backends)
{
	return backends & BACKEND_LEGACY ? place->legacy_hooks : place->nft_hooks;
}

/* Gives HOOKS to a chain; false if it had them already. */
static bool give_hooks(struct walk_place *place, unsigned backends, uint8_t hooks, uint32_t via)
{
	const uint8_t fresh = hooks & (uint8_t)~place_hooks(place, backends);

	if (!fresh)
		return false;
	if (backends & BACKEND_LEGACY)
		place->legacy_hooks |= fresh;
	if (backends & BACKEND_NFT)
		place->nft_hooks |= fresh;
	for (unsigned hook = 0; hook < HOOK_COUNT; hook++) {
		if ((fresh & HOOK_BIT(hook)) && place->via[hook] == NO_JUMP)
			place->via[hook] = via;
	}
	return true;
}

/* Gives the hooks of a chain to those that it calls, and puts those on the stack that
 * have to do the same once more. */
static uint32_t spread_from(struct course *course, uint32_t here, uint32_t depth)
{
	struct walk *walk = course->walk;
	const uint8_t hooks = place_hooks(&walk->places[here], course->backends);

	for (uint32_t j = walk->first[here]; j < course->end[here]; j++) {
		const uint32_t to = walk->jumps[j].to;

		if (give_hooks(&walk->places[to], course->backends, hooks, j) &&
		    course->colour[to] == GREY) {
			course->colour[to] = WHITE;
			course->stack[depth++] = to;
		}
	}
	return depth;
}

/*
 * Callers before those whom they call: once is enough where there is no loop.  With
 * the walk done, the colour grey means: has been served; white: waits on the stack.
 */
static void spread_hooks(struct course *course)
{
	uint32_t depth = 0;

	for (uint32_t i = course->n_order; i-- > 0;) {
		const uint32_t here = course->order[i];

		depth = spread_from(course, here, depth);
		if (course->colour[here] == BLACK)
			course->colour[here] = GREY;
	}
	while (depth) {
		const uint32_t here = course->stack[--depth];

		course->colour[here] = GREY;
		depth = spread_from(course, here, depth);
	}
}

/* With next no longer in use, it holds the longest way to each chain. */
static void check_depth(struct course *course)
{
	struct walk *walk = course->walk;
	uint32_t *deepest = course->next;

	for (uint32_t i = 0; i < walk->table->n_chains; i++)
		deepest[i] = 0;
	for (uint32_t i = course->n_order; i-- > 0;) {
		const uint32_t here = course->order[i];

		for (uint32_t j = walk->first[here]; j < course->end[here]; j++) {
			const struct walk_jump *jump = &walk->jumps[j];

			if (jump->loop || deepest[jump->to] > deepest[here])
				continue;
			deepest[jump->to] = deepest[here] + 1;
			if (deepest[here] == NFT_DEEPEST_JUMPS) {
				struct subject subject = jump_subject(course, jump);

				subject.backends = BACKEND_NFT;
				subject_hint(&subject,
					     subject_refuse(&subject, "target-not-valid-here",
							    BACKEND_NFT,
							    "this jump to '%s' is nested %d deep, "
							    "which nft does not take",
							    walk->table->chains[jump->to]->name,
							    NFT_DEEPEST_JUMPS + 1),
					     "at most %d jumps may follow each other",
					     NFT_DEEPEST_JUMPS);
			}
		}
	}
}

static void run(struct walk *walk, enum family family, unsigned backends, struct diags *diags)
{
	const struct table *table = walk->table;
	const size_t n = table->n_chains;
	struct course course = {
		.walk = walk,
		.family = family,
		.backends = backends,
		.diags = diags,
		.end = backends & BACKEND_LEGACY ? walk->live_end : walk->first + 1,
		.colour = alloc_zeroed(n),
		.next = alloc_zeroed(n * sizeof(uint32_t)),
		.stack = alloc_zeroed(n * sizeof(uint32_t)),
		.height = alloc_zeroed(n * sizeof(uint32_t)),
		.order = alloc_zeroed(n * sizeof(uint32_t)),
	};

	for (uint32_t i = 0; i < n && table->chains[i]->hook != HOOK_NONE; i++) {
		give_hooks(&walk->places[i], backends, HOOK_BIT(table->chains[i]->hook), NO_JUMP);
		walk_from(&course, i);
	}
	spread_hooks(&course);
	if (backends & BACKEND_NFT)
		check_depth(&course);
	free(course.colour);
	free(course.next);
	free(course.stack);
	free(course.height);
	free(course.order);
}

/* Does legacy leave out a jump that nft follows? */
static bool is_cut_short(const struct walk *walk)
{
	for (uint32_t i = 0; i < walk->table->n_chains; i++) {
		if (walk->live_end[i] != walk->first[i + 1])
			return true;
	}
	return false;
}

void walk_begin(struct walk *walk, const struct table *table, enum family family, unsigned backends,
		struct diags *diags)
{
	const size_t n = table->n_chains;

	*walk = (struct walk){ .table = table, .backends = backends };
	walk->first = alloc_zeroed((n + 1) * sizeof(uint32_t));
	walk->live_end = alloc_zeroed((n + 1) * sizeof(uint32_t));
	walk->places = alloc_zeroed((n + 1) * sizeof(*walk->places));
	for (size_t i = 0; i < n; i++) {
		for (unsigned hook = 0; hook < HOOK_COUNT; hook++)
			walk->places[i].via[hook] = NO_JUMP;
	}
	collect_jumps(walk);
	if (backends == BACKEND_BOTH && is_cut_short(walk)) {
		run(walk, family, BACKEND_LEGACY, diags);
		run(walk, family, BACKEND_NFT, diags);
	} else {
		run(walk, family, backends, diags);
	}
}

void walk_end(struct walk *walk)
{
	free(walk->jumps);
	free(walk->first);
	free(walk->live_end);
	free(walk->places);
}

void walk_relate(const struct walk *walk, struct diags *diags, struct diag *diag, uint32_t chain,
		 enum hook hook)
{
	for (unsigned i = 0; i < MOST_RELATED; i++) {
		const uint32_t via = walk->places[chain].via[hook];

		if (via == NO_JUMP)
			return;
		chain = walk->jumps[via].from;
		diag_related(diags, diag, walk->jumps[via].rule->target_span, "'%s' calls it here",
			     walk->table->chains[chain]->name);
	}
}
