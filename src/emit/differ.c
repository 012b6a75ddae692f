/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares what legacy and nft leave behind: chains, policies, and the rules as
 * each one's save command prints them.
 */
#include "emit/differ.h"

#include <string.h>

#include "emit/nft.h"

#define MAX_DIFFERENCES 10 /* the first ones tell enough */

struct comparison {
	struct saver legacy;
	struct saver nft;
	struct diags *reasons;
	const struct table *table; /* legacy's */
	struct buf legacy_text;
	struct buf nft_text;
	unsigned found;
};

static struct diag *report(struct comparison *comparison, struct span span, const char *chain,
			   const char *message)
{
	struct diag *diag;

	if (++comparison->found > MAX_DIFFERENCES)
		return NULL;
	diag = diag_add(comparison->reasons, "backend-difference", span, "%s", message);
	diag->level = LEVEL_ERROR;
	diag->table = table_name(comparison->table->id);
	diag->chain = chain;
	diag_hint(comparison->reasons, diag,
		  "say for which one with --backend legacy or --backend nft");
	return diag;
}

/* Could the two texts of one and the same rule differ? */
static bool is_suspect(const struct comparison *comparison, const struct rule *rule)
{
	const struct saver *nft = &comparison->nft;

	if (rule->protocol > UINT8_MAX)
		return true;
	if (rule->inverted & (RULE_NOT_IN | RULE_NOT_OUT))
		return true;
	if (nft->merges_ports && rule->matches && nft_changes_matches(rule))
		return true;
	return nft->rewrites_nflog && rule->target_kind == TARGET_EXTENSION &&
	       nft_changes_target(rule);
}

/* One match that nft only prints in other words, which mean the same. */
static bool is_reworded(const struct rule *rule)
{
	return nft_port_matches(rule) == 1 && !nft_loses_test(rule);
}

static void compare_rules(struct comparison *comparison, const struct chain *chain,
			  const struct rule *a, const struct rule *b)
{
	struct buf *legacy = &comparison->legacy_text;
	struct buf *nft = &comparison->nft_text;
	struct saver nft_saver = comparison->nft;

	if (a->unbound || b->unbound || (a == b && !is_suspect(comparison, a)))
		return;
	buf_clear(legacy);
	buf_clear(nft);
	save_rule(&comparison->legacy, legacy, chain->name, a);
	if (nft_saver.merges_ports && nft_changes_matches(b) && is_reworded(b))
		nft_saver.merges_ports = false;
	save_rule(&nft_saver, nft, chain->name, b);
	if (strcmp(buf_string(legacy), buf_string(nft)) == 0)
		return;
	report(comparison, a->origin->base.span, chain->name,
	       arena_printf(comparison->legacy.unit->arena,
			    "legacy and nft save this rule in different words: '%s' and '%s'",
			    buf_string(legacy), buf_string(nft)));
}

static void compare_policies(struct comparison *comparison, const struct chain *a,
			     const struct chain *b)
{
	struct span span = comparison->table->section->base.span;

	if (a->hook == HOOK_NONE || a->policy == b->policy)
		return;
	if (a->declared)
		span = a->declared->span;
	report(comparison, span, a->name,
	       arena_printf(comparison->legacy.unit->arena,
			    "the policy of '%s' is %s on legacy and %s on nft", a->name,
			    verdict_name(a->policy), verdict_name(b->policy)));
}

static void compare_chains(struct comparison *comparison, const struct chain *a,
			   const struct chain *b)
{
	const struct entry *left = a->first;
	const struct entry *right = b->first;
	const struct entry *rest;

	compare_policies(comparison, a, b);
	for (; left && right; left = left->next, right = right->next)
		compare_rules(comparison, a, left->rule, right->rule);
	rest = left ? left : right;
	if (rest)
		report(comparison, rest->rule->origin->base.span, a->name,
		       arena_printf(comparison->legacy.unit->arena,
				    "'%s' has %u rules on legacy and %u on nft", a->name,
				    (unsigned)a->n_rules, (unsigned)b->n_rules));
}

static void report_chain(struct comparison *comparison, const struct chain *chain,
			 const char *where)
{
	struct span span = comparison->table->section->base.span;

	if (chain->declared)
		span = chain->declared->span;
	report(comparison, span, chain->name,
	       arena_printf(comparison->legacy.unit->arena, "chain '%s' is there on %s only",
			    chain->name, where));
}

static void compare_tables(struct comparison *comparison, const struct table *a,
			   const struct table *b)
{
	comparison->table = a;
	for (uint32_t i = 0; i < a->n_chains; i++) {
		const struct chain *chain = a->chains[i];
		const struct chain *other = a == b ? chain : table_find_chain(b, chain->name);

		if (other)
			compare_chains(comparison, chain, other);
		else
			report_chain(comparison, chain, "legacy");
	}
	for (uint32_t i = 0; a != b && i < b->n_chains; i++)
		if (!table_find_chain(a, b->chains[i]->name))
			report_chain(comparison, b->chains[i], "nft");
}

bool differ_check(const struct unit *unit, struct diags *reasons)
{
	struct comparison comparison = {
		.legacy = saver_for(unit, BACKEND_LEGACY),
		.nft = saver_for(unit, BACKEND_NFT),
		.reasons = reasons,
	};

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *legacy = &unit->legacy->tables[id];
		const struct table *nft = &unit->nft->tables[id];

		if (legacy->used && nft->used)
			compare_tables(&comparison, legacy, nft);
	}
	buf_free(&comparison.legacy_text);
	buf_free(&comparison.nft_text);
	return comparison.found == 0;
}
