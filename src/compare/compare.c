/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cuts the packets of what the walk has found into boxes, proves that there are any, and puts
 * those of one kind together.
 */
#include "compare/compare.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/hook_region.h"
#include "analyse/sample.h"
#include "base/alloc.h"
#include "compare/boxes.h"

#define STEPS_DIFFERENCE 1000000u /* to cut the packets of one */
#define STEPS_ALL	 10000000u
#define STEPS_PROBE	 200000u
#define PROBES		 8
#define BOXES_KEPT	 1000 /* of one kind in one chain */
#define DOUBTS_KEPT	 5

struct collecting {
	struct arena *arena;
	const struct alignment *alignment;
	struct scratch *keep; /* in the arena, for regions that last */
	struct scratch *scratch;
	struct chain_changes *to;
	struct boxes boxes[N_CHANGE_KINDS];
	const struct doubt **last_doubt;
	const struct difference *difference; /* that is cut */
	bool has_doubt;			     /* one was noted for it */
	bool has_box;			     /* kept or counted for it */
	bool has_packet;		     /* one was found where it could not be cut */
	uint64_t steps_left;
};

static void add_doubt(struct collecting *to, const struct region *region,
		      const struct given_up *given_up)
{
	struct doubt *doubt;

	if (to->to->n_doubts++ >= DOUBTS_KEPT)
		return;
	doubt = arena_new_object(to->arena, struct doubt);
	if (to->difference) {
		memcpy(doubt->decisions, to->difference->decisions, sizeof(doubt->decisions));
		memcpy(doubt->effects, to->difference->effects, sizeof(doubt->effects));
	}
	doubt->given_up = given_up;
	doubt->region = region;
	*to->last_doubt = doubt;
	to->last_doubt = &doubt->next;
}

/* Does it ask for what was written on the way, and so perhaps for what cannot be? */
static bool asks_for_written(const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		if (region->constraints[i].version)
			return true;
	}
	return false;
}

/* What a packet is most often, as far as those of the region are: a sample is easier to read. */
static const struct region *usual_part(struct collecting *to, const struct region *region)
{
	static const struct {
		uint32_t variable;
		wide low, high;
	} usual[] = {
		{ VAR_PROTOCOL, IPPROTO_TCP, IPPROTO_TCP },
		{ VAR_FRAGMENT, 0, 0 },
		{ VAR_SPORT, 49152, 65535 },
		{ VAR_DPORT, 443, 443 },
		{ VAR_ICMP, 8 << 8, 8 << 8 },
		{ VAR_FLAGS, 0x02, 0x02 },
		{ VAR_FLAGS, 0x10, 0x10 },
		{ VAR_STATE, CT_NEW, CT_NEW },
		{ VAR_STATE, CT_ESTABLISHED, CT_ESTABLISHED },
		{ VAR_STATE, CT_RELATED, CT_RELATED },
	};
	/* 203.0.113.10 and 198.51.100.10, 2001:db8:1::10 and 2001:db8:2::10 */
	bool v6 = to->alignment->family == FAMILY_IPV6;
	const wide addresses[] = {
		v6 ? ((wide)0x20010db80001u << 80) + 0x10 : 0xcb00710au,
		v6 ? ((wide)0x20010db80002u << 80) + 0x10 : 0xc633640au,
	};
	struct scratch *scratch = scratch_new();
	const struct region *part = region;

	for (size_t i = 0; i < 2 + sizeof(usual) / sizeof(*usual); i++) {
		uint32_t variable = i < 2 ? VAR_SRC + (uint32_t)i : usual[i - 2].variable;
		wide low = i < 2 ? addresses[i] : usual[i - 2].low;
		wide high = i < 2 ? addresses[i] : usual[i - 2].high;
		const struct region *narrower =
			region_with(scratch, part, variable, 0, set_range(scratch, low, high));

		if (narrower)
			part = narrower;
	}
	part = region_copy(to->keep, part);
	scratch_free(scratch);
	return part;
}

static void note_packet(struct collecting *to, const struct region *region)
{
	const struct difference *difference = to->difference;
	struct change *change = arena_new_object(to->arena, struct change);

	change->kind = difference->kind;
	memcpy(change->decisions, difference->decisions, sizeof(change->decisions));
	memcpy(change->effects, difference->effects, sizeof(change->effects));
	change->packet = usual_part(to, region);
	change->sample = sample_of_region(to->arena, to->alignment->space, change->packet);
	to->to->changes[difference->kind] = change;
}

static bool add_piece(void *context, const struct region *piece)
{
	struct collecting *to = context;
	enum change_kind kind = to->difference->kind;

	if (to->difference->is_doubtful || asks_for_written(piece)) {
		if (!to->has_doubt)
			add_doubt(to, region_copy(to->keep, piece), NULL);
		to->has_doubt = true;
		return !to->difference->is_doubtful;
	}
	to->has_box = true;
	if (!to->to->changes[kind])
		note_packet(to, region_copy(to->keep, piece));
	if (to->boxes[kind].n == BOXES_KEPT) {
		to->to->changes[kind]->n_more++;
		return true;
	}
	boxes_add(&to->boxes[kind], region_copy(to->keep, piece), false);
	return true;
}

static bool take_packet(void *context, const struct region *piece)
{
	struct collecting *to = context;

	if (asks_for_written(piece))
		return true;
	to->has_packet = true;
	if (!to->to->changes[to->difference->kind])
		note_packet(to, region_copy(to->keep, piece));
	return false;
}

/* Where too much was taken away to cut all of it off: few of that is near a single packet. */
static void look_for_packet(struct collecting *to)
{
	const struct difference *difference = to->difference;

	for (uint64_t i = 0; i < PROBES && !to->has_packet && !difference->is_doubtful; i++) {
		struct scratch_mark mark = scratch_mark(to->scratch);
		const struct region *packet = usual_part(to, difference->region);
		uint64_t steps = STEPS_PROBE;

		for (uint32_t variable = VAR_SRC; variable <= VAR_DST && i; variable++) {
			const struct set *set = region_get(difference->region, variable, 0);
			wide value =
				set_pick(set ? set : space_domain(to->alignment->space, variable),
					 i * 2 + variable + 2);
			const struct region *part =
				region_with(to->scratch, difference->region, variable, 0,
					    set_range(to->scratch, value, value));

			packet = usual_part(to, part ? part : difference->region);
		}
		rest_pieces(to->scratch, to->alignment->space, packet, difference->taken, &steps,
			    take_packet, to);
		scratch_release(to->scratch, mark);
	}
}

static void add_difference(void *context, const struct difference *difference)
{
	struct collecting *to = context;
	uint64_t steps = to->steps_left < STEPS_DIFFERENCE ? to->steps_left : STEPS_DIFFERENCE;
	uint64_t given = steps;
	enum rest_end end;

	to->difference = difference;
	to->has_doubt = to->has_box = to->has_packet = false;
	end = rest_pieces(to->scratch, to->alignment->space, difference->region, difference->taken,
			  &steps, add_piece, to);
	to->steps_left -= given - steps;
	if (end != REST_UNKNOWN)
		return;
	if (!to->has_box && !to->has_doubt)
		look_for_packet(to);
	/* one packet of a kind is enough to know of it */
	if (to->has_packet)
		boxes_add(&to->boxes[difference->kind], region_copy(to->keep, difference->region),
			  true);
	if (to->has_box || to->has_packet)
		to->to->changes[difference->kind]->is_more = true;
	else if (!to->has_doubt)
		add_doubt(to, region_copy(to->keep, difference->region), NULL);
}

static bool is_changed(const struct chain_changes *chain)
{
	for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++) {
		if (chain->changes[kind])
			return true;
	}
	return chain->n_doubts || chain->policy_changed;
}

static void finish_boxes(struct collecting *collecting)
{
	for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++) {
		struct change *change = collecting->to->changes[kind];
		struct boxes *boxes = &collecting->boxes[kind];

		if (change) {
			boxes_merge(boxes, collecting->keep, collecting->alignment->space);
			boxes_sort(boxes, collecting->alignment->space);
			change->n_boxes = boxes->n < BOXES_SHOWN ? boxes->n : BOXES_SHOWN;
			change->n_more += boxes->n - change->n_boxes;
			memcpy(change->boxes, boxes->list,
			       change->n_boxes * sizeof(*change->boxes));
		}
		free(boxes->list);
	}
}

static struct chain_changes *compare_chain(struct arena *arena, const struct alignment *alignment,
					   const struct pair *pair)
{
	struct chain_changes *chain = arena_new_object(arena, struct chain_changes);
	struct collecting collecting = {
		.arena = arena,
		.alignment = alignment,
		.keep = scratch_new_in(arena),
		.scratch = scratch_new(),
		.to = chain,
		.last_doubt = &chain->doubts,
		.steps_left = STEPS_ALL,
	};
	struct walk *walk = walk_new(arena, alignment, add_difference, &collecting);

	chain->pair = pair;
	chain->policy_changed =
		pair->chains[SIDE_OLD]->chain->policy != pair->chains[SIDE_NEW]->chain->policy;
	for (const struct given_up *each = walk_chain(walk, pair); each; each = each->next) {
		collecting.difference = NULL;
		add_doubt(&collecting, NULL, each);
	}
	finish_boxes(&collecting);
	scratch_free(collecting.scratch);
	return chain;
}

struct table_changes *compare_tables(struct arena *arena, unsigned backends,
				     const struct compared compared[N_SIDES])
{
	struct table_changes *changes = arena_new_object(arena, struct table_changes);
	struct alignment *alignment = alignment_new(arena, backends, compared);
	struct chain_changes **last = &changes->chains;
	struct scratch *keep = scratch_new_in(arena);

	changes->id = compared[SIDE_OLD].table->id;
	changes->alignment = alignment;
	for (uint32_t i = 0; i < alignment->n_old; i++) {
		const struct chain *chain = alignment->flow->chains[i].chain;
		struct chain_changes *compared_chain;

		if (chain->hook == HOOK_NONE)
			continue;
		changes->hooks[chain->hook] =
			hook_region(keep, alignment->space, changes->id, (enum hook)chain->hook);
		if (alignment->pairs[i]->last_change == RANK_NONE)
			continue;
		compared_chain = compare_chain(arena, alignment, alignment->pairs[i]);
		if (!is_changed(compared_chain))
			continue;
		*last = compared_chain;
		last = &compared_chain->next;
	}
	return changes;
}

static void note_result(struct comparison *comparison, const struct table_changes *table)
{
	for (const struct chain_changes *each = table->chains; each; each = each->next) {
		comparison->is_decided &= !each->n_doubts;
		comparison->is_changed |= each->policy_changed;
		for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++)
			comparison->is_changed |= each->changes[kind] != NULL;
	}
}

static const struct ruleset *ruleset_of(const struct unit *unit, unsigned backends)
{
	return backends & BACKEND_LEGACY ? unit->legacy : unit->nft;
}

static struct comparison *compare_rulesets(struct arena *arena, unsigned backends,
					   const struct unit *const units[N_SIDES])
{
	struct comparison *comparison = arena_new_object(arena, struct comparison);
	struct table_changes **last = &comparison->tables;

	memcpy(comparison->units, units, sizeof(comparison->units));
	comparison->backends = backends;
	comparison->is_decided = true;
	for (int id = 0; id < TABLE_COUNT; id++) {
		struct compared compared[N_SIDES];
		struct table_changes *table;

		for (unsigned side = 0; side < N_SIDES; side++) {
			compared[side].unit = units[side];
			compared[side].table = &ruleset_of(units[side], backends)->tables[id];
		}
		table = compare_tables(arena, backends, compared);
		if (!table->chains)
			continue;
		note_result(comparison, table);
		*last = table;
		last = &table->next;
	}
	return comparison;
}

static unsigned loading(const struct unit *unit)
{
	return unit->options.tools.backends & ~unit->refused_by;
}

struct comparison *compare_units(struct arena *arena, const struct unit *const units[N_SIDES])
{
	unsigned backends = loading(units[SIDE_OLD]) & loading(units[SIDE_NEW]);
	struct comparison *first = NULL, **last = &first;

	if (backends == BACKEND_BOTH && units[SIDE_OLD]->legacy == units[SIDE_OLD]->nft &&
	    units[SIDE_NEW]->legacy == units[SIDE_NEW]->nft)
		return compare_rulesets(arena, backends, units);
	for (unsigned backend = BACKEND_LEGACY; backend <= BACKEND_NFT; backend <<= 1) {
		if (!(backends & backend))
			continue;
		*last = compare_rulesets(arena, backend, units);
		last = &(*last)->next;
	}
	return first;
}

const char *decision_text(const struct decision *decision)
{
	const struct rule *rule = decision->rule;
	const char *text;

	if (!rule)
		return verdict_name((enum verdict)decision->chain->chain->policy);
	if (rule->unbound || rule->target_kind != TARGET_EXTENSION)
		return rule->target_kind == TARGET_VERDICT
			       ? verdict_name((enum verdict)rule->verdict)
			       : "unknown";
	text = rule->to.extension->text;
	return strncmp(text, " -j ", 4) ? text : text + 4;
}
