/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack of parts that are on their way.  One is taken and goes from rule to rule; what it is
 * cut into is put on the stack, with the place where it goes on.
 *
 * A variable has a version here too (analyse/region.h): a new one where a target has changed it
 * on the way.  What the target makes of it is known of the new one; what the packet was at the
 * start stays in version 0.  Variables of what is understood have versions of their own, those of
 * opaque matches the last one of the fields that they read.
 */
#include <stdlib.h>
#include <string.h>

#include "analyse/condition.h"
#include "analyse/facts.h"
#include "base/alloc.h"
#include "expect/walk_inside.h"
#include "trace/ask.h"

#define RULES_MAX 20000000u /* that parts come to, all together */
#define PARTS_MAX 400000u
#define TIDY_AT	  ((size_t)64 << 20) /* bytes of regions that are no longer needed */

/* ---- parts ---- */

static size_t size_of(const struct region *region)
{
	size_t size = sizeof(*region);

	for (uint32_t i = 0; i < region->n; i++)
		size += sizeof(struct constraint) + sizeof(struct set) +
			region->constraints[i].set->n * sizeof(struct range);
	return size;
}

/* Keeps of the scratch what the parts need, those on the stack and NOW. */
static void tidy(struct walk *w, struct part *now)
{
	struct scratch *fresh;

	if (w->used < TIDY_AT)
		return;
	fresh = world_lend(w->world);
	w->used = 0;
	now->region = region_copy(fresh, now->region);
	for (size_t i = 0; i < w->n; i++) {
		w->parts[i].region = region_copy(fresh, w->parts[i].region);
		w->used +=
			size_of(w->parts[i].region) / 2; /* so that it is not done all the time */
	}
	world_take_back(w->world, w->scratch);
	w->scratch = fresh;
}

void walk_push(struct walk *w, const struct part *part)
{
	if (w->n == w->capacity) {
		w->capacity = w->capacity ? w->capacity * 2 : 32;
		w->parts = alloc_resize(w->parts, w->capacity * sizeof(*w->parts));
	}
	w->parts[w->n++] = *part;
	w->n_parts++;
}

/* ---- rules ---- */

/* Is nothing to be known of who meets the rule?  Then what it writes may be written. */
static bool is_idle(const struct rule *rule, unsigned *writes)
{
	const unsigned harmless = FIELD_HEADER | FIELD_OPTIONS | FIELD_SET;

	*writes = 0;
	if (rule->unbound)
		return false;
	if (rule->target_kind == TARGET_NONE)
		return true;
	if (rule->target_kind != TARGET_EXTENSION)
		return false;
	*writes = target_facts(rule->to.extension->real_name)->writes;
	if (!strcmp(rule->to.extension->real_name, "SET") &&
	    !strstr(rule->to.extension->text, "--map-"))
		*writes = FIELD_SET;
	return target_facts(rule->to.extension->real_name)->ends == ENDS_NEVER &&
	       !(*writes & ~harmless);
}

/* Is what it ends nothing that is asked for? */
static bool is_let_go(const struct walk *w, const struct part *part, const struct rule *rule)
{
	enum ending ending = ENDING_UNKNOWN;

	if (rule->unbound)
		return false;
	if (rule->target_kind == TARGET_VERDICT && rule->verdict == VERDICT_DROP)
		ending = ENDING_DROP;
	else if (rule_has_target(rule, "REJECT"))
		ending = ENDING_REJECT;
	else if (rule->target_kind == TARGET_VERDICT && rule->verdict == VERDICT_ACCEPT &&
		 part->table->id == TABLE_FILTER && !w->world->filter_writes)
		ending = ENDING_ACCEPT;
	return w->options->let_go >> ending & 1;
}

static enum trace_answer answer(const struct walk *w, const struct part *part,
				const struct match *match)
{
	bool is_mark = !strcmp(match->real_name, "mark");
	struct packet packet = { .mark = part->marks.mark, .connmark = part->marks.connmark };

	if (is_mark ? part->marks.knows_mark
		    : !strcmp(match->real_name, "connmark") && part->marks.knows_connmark) {
		bool is_untracked = part_has_state(part, CT_UNTRACKED, CT_INVALID);

		packet.state = is_untracked ? CT_INVALID : CT_NEW;
		if (is_mark || is_untracked || part_has_state(part, 0, CT_UNTRACKED - 1))
			return ask_marks(&packet, match);
	}
	for (size_t i = 0; i < w->options->n_assumptions; i++) {
		const struct assumption *assumption = &w->options->assumptions[i];

		if (world_is_opaque(w->world, match) && assumption_fits(assumption, match)) {
			bool inverted = strstr(match->text, " ! ") != NULL;

			return assumption->answer != inverted ? TRACE_YES : TRACE_NO;
		}
	}
	return TRACE_UNKNOWN;
}

/*
 * The rule without the matches whose answer is known, so that only the rest is asked; false: one
 * of them is no.
 */
static bool simplify(struct walk *w, const struct part *part, const struct rule *rule,
		     struct rule *simple)
{
	uint64_t gone = 0, bit = 1;

	*simple = *rule;
	if (rule->unbound)
		return true;
	for (const struct match *match = rule->matches; match && bit; match = match->next) {
		enum trace_answer known = answer(w, part, match);

		if (known == TRACE_NO)
			return false;
		if (known == TRACE_YES)
			gone |= bit;
		bit <<= 1;
	}
	if (gone)
		simple->matches = world_without(w->world, rule, gone);
	return true;
}

/* The first match of the rule that is not known. */
static const struct match *find_doubt(const struct walk *w, const struct part *part,
				      const struct rule *rule)
{
	if (rule->unbound)
		return NULL;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if ((world_is_opaque(w->world, match) || match->undecided) &&
		    answer(w, part, match) == TRACE_UNKNOWN)
			return match;
	}
	return NULL;
}

/* Does it depend on more than the packet as it was at the start which of them are in REGION? */
static bool is_doubtful(const struct part *part, const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i];
		const struct set *now;

		if (each->variable < VAR_TOOL && !each->version)
			continue;
		now = region_get(part->region, each->variable, each->version);
		if (!now || !set_contains(each->set, now))
			return true;
	}
	return false;
}

static void add_piece(void *context, const struct region *piece)
{
	struct walk *w = context;

	if (w->n_pieces == w->pieces_capacity) {
		w->pieces_capacity = w->pieces_capacity ? w->pieces_capacity * 2 : 64;
		w->pieces = alloc_resize(w->pieces, w->pieces_capacity * sizeof(*w->pieces));
	}
	w->pieces[w->n_pieces++] = piece;
	w->used += size_of(piece);
}

/* Takes REGION out of what is left; what is in it goes the way of the rule. */
static void take(struct walk *w, const struct part *part, const struct entry *entry,
		 const struct region *region, bool is_sure)
{
	uint32_t n = w->n_pieces;
	const struct region **before =
		scratch_alloc(w->scratch, (n + 1) * sizeof(const struct region *));

	memcpy(before, w->pieces, n * sizeof(*before));
	w->n_pieces = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct part inside = *part;

		inside.region = region_intersect(w->scratch, before[i], region);
		if (!inside.region) {
			w->pieces[w->n_pieces++] = before[i];
			continue;
		}
		w->used += size_of(inside.region);
		if (!w->is_over && walk_target(w, &inside, entry))
			walk_push(w, &inside);
		if (is_sure)
			region_subtract(w->scratch, w->world->space, before[i], region, add_piece,
					w);
		else
			w->pieces[w->n_pieces++] = before[i];
	}
}

/* What the rule asks of the packets of PART now, as far as that is not known; false: nothing of
 * them can meet it. */
static bool ask(struct walk *w, const struct part *part, const struct rule *rule,
		const struct asked *asked, struct condition *condition)
{
	struct rule simple;
	bool any = false;

	if (!asked->is_plain && !simplify(w, part, rule, &simple))
		return false;
	if (!asked->is_plain && simple.matches != rule->matches) {
		condition_read(condition, w->scratch, w->world->space, &moment_untouched, &simple);
	} else {
		condition->sure = asked->is_sure;
		condition->n = asked->n;
		condition->regions =
			scratch_alloc(w->scratch, (asked->n + 1) * sizeof(const struct region *));
		memcpy(condition->regions, asked->regions,
		       asked->n * sizeof(const struct region *));
	}
	for (unsigned i = 0; i < condition->n; i++) {
		condition->regions[i] = part_region(w, part, condition->regions[i]);
		any |= region_overlaps(condition->regions[i], part->region);
	}
	return any;
}

static void note_doubt(const struct walk *w, struct part *part, const struct rule *rule,
		       const struct condition *condition)
{
	bool is_in_doubt = !condition->sure;

	for (unsigned i = 0; i < condition->n && !is_in_doubt; i++)
		is_in_doubt = region_overlaps(condition->regions[i], part->region) &&
			      is_doubtful(part, condition->regions[i]);
	if (is_in_doubt)
		part_doubt(part, rule, find_doubt(w, part, rule));
}

/* PART comes to the rule, and goes past it with what does not meet it; false: nothing is left. */
static bool meet(struct walk *w, struct part *part, const struct entry *entry,
		 const struct asked *asked)
{
	struct scratch_mark mark = scratch_mark(w->scratch);
	struct condition condition;

	if (!ask(w, part, entry->rule, asked, &condition)) {
		scratch_release(w->scratch, mark);
		return true;
	}
	note_doubt(w, part, entry->rule, &condition);
	part_forget_all(w, part, asked->writes);
	w->n_pieces = 0;
	add_piece(w, part->region);
	for (unsigned i = 0; i < condition.n; i++)
		take(w, part, entry, condition.regions[i], condition.sure);
	for (uint32_t i = 1; i < w->n_pieces; i++) {
		struct part more = *part;

		more.region = w->pieces[i];
		walk_push(w, &more);
	}
	if (!w->n_pieces)
		return false;
	part->region = w->pieces[0];
	return true;
}

/* Until it has left, or become nothing. */
static void follow(struct walk *w, struct part *part)
{
	while (!w->is_over && w->n_rules < RULES_MAX && w->n_parts < PARTS_MAX) {
		const struct entry *entry = part->at;
		const struct asked *asked;
		unsigned target;

		if (!entry) {
			if (!walk_leave_chain(w, part))
				return;
			continue;
		}
		w->n_rules++;
		part->at = entry->next;
		asked = world_ask(w->world, entry->rule);
		part_forget_all(w, part, asked->writes);
		if (is_let_go(w, part, entry->rule))
			continue;
		if (is_idle(entry->rule, &target)) {
			part_forget(w, part, target);
			continue;
		}
		if (!meet(w, part, entry, asked))
			return;
		tidy(w, part);
	}
}

/* ---- the whole ---- */

static void start(struct walk *w, const struct region *region)
{
	struct part part = { .region = region, .marks = w->options->marks };
	bool is_sent = part_is_without(&part, VAR_IN);

	walk_enter_hook(w, &part, is_sent ? HOOK_OUTPUT : HOOK_PREROUTING);
	if (walk_enter_next(w, &part))
		walk_push(w, &part);
}

/* What comes over lo apart from the rest: raw sees another state of it. */
static void start_both(struct walk *w, const struct region *region)
{
	wide lo = interfaces_number(space_interfaces(w->world->space), "lo");
	const struct region *over_lo =
		region_with(w->scratch, region, VAR_IN, 0, set_range(w->scratch, lo, lo));

	w->n_pieces = 0;
	if (over_lo)
		region_subtract(w->scratch, w->world->space, region, over_lo, add_piece, w);
	else
		add_piece(w, region);
	if (over_lo)
		start(w, over_lo);
	for (uint32_t i = 0; i < w->n_pieces; i++)
		start(w, w->pieces[i]);
}

bool walk(const struct world *world, const struct walk_options *options,
	  const struct region *const *regions, uint32_t n, walk_visit *visit, void *context)
{
	struct walk w = { .world = world,
			  .options = options,
			  .scratch = world_lend(world),
			  .visit = visit,
			  .context = context };
	bool is_complete;

	for (uint32_t i = 0; i < n && !w.is_over; i++)
		start_both(&w, region_copy(w.scratch, regions[i]));
	while (w.n && !w.is_over && w.n_rules < RULES_MAX && w.n_parts < PARTS_MAX) {
		struct part part = w.parts[--w.n];

		follow(&w, &part);
	}
	is_complete = w.is_over || (w.n_rules < RULES_MAX && w.n_parts < PARTS_MAX);
	world_take_back(world, w.scratch);
	free(w.parts);
	free(w.pieces);
	return is_complete;
}
