/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains belong together that have one name, or else the same rules.  Rules are aligned as
 * a text diff does it: those of which each ruleset has one, as many as keep their order, and
 * what is alike beside them.
 */
#include "compare/align.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/facts.h"
#include "base/alloc.h"
#include "base/fnv.h"
#include "bind/trust.h"
#include "compare/recent.h"

/* ---- one table ---- */

static void copy_entries(struct arena *arena, struct chain *to, const struct chain *from,
			 struct chain *const *copies)
{
	struct entry **last = &to->first;

	*last = NULL;
	for_each_entry (entry, from) {
		struct entry *copy = arena_new_object(arena, struct entry);

		copy->rule = entry->rule;
		copy->to = entry->to ? copies[entry->to->index] : NULL;
		*last = copy;
		last = &copy->next;
	}
	to->last = last;
}

/* The chains of TABLE from number FIRST on; what a host has in front of them is the same for
 * both. */
static void add_chains(struct arena *arena, struct table *to, uint32_t first,
		       const struct table *table)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *copy = arena_memdup(arena, table->chains[i], sizeof(*copy));

		copy->index = first + i;
		copy->host_rules = HOST_RULES_NONE;
		to->chains[first + i] = copy;
	}
	for (uint32_t i = 0; i < table->n_chains; i++)
		copy_entries(arena, to->chains[first + i], table->chains[i], to->chains + first);
}

static const struct table *join_tables(struct arena *arena, const struct table *old,
				       const struct table *new)
{
	struct table *table = arena_memdup(arena, old, sizeof(*table));

	table->n_chains = old->n_chains + new->n_chains;
	table->chains = arena_alloc(arena, (table->n_chains + 1) * sizeof(struct chain *));
	add_chains(arena, table, 0, old);
	add_chains(arena, table, old->n_chains, new);
	return table;
}

/* ---- equal rules ---- */

static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	return fnv_bytes(hash, data, len);
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	return text ? mix(hash, text, strlen(text) + 1) : mix(hash, "\1", 1);
}

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
	return mix(hash, &number, sizeof(number));
}

static const char *interface(const char *name)
{
	return name && strcmp(name, "+") != 0 ? name : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_prefix(const struct prefix *a, const struct prefix *b)
{
	return a == b || (a && b && prefix_equal(a, b));
}

static bool is_comment(const struct match *match)
{
	return !strcmp(match->real_name, "comment");
}

static const struct match *without_comments(const struct match *match)
{
	while (match && is_comment(match))
		match = match->next;
	return match;
}

/* The text alone is not enough: there are matches that are saved as another one. */
static bool matches_alike(const struct alignment *alignment, const struct match *a,
			  const struct match *b)
{
	return a->revision == b->revision && !strcmp(a->real_name, b->real_name) &&
	       a->undecided == b->undecided && !strcmp(a->text, b->text) &&
	       a->data_size == b->data_size && !trust_differing_bytes(alignment->family, a, b);
}

bool targets_alike(const struct target *a, const struct target *b)
{
	return a == b ||
	       (a->undecided == b->undecided && !strcmp(a->text, b->text) && target_equal(a, b));
}

static bool conditions_alike(const struct alignment *alignment, const struct rule *a,
			     const struct rule *b)
{
	const struct match *left = without_comments(a->matches);
	const struct match *right = without_comments(b->matches);

	if (a->protocol != b->protocol || a->inverted != b->inverted ||
	    a->fragment != b->fragment || !same_text(interface(a->in), interface(b->in)) ||
	    !same_text(interface(a->out), interface(b->out)) || !same_prefix(a->src, b->src) ||
	    !same_prefix(a->dst, b->dst))
		return false;
	while (left && right && matches_alike(alignment, left, right)) {
		left = without_comments(left->next);
		right = without_comments(right->next);
	}
	return !left && !right;
}

static uint64_t mix_prefix(uint64_t hash, const struct prefix *prefix)
{
	if (!prefix)
		return mix(hash, "\1", 1);
	if (prefix_host(prefix))
		return mix_text(hash, prefix_host(prefix));
	hash = mix(hash, &prefix->address, sizeof(prefix->address));
	return mix(hash, prefix->mask, sizeof(*prefix->mask));
}

/* All but the chain that it calls. */
static uint64_t hash_rule(const struct rule *rule)
{
	uint64_t hash = FNV_BASIS;

	hash = mix_number(hash, rule->protocol | (uint64_t)rule->inverted << 16 |
					(uint64_t)rule->target_kind << 24 |
					(uint64_t)rule->fragment << 32 |
					(uint64_t)rule->unbound << 33);
	hash = mix_prefix(mix_prefix(hash, rule->src), rule->dst);
	hash = mix_text(mix_text(hash, interface(rule->in)), interface(rule->out));
	for (const struct match *match = without_comments(rule->matches); match;
	     match = without_comments(match->next))
		hash = mix_text(mix_text(hash, match->real_name), match->text);
	if (rule->target_kind == TARGET_VERDICT)
		hash = mix_number(hash, rule->verdict);
	else if (rule->target_kind == TARGET_EXTENSION)
		hash = mix_text(hash, rule->to.extension->text);
	return hash ^ hash >> 31;
}

/* ---- aligning two chains ---- */

struct aligner {
	struct alignment *alignment;
	const struct chain_flow *chains[N_SIDES];
	uint64_t *keys[N_SIDES];
	uint32_t *found[N_SIDES]; /* positions that are aligned */
	uint32_t n;
};

static const struct pair *pair_called(const struct alignment *alignment,
				      const struct chain_flow *chain, uint32_t position)
{
	const struct chain_flow *callee = flow_jump(chain, position);

	return callee ? alignment->pairs[callee->number] : NULL;
}

/* Of two rules that could not be read.  In a script the same words may stand for others. */
static bool same_words(const struct alignment *alignment, const struct rule *a,
		       const struct rule *b)
{
	const struct unit *const *units = alignment->units;
	const struct source *old = units[SIDE_OLD]->source, *new = units[SIDE_NEW]->source;
	struct span left = a->origin->spec_span, right = b->origin->spec_span;

	if ((units[SIDE_OLD]->is_script || units[SIDE_NEW]->is_script) &&
	    (left.start != right.start || old->len != new->len ||
	     memcmp(old->bytes, new->bytes, old->len) != 0))
		return false;
	return left.end - left.start == right.end - right.start &&
	       memcmp(old->bytes + left.start, new->bytes + right.start, right.end - right.start) ==
		       0;
}

static bool rules_alike(const struct aligner *aligner, uint32_t i, uint32_t j)
{
	const struct rule *a = flow_rule(aligner->chains[SIDE_OLD], i);
	const struct rule *b = flow_rule(aligner->chains[SIDE_NEW], j);

	if (aligner->keys[SIDE_OLD][i] != aligner->keys[SIDE_NEW][j] || a->unbound != b->unbound ||
	    a->target_kind != b->target_kind)
		return false;
	if (a->unbound)
		return same_words(aligner->alignment, a, b);
	if (!conditions_alike(aligner->alignment, a, b))
		return false;
	switch ((enum target_kind)a->target_kind) {
	case TARGET_NONE:
		return true;
	case TARGET_VERDICT:
		return a->verdict == b->verdict;
	case TARGET_EXTENSION:
		return targets_alike(a->to.extension, b->to.extension);
	case TARGET_JUMP:
	case TARGET_GOTO:
		break;
	}
	return pair_called(aligner->alignment, aligner->chains[SIDE_OLD], i) &&
	       pair_called(aligner->alignment, aligner->chains[SIDE_OLD], i) ==
		       pair_called(aligner->alignment, aligner->chains[SIDE_NEW], j);
}

static void align(struct aligner *aligner, uint32_t i, uint32_t j)
{
	aligner->found[SIDE_OLD][aligner->n] = i;
	aligner->found[SIDE_NEW][aligner->n++] = j;
}

struct keyed {
	uint64_t key;
	uint32_t position;
	uint8_t side;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

struct twin {
	uint32_t old, new;
	uint32_t before; /* number of the twin before it in the longest row, + 1 */
};

static int by_old(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;

	return (x->old > y->old) - (x->old < y->old);
}

/* Rules in the ranges of which each side has one. */
static uint32_t find_twins(const struct aligner *aligner, const uint32_t from[N_SIDES],
			   const uint32_t to[N_SIDES], struct twin *twins)
{
	uint32_t size = to[SIDE_OLD] - from[SIDE_OLD] + to[SIDE_NEW] - from[SIDE_NEW];
	struct keyed *all = alloc_zeroed((size + 1) * sizeof(*all));
	uint32_t n = 0, n_twins = 0;

	for (unsigned side = 0; side < N_SIDES; side++) {
		for (uint32_t i = from[side]; i < to[side]; i++)
			all[n++] = (struct keyed){ aligner->keys[side][i], i, (uint8_t)side };
	}
	qsort(all, n, sizeof(*all), by_key);
	for (uint32_t i = 0; i < n;) {
		uint32_t end = i + 1;

		while (end < n && all[end].key == all[i].key)
			end++;
		if (end == i + 2 && all[i].side != all[i + 1].side &&
		    rules_alike(aligner, all[i].position, all[i + 1].position))
			twins[n_twins++] = (struct twin){ all[i].position, all[i + 1].position, 0 };
		i = end;
	}
	free(all);
	qsort(twins, n_twins, sizeof(*twins), by_old);
	return n_twins;
}

/* The longest row of twins in which the new positions rise; their numbers go to ROW. */
static uint32_t longest_row(struct twin *twins, uint32_t n, uint32_t *row)
{
	uint32_t *ends = alloc_zeroed((n + 1) * sizeof(*ends));
	uint32_t length = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t low = 0, high = length;

		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (twins[ends[middle]].new < twins[i].new)
				low = middle + 1;
			else
				high = middle;
		}
		twins[i].before = low ? ends[low - 1] + 1 : 0;
		ends[low] = i;
		if (low == length)
			length++;
	}
	if (length) {
		uint32_t at = ends[length - 1];

		for (uint32_t i = length; i-- > 0; at = twins[at].before - 1)
			row[i] = at;
	}
	free(ends);
	return length;
}

/* Between two aligned rules: what is alike behind the first and before the second. */
static void align_gap(struct aligner *aligner, uint32_t i, uint32_t j, uint32_t i_end,
		      uint32_t j_end)
{
	uint32_t tail = 0;

	while (i < i_end && j < j_end && rules_alike(aligner, i, j))
		align(aligner, i++, j++);
	while (i + tail < i_end && j + tail < j_end &&
	       rules_alike(aligner, i_end - tail - 1, j_end - tail - 1))
		tail++;
	for (; tail; tail--)
		align(aligner, i_end - tail, j_end - tail);
}

static void align_chains(struct aligner *aligner)
{
	uint32_t from[N_SIDES] = { 0, 0 };
	uint32_t to[N_SIDES] = { aligner->chains[SIDE_OLD]->n, aligner->chains[SIDE_NEW]->n };
	uint32_t smaller = to[SIDE_OLD] < to[SIDE_NEW] ? to[SIDE_OLD] : to[SIDE_NEW];
	uint32_t tail = 0, n, length;
	struct twin *twins;
	uint32_t *row;

	while (from[SIDE_OLD] < smaller && rules_alike(aligner, from[SIDE_OLD], from[SIDE_NEW])) {
		align(aligner, from[SIDE_OLD], from[SIDE_NEW]);
		from[SIDE_OLD]++;
		from[SIDE_NEW]++;
	}
	while (tail < smaller - from[SIDE_OLD] &&
	       rules_alike(aligner, to[SIDE_OLD] - 1, to[SIDE_NEW] - 1)) {
		to[SIDE_OLD]--;
		to[SIDE_NEW]--;
		tail++;
	}
	twins = alloc_zeroed((smaller + 1) * sizeof(*twins));
	row = alloc_zeroed((smaller + 1) * sizeof(*row));
	n = find_twins(aligner, from, to, twins);
	length = longest_row(twins, n, row);
	for (uint32_t i = 0; i < length; i++) {
		const struct twin *twin = &twins[row[i]];

		align_gap(aligner, from[SIDE_OLD], from[SIDE_NEW], twin->old, twin->new);
		align(aligner, twin->old, twin->new);
		from[SIDE_OLD] = twin->old + 1;
		from[SIDE_NEW] = twin->new + 1;
	}
	align_gap(aligner, from[SIDE_OLD], from[SIDE_NEW], to[SIDE_OLD], to[SIDE_NEW]);
	for (uint32_t i = 0; i < tail; i++)
		align(aligner, to[SIDE_OLD] + i, to[SIDE_NEW] + i);
	free(twins);
	free(row);
}

/* ---- pairs ---- */

/* Of the rules of a chain, with what they call: a pair, or the rules of that chain. */
static void make_keys(const struct alignment *alignment, const struct chain_flow *chain,
		      const uint64_t *contents, uint64_t *keys)
{
	for (uint32_t i = 0; i < chain->n; i++) {
		const struct chain_flow *callee = flow_jump(chain, i);
		const struct pair *pair = callee ? alignment->pairs[callee->number] : NULL;

		keys[i] = hash_rule(flow_rule(chain, i));
		if (pair)
			keys[i] = mix_number(keys[i], pair->chains[SIDE_OLD]->number);
		else if (callee && contents)
			keys[i] = mix_number(keys[i], contents[callee->number]);
		else if (callee) /* nothing is aligned with it */
			keys[i] = mix_number(keys[i], UINT32_MAX + (uint64_t)callee->number);
	}
}

static void pair_up(struct alignment *alignment, const struct chain_flow *old,
		    const struct chain_flow *new)
{
	struct pair *pair = arena_new_object(alignment->arena, struct pair);

	pair->chains[SIDE_OLD] = old;
	pair->chains[SIDE_NEW] = new;
	alignment->pairs[old->number] = pair;
	alignment->pairs[new->number] = pair;
}

static const char *name_of(const struct alignment *alignment, uint32_t number)
{
	return alignment->flow->chains[number].chain->name;
}

struct named {
	const char *name;
	uint32_t number;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* A built-in chain and a user-defined one never have one name. */
static void pair_by_name(struct alignment *alignment)
{
	uint32_t n_new = alignment->flow->n - alignment->n_old;
	struct named *names = alloc_zeroed((n_new + 1) * sizeof(*names));

	for (uint32_t i = 0; i < n_new; i++)
		names[i] = (struct named){ name_of(alignment, alignment->n_old + i),
					   alignment->n_old + i };
	qsort(names, n_new, sizeof(*names), by_name);
	for (uint32_t i = 0; i < alignment->n_old; i++) {
		struct named wanted = { name_of(alignment, i), 0 };
		const struct named *found = bsearch(&wanted, names, n_new, sizeof(*names), by_name);

		if (found)
			pair_up(alignment, &alignment->flow->chains[i],
				&alignment->flow->chains[found->number]);
	}
	free(names);
}

/* What the rules of each chain are, down through those that it calls and that have no pair. */
static uint64_t *hash_contents(const struct alignment *alignment)
{
	const struct flow *flow = alignment->flow;
	uint64_t *contents = alloc_zeroed((flow->n + 1) * sizeof(*contents));

	for (uint32_t i = flow->n; i-- > 0;) {
		const struct chain_flow *chain = flow->order[i];
		uint64_t *keys = alloc_zeroed((chain->n + 1) * sizeof(*keys));

		make_keys(alignment, chain, contents, keys);
		contents[chain->number] = mix(FNV_BASIS, keys, chain->n * sizeof(*keys));
		free(keys);
	}
	return contents;
}

/* Chains that were renamed: callers first, so that of equal ones the first are paired. */
static void pair_by_content(struct alignment *alignment)
{
	const struct flow *flow = alignment->flow;
	uint64_t *contents = hash_contents(alignment);
	struct keyed *all = alloc_zeroed((flow->n + 1) * sizeof(*all));
	uint32_t n = 0;

	for (uint32_t i = 0; i < flow->n; i++) {
		if (!alignment->pairs[i] && flow->chains[i].chain->hook == HOOK_NONE)
			all[n++] = (struct keyed){ contents[i], i,
						   (uint8_t)side_of(alignment, &flow->chains[i]) };
	}
	qsort(all, n, sizeof(*all), by_key);
	for (uint32_t i = 0; i < n;) {
		uint32_t middle = i, end, next;

		while (middle < n && all[middle].key == all[i].key && all[middle].side == SIDE_OLD)
			middle++;
		for (end = middle; end < n && all[end].key == all[i].key;)
			end++;
		for (next = middle; i < middle && next < end; i++, next++)
			pair_up(alignment, &flow->chains[all[i].position],
				&flow->chains[all[next].position]);
		i = end;
	}
	free(all);
	free(contents);
}

/* ---- what has changed ---- */

static const uint32_t *rank_rules(struct arena *arena, const struct pair *pair, enum side side)
{
	uint32_t n = pair->chains[side]->n, next = 0;
	uint32_t *ranks = arena_alloc(arena, (n + 1) * sizeof(*ranks));

	for (uint32_t i = 0; i < n; i++) {
		bool is_aligned = next < pair->n_aligned && pair->aligned[side][next] == i;

		ranks[i] = 2 * next + is_aligned;
		next += is_aligned;
	}
	return ranks;
}

static void note_change(struct pair *pair, int64_t rank)
{
	if (rank > pair->last_change)
		pair->last_change = rank;
}

/* The chains that it calls have been looked at. */
static void find_changes(const struct alignment *alignment, struct pair *pair)
{
	const struct chain_flow *old = pair->chains[SIDE_OLD];

	pair->last_change = RANK_NONE;
	for (unsigned side = 0; side < N_SIDES; side++) {
		for (uint32_t i = pair->chains[side]->n; i-- > 0;) {
			if (pair->ranks[side][i] % 2 == 0) {
				note_change(pair, pair->ranks[side][i]);
				break;
			}
		}
	}
	for (uint32_t i = 0; i < old->n; i++) {
		const struct chain_flow *callee = flow_jump(old, i);

		if (callee && pair->ranks[SIDE_OLD][i] % 2 == 1 &&
		    alignment->pairs[callee->number]->last_change != RANK_NONE)
			note_change(pair, pair->ranks[SIDE_OLD][i]);
	}
	if (old->chain->hook != HOOK_NONE &&
	    old->chain->policy != pair->chains[SIDE_NEW]->chain->policy)
		pair->last_change = RANK_POLICY;
}

static void align_pair(struct alignment *alignment, struct pair *pair)
{
	struct aligner aligner = { .alignment = alignment };

	for (unsigned side = 0; side < N_SIDES; side++) {
		uint32_t n = pair->chains[side]->n;

		aligner.chains[side] = pair->chains[side];
		aligner.keys[side] = alloc_zeroed((n + 1) * sizeof(uint64_t));
		aligner.found[side] = arena_alloc(alignment->arena, (n + 1) * sizeof(uint32_t));
		make_keys(alignment, pair->chains[side], NULL, aligner.keys[side]);
		pair->aligned[side] = aligner.found[side];
	}
	align_chains(&aligner);
	pair->n_aligned = aligner.n;
	for (unsigned side = 0; side < N_SIDES; side++) {
		pair->ranks[side] = rank_rules(alignment->arena, pair, (enum side)side);
		free(aligner.keys[side]);
	}
	find_changes(alignment, pair);
}

/* ---- the whole ---- */

static unsigned reads_of(const struct rule *rule)
{
	unsigned reads = FIELD_LINK | FIELD_SRC | FIELD_DST | FIELD_TRANSPORT;

	for (const struct match *match = rule->matches; match; match = match->next) {
		const struct match_facts *facts = match_facts(match->real_name);

		reads |= facts->answer == ANSWER_FREE ? FIELD_ALL : facts->reads;
		if (!strcmp(match->real_name, "tcp")) /* its flags */
			reads |= FIELD_HEADER;
	}
	return reads;
}

/* Of packets that go on.  Chains that other programs fill are taken as they stand here. */
static unsigned writes_of(const struct rule *rule, enum role role)
{
	if (role == ROLE_UNKNOWN)
		return FIELD_ALL;
	if (role != ROLE_GOES_ON || rule->target_kind != TARGET_EXTENSION)
		return 0;
	return target_facts(rule->to.extension->real_name)->writes;
}

static void read_rules(struct alignment *alignment)
{
	for (uint32_t i = 0; i < alignment->flow->n; i++) {
		const struct chain_flow *chain = &alignment->flow->chains[i];

		for (uint32_t j = 0; j < chain->n; j++) {
			const struct rule *rule = flow_rule(chain, j);

			alignment->reads |= reads_of(rule);
			alignment->writes |= writes_of(rule, (enum role)chain->roles[j]);
			for (const struct match *match = rule->matches; match; match = match->next)
				alignment->is_opaque |= match_writes(match_facts(match->real_name),
								     match->text) != 0;
		}
	}
}

/* What is walked from here on is all that may do something, though it may not meet the rule. */
static void widen_rules(struct alignment *alignment)
{
	for (uint32_t i = 0; i < alignment->flow->n; i++) {
		struct chain_flow *chain = &alignment->flow->chains[i];

		for (uint32_t j = 0; j < chain->n; j++)
			chain->rules[j] = rule_up_to_list(alignment->arena, chain->rules[j]);
	}
}

struct alignment *alignment_new(struct arena *arena, unsigned backends,
				const struct compared compared[N_SIDES])
{
	struct alignment *alignment = arena_new_object(arena, struct alignment);
	const struct unit *unit = compared[SIDE_OLD].unit;
	const struct table *table =
		join_tables(arena, compared[SIDE_OLD].table, compared[SIDE_NEW].table);

	alignment->arena = arena;
	alignment->family = unit->family;
	for (unsigned side = 0; side < N_SIDES; side++)
		alignment->units[side] = compared[side].unit;
	alignment->n_old = compared[SIDE_OLD].table->n_chains;
	alignment->space = space_new(arena, unit->family, backends, table);
	alignment->flow = flow_new(arena, chains_new(arena, unit, table), alignment->space);
	alignment->pairs = arena_alloc(arena, (table->n_chains + 1) * sizeof(struct pair *));
	read_rules(alignment);
	pair_by_name(alignment);
	pair_by_content(alignment);
	for (uint32_t i = alignment->flow->n; i-- > 0;) {
		const struct chain_flow *chain = alignment->flow->order[i];

		if (side_of(alignment, chain) == SIDE_OLD && alignment->pairs[chain->number])
			align_pair(alignment, alignment->pairs[chain->number]);
	}
	widen_rules(alignment);
	return alignment;
}
