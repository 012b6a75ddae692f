/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through a chain once and asks for each rule whether an earlier one covers it.
 *
 * Candidates come from a hash table (cover_index.h); the answer always comes from
 * condition_covers().  A test that was made before a rule that writes what it
 * reads says nothing about later packets: see is_stale() in cover_index.c.
 */
#include "analyse/shadow.h"

#include <string.h>

#include "analyse/condition.h"
#include "analyse/cover_index.h"
#include "analyse/facts.h"

struct walk {
	struct chains *chains;
	enum family family;
	struct cover_index *index;
	const struct rule *everything; /* an earlier rule that nothing passes */
	shadow_found *found;
	void *context;
	struct shadowed group; /* rules of one line, not reported yet */
};

static void flush(struct walk *walk)
{
	if (walk->group.n_dead)
		walk->found(walk->context, &walk->group);
	walk->group = (struct shadowed){ 0 };
}

static void add_dead(struct walk *walk, const struct rule *rule, const struct rule *cover)
{
	if (walk->group.rule && walk->group.rule->origin != rule->origin)
		flush(walk);
	if (!walk->group.rule)
		walk->group = (struct shadowed){ rule, cover, 0, rule->origin->n_rules };
	walk->group.n_dead++;
}

/* Takes everything, and says so itself. */
static bool is_final(struct chains *chains, const struct rule *rule,
		     const struct condition *condition)
{
	if (rule->target_kind == TARGET_JUMP || !condition_is_everything(condition))
		return false;
	return rule_effect(chains, rule).ends;
}

const struct entry *chain_first_final(struct chains *chains, const struct chain *chain)
{
	struct condition condition;

	for_each_entry (entry, chain) {
		const struct rule *rule = entry->rule;

		if (rule->unbound || rule->protocol || rule->fragment ||
		    rule->target_kind == TARGET_NONE || rule->target_kind == TARGET_JUMP)
			continue;
		condition_read(&condition, chains_family(chains), rule);
		if (is_final(chains, rule, &condition))
			return entry;
	}
	return NULL;
}

/* Looks at one rule; false if none of the later ones is this walk's business. */
static bool visit(struct walk *walk, const struct rule *rule, uint32_t position)
{
	struct condition condition;
	struct effect effect;
	const struct rule *cover;

	condition_read(&condition, walk->family, rule);
	cover_index_written(walk->index, condition.writes, position);
	if (!condition.silent && !condition.empty) {
		cover = walk->everything;
		if (!cover)
			cover = cover_index_find(walk->index, &condition);
		if (cover) {
			add_dead(walk, rule, cover);
			return true;
		}
	}
	if (walk->everything)
		return true;
	effect = rule_effect(walk->chains, rule);
	if (!effect.ends) {
		cover_index_written(walk->index, effect.writes, position);
		return true;
	}
	if (is_final(walk->chains, rule, &condition))
		return false;
	if (condition_is_everything(&condition))
		walk->everything = rule;
	else if (condition.exact && !condition.empty && !condition.writes)
		cover_index_add(walk->index, &condition, position);
	return true;
}

void chain_find_shadowed(struct cover_index *index, struct chains *chains,
			 const struct chain *chain, shadow_found *found, void *context)
{
	struct walk walk = {
		.chains = chains,
		.family = chains_family(chains),
		.index = index,
		.found = found,
		.context = context,
	};
	uint32_t position = 1;

	if (chain->n_rules < 2)
		return;
	cover_index_start(index, chain->n_rules);
	for_each_entry (entry, chain) {
		if (!visit(&walk, entry->rule, position++))
			break;
	}
	flush(&walk);
}

/* ACCEPT or DROP if the rule decides so, else VERDICT_NONE. */
static enum verdict decision(const struct chain *chain, const struct rule *rule)
{
	if (rule->target_kind == TARGET_EXTENSION)
		return strcmp(rule->to.extension->real_name, "REJECT") ? VERDICT_NONE
								       : VERDICT_DROP;
	if (rule->target_kind != TARGET_VERDICT)
		return VERDICT_NONE;
	switch ((enum verdict)rule->verdict) {
	case VERDICT_ACCEPT:
	case VERDICT_DROP:
		return (enum verdict)rule->verdict;
	case VERDICT_RETURN:
		return chain->policy_declared ? (enum verdict)chain->policy : VERDICT_NONE;
	default:
		return VERDICT_NONE;
	}
}

bool verdicts_differ(const struct chain *chain, const struct rule *a, const struct rule *b)
{
	enum verdict of_a = decision(chain, a), of_b = decision(chain, b);

	return of_a != VERDICT_NONE && of_b != VERDICT_NONE && of_a != of_b;
}

const char *rule_action(struct arena *arena, const struct rule *rule)
{
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_VERDICT:
		return verdict_name((enum verdict)rule->verdict);
	case TARGET_EXTENSION:
		return rule->to.extension->name;
	case TARGET_JUMP:
		return arena_printf(arena, "jump to '%s'", rule->to.chain);
	case TARGET_GOTO:
		return arena_printf(arena, "goto '%s'", rule->to.chain);
	case TARGET_NONE:
		break;
	}
	return "rule without a target";
}
