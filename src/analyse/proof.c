/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First a few single packets (probe.c): one that no rule takes is the witness, and a
 * rule that takes the whole region is found on the way.  Only if both fail, all rules
 * that take some of the region are gathered (gather.c), and the region is cut along
 * their edges until every piece lies inside a rule, or one is left that no rule
 * touches.
 */
#include "analyse/proof.h"

#include <string.h>

#include "analyse/prover.h"

#define PROBES	      16
#define STEPS	      2000000u /* for one question */
#define STEPS_AT_END  1000u    /* the same, after all that there were for the table */
#define VISITS	      400000u  /* rules that probes look at for one question */
#define VISITS_AT_END 4000u    /* the same, after all that there were for the table */
#define MINIMIZE_MAX  16       /* sets of more rules are not made minimal */

/* A piece of the region and the items that may touch it. */
struct piece {
	const struct region *region;
	const uint32_t *items;
	uint32_t n;
	struct piece *next;
};

struct cutting {
	struct prover *prover;
	struct scratch *scratch;
	struct items *items;
	struct piece *open;
	/* while one piece is cut */
	const uint32_t *touching;
	uint32_t n_touching;
};

static void add_piece(void *context, const struct region *region)
{
	struct cutting *cutting = context;
	struct piece *piece = scratch_alloc(cutting->scratch, sizeof(*piece));

	*piece = (struct piece){ region, cutting->touching, cutting->n_touching, cutting->open };
	cutting->open = piece;
}

/* Does the item take none of the piece? */
static bool is_useless(const struct item *item, const struct region *piece)
{
	if (item->is_off || !region_overlaps(item->region, piece))
		return true;
	for (const struct exclusion *each = item->exclusions; each; each = each->next) {
		if (region_contains(each->region, piece))
			return true;
	}
	return false;
}

static bool takes_all(const struct item *item, const struct region *piece)
{
	if (!region_contains(item->region, piece))
		return false;
	for (const struct exclusion *each = item->exclusions; each; each = each->next) {
		if (region_overlaps(each->region, piece))
			return false;
	}
	return true;
}

/* The one with the fewest edges inside the piece, and of these the one that takes most. */
static struct item *choose(struct cutting *cutting, const struct region *piece)
{
	struct item *best = NULL;
	unsigned best_cuts = 0;
	double best_share = 0;

	for (uint32_t i = 0; i < cutting->n_touching; i++) {
		struct item *item = &cutting->items->list[cutting->touching[i]];
		unsigned cuts;
		double share;

		if (cutting->items->steps_left)
			cutting->items->steps_left--;
		share = region_share(cutting->scratch, cutting->prover->space, item->region, piece,
				     &cuts);

		if (item->exclusions)
			cuts += 1;
		if (!best || cuts < best_cuts || (cuts == best_cuts && share > best_share)) {
			best = item;
			best_cuts = cuts;
			best_share = share;
		}
	}
	return best;
}

static void cut(struct cutting *cutting, const struct region *piece, struct item *by)
{
	const struct region *inside = region_intersect(cutting->scratch, piece, by->region);

	by->is_used = true;
	region_subtract(cutting->scratch, cutting->prover->space, piece, by->region, add_piece,
			cutting);
	for (const struct exclusion *each = by->exclusions; each; each = each->next) {
		const struct region *left =
			region_overlaps(each->region, inside)
				? region_intersect(cutting->scratch, inside, each->region)
				: NULL;

		if (left)
			add_piece(cutting, left);
	}
}

/* Looks at one piece: what touches it goes to cutting->touching.  Returns an item that takes
 * all of it, or NULL. */
static struct item *touch(struct cutting *cutting, const struct piece *piece)
{
	uint32_t *touching = scratch_alloc(cutting->scratch, piece->n * sizeof(*touching));

	cutting->touching = touching;
	cutting->n_touching = 0;
	for (uint32_t i = 0; i < piece->n && cutting->items->steps_left; i++) {
		struct item *item = &cutting->items->list[piece->items[i]];

		cutting->items->steps_left--;
		if (is_useless(item, piece->region))
			continue;
		if (takes_all(item, piece->region))
			return item;
		touching[cutting->n_touching++] = piece->items[i];
	}
	return NULL;
}

/* Are all packets of REGION taken by the items?  Parts that are not go to REST; the search
 * ends when that is full. */
static enum proved cover(struct prover *prover, struct scratch *scratch, struct items *items,
			 const struct region *region, struct rest *rest)
{
	struct cutting cutting = { .prover = prover, .scratch = scratch, .items = items };
	uint32_t *all = scratch_alloc(scratch, items->n * sizeof(*all));

	for (uint32_t i = 0; i < items->n; i++) {
		all[i] = i;
		items->list[i].is_used = false;
	}
	cutting.touching = all;
	cutting.n_touching = items->n;
	add_piece(&cutting, region);
	while (cutting.open) {
		struct piece *piece = cutting.open;
		struct item *item;

		cutting.open = piece->next;
		item = touch(&cutting, piece);
		if (!items->steps_left)
			return PROVED_UNKNOWN;
		if (item) {
			item->is_used = true;
		} else if (!cutting.n_touching) {
			rest->list[rest->n++] = piece->region;
			if (rest->n == rest->max)
				return PROVED_ALIVE;
		} else {
			cut(&cutting, piece->region, choose(&cutting, piece->region));
		}
	}
	return rest->n ? PROVED_ALIVE : PROVED_COVERED;
}

/* ---- which rules do it ---- */

static void add_cover(struct proof *proof, const struct cover *cover)
{
	for (unsigned i = 0; i < proof->n_covers && i < COVERS_MAX; i++) {
		if (proof->covers[i].walk == cover->walk &&
		    proof->covers[i].position == cover->position)
			return;
	}
	if (proof->n_covers < COVERS_MAX)
		proof->covers[proof->n_covers] = *cover;
	proof->n_covers++;
}

static void list_covers(const struct items *items, struct proof *proof)
{
	proof->n_covers = 0;
	for (uint32_t i = 0; i < items->n; i++) {
		if (items->list[i].is_used)
			add_cover(proof, &items->list[i].cover);
	}
}

static void switch_rule(struct items *items, const struct cover *cover, bool off)
{
	for (uint32_t i = 0; i < items->n; i++) {
		if (items->list[i].cover.walk == cover->walk &&
		    items->list[i].cover.position == cover->position)
			items->list[i].is_off = off;
	}
}

/* Takes out of the covers, one after the other, those without which it still holds. */
static void minimize(struct prover *prover, struct scratch *scratch, struct items *items,
		     const struct region *region, struct proof *proof)
{
	struct cover tried[MINIMIZE_MAX];
	unsigned n = proof->n_covers;

	if (n > MINIMIZE_MAX)
		return;
	proof->is_minimal = true;
	memcpy(tried, proof->covers, n * sizeof(tried[0]));
	for (uint32_t i = 0; i < items->n; i++)
		items->list[i].is_off = !items->list[i].is_used;
	/* from the last one: what stands first is what people read first */
	while (n-- > 0) {
		struct scratch_mark mark = scratch_mark(scratch);
		struct rest rest = { .max = 1 };

		switch_rule(items, &tried[n], true);
		if (cover(prover, scratch, items, region, &rest) == PROVED_COVERED)
			list_covers(items, proof);
		else
			switch_rule(items, &tried[n], false);
		scratch_release(scratch, mark);
	}
	/* what is still on is what is needed */
	for (uint32_t i = 0; i < items->n; i++)
		items->list[i].is_used = !items->list[i].is_off;
	list_covers(items, proof);
}

/* ---- the question ---- */

static bool try_probes(struct prover *prover, struct scratch *scratch, const struct region *region,
		       const struct passed *passed, unsigned n, struct proof *proof)
{
	for (unsigned choice = 0; choice < PROBES; choice++) {
		struct scratch_mark mark = scratch_mark(scratch);
		bool is_covered = false;
		uint32_t next = NO_COVER;
		struct probe probe;

		probe_make(&probe, prover, scratch, region, choice);
		for (unsigned i = 0; i < n && !(is_covered && choice); i++) {
			struct probed probed =
				probe_walk(&probe, passed[i].frame, passed[i].limit, choice == 0);

			is_covered |= probed.is_covered;
			if (i == 0)
				next = probed.next;
			if (probed.whole != NO_COVER) {
				proof->answer = PROVED_COVERED;
				proof->n_covers = 1;
				proof->is_minimal = true;
				proof->covers[0] = (struct cover){ i, probed.whole };
				scratch_release(scratch, mark);
				return true;
			}
		}
		scratch_release(scratch, mark);
		if (!prover->visits)
			return false;
		if (!is_covered) {
			proof->answer = PROVED_ALIVE;
			proof->witness = region;
			proof->choice = choice;
			proof->next = next;
			return true;
		}
	}
	return false;
}

static uint64_t allowance(const struct prover *prover)
{
	return prover->budget > STEPS	       ? STEPS
	       : prover->budget > STEPS_AT_END ? prover->budget
					       : STEPS_AT_END;
}

void prover_allow_visits(struct prover *prover)
{
	uint64_t used = prover->visits_given - prover->visits;

	prover->visits_of_all -= used < prover->visits_of_all ? used : prover->visits_of_all;
	prover->visits = prover->visits_of_all > VISITS_AT_END ? VISITS : VISITS_AT_END;
	prover->visits_given = prover->visits;
}

static void spend(struct prover *prover, uint64_t given, const struct items *items)
{
	uint64_t spent = given - items->steps_left;

	prover->stats.steps += spent;
	prover->budget -= spent < prover->budget ? spent : prover->budget;
}

void prove(struct prover *prover, struct scratch *scratch, const struct region *region,
	   const struct passed *passed, unsigned n, bool with_covers, struct proof *proof)
{
	uint64_t given = allowance(prover);
	struct items items = { .steps_left = given };
	struct rest rest = { .max = 1 };

	memset(proof, 0, offsetof(struct proof, covers));
	proof->next = n ? passed[0].limit + 1 : 0;
	prover->stats.asked++;
	prover_allow_visits(prover);
	if (try_probes(prover, scratch, region, passed, n, proof)) {
		prover->stats.by_probe++;
		return;
	}
	/* where single packets take so long, pieces of a region would take longer */
	if (!prover->visits)
		items.steps_left = 0;
	for (unsigned i = 0; i < n && items.steps_left; i++)
		gather(prover, scratch, &items, region, passed[i].frame, passed[i].limit, i);
	proof->answer =
		items.steps_left ? cover(prover, scratch, &items, region, &rest) : PROVED_UNKNOWN;
	proof->witness = rest.list[0];
	if (proof->answer == PROVED_COVERED) {
		list_covers(&items, proof);
		if (with_covers)
			minimize(prover, scratch, &items, region, proof);
	}
	if (proof->answer == PROVED_UNKNOWN)
		prover->stats.unknown++;
	else
		prover->stats.exact++;
	spend(prover, given, &items);
	items_free(&items);
}

wide proof_packet(struct prover *prover, const struct proof *proof, uint32_t variable,
		  uint64_t version)
{
	struct scratch *scratch = scratch_new();
	struct probe probe;
	wide value;

	probe_make(&probe, prover, scratch, proof->witness, proof->choice);
	value = probe_value(&probe, variable, version);
	scratch_free(scratch);
	return value;
}

bool prove_ends(struct prover *prover, struct scratch *scratch, const struct region *region,
		const struct frame *frame)
{
	struct rest rest = { .max = 1 };
	struct probe probe;

	if (!prover->visits)
		prover_allow_visits(prover);
	probe_make(&probe, prover, scratch, region, 0);
	return probe_ends(&probe, frame) &&
	       find_rest(prover, scratch, region, frame, &rest) == PROVED_COVERED;
}

enum proved find_rest(struct prover *prover, struct scratch *scratch, const struct region *region,
		      const struct frame *frame, struct rest *rest)
{
	uint64_t given = allowance(prover);
	struct items items = { .steps_left = given };
	enum proved answer = PROVED_UNKNOWN;

	gather_ends(prover, scratch, &items, region, frame);
	if (items.steps_left)
		answer = cover(prover, scratch, &items, region, rest);
	spend(prover, given, &items);
	items_free(&items);
	return answer;
}
