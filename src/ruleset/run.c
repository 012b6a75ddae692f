/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all lines of a run need: refusals, chains by name, what only one back end
 * does.
 */
#include "ruleset/run.h"

#include <stdarg.h>
#include <string.h>

#include "base/similar.h"
#include "ruleset/chains.h"

/* More names are not looked at in one file: nobody reads that many suggestions. */
#define MAX_COMPARED 2000000

void run_part(struct run *run)
{
	run->differs = true;
}

bool run_has(struct run *run, enum quirk_id id)
{
	if (run_is_living(run))
		return false;
	if (quirk_holds(id, BACKEND_LEGACY, run->tools) != quirk_holds(id, BACKEND_NFT, run->tools))
		run_part(run);
	return quirk_holds(id, run->backend, run->tools);
}

bool run_fails_by(struct run *run, enum quirk_id id, const struct command *command)
{
	if (!run_has(run, id))
		return false;
	run_refuse(run, "backend-difference", command->base.span, command->chain, "%s",
		   quirk_get(id)->effect);
	return true;
}

static struct diag *refuse(struct run *run, const char *rule, struct span span, const char *chain,
			   const char *format, va_list args)
{
	struct diag *diag = diag_refuse(run->diags, rule, run->refusers, span, "%s",
					arena_vprintf(run->arena, format, args));

	diag->table = table_name(run->table->id);
	diag->chain = chain;
	return diag;
}

struct diag *run_refuse(struct run *run, const char *rule, struct span span, const char *chain,
			const char *format, ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = refuse(run, rule, span, chain, format, args);
	va_end(args);
	return diag;
}

struct diag *run_refuse_command(struct run *run, const char *rule, const struct command *command,
				const char *format, ...)
{
	struct span span = command->chain_span;
	struct diag *diag;
	va_list args;

	if (span.end == span.start)
		span = command->base.span;
	va_start(args, format);
	diag = refuse(run, rule, span, command->chain, format, args);
	va_end(args);
	return diag;
}

/* ---- chains ---- */

static const char *suggest_chain(struct run *run, const char *name)
{
	struct similar similar;
	const char *best;

	if (run->n_compared > MAX_COMPARED)
		return NULL;
	run->n_compared += run->table->n_chains;
	similar_init(&similar, name);
	for (uint32_t i = 0; i < run->table->n_chains; i++)
		similar_offer(&similar, run->table->chains[i]->name);
	best = similar_result(&similar);
	return best ? arena_strdup(run->arena, best) : NULL;
}

/* "nat, mangle": the tables that have a built-in chain for the hook. */
static const char *tables_with(struct run *run, enum hook hook)
{
	const char *names = NULL;

	for (int id = 0; id < TABLE_COUNT; id++)
		if (table_hooks((enum table_id)id) & HOOK_BIT(hook))
			names = arena_printf(run->arena, "%s%s%s", names ? names : "",
					     names ? ", " : "", table_name((enum table_id)id));
	return names;
}

static void refuse_missing_chain(struct run *run, const struct command *command)
{
	const char *name = command->chain;
	const char *best;
	struct diag *diag;

	if (hook_find(name) != HOOK_NONE) {
		diag = run_refuse_command(run, "chain-not-in-table", command,
					  "table %s has no built-in chain '%s'",
					  table_name(run->table->id), name);
		diag_hint(run->diags, diag, "it is there in %s", tables_with(run, hook_find(name)));
		return;
	}
	diag = run_refuse_command(run, "undefined-chain", command,
				  "there is no chain '%s' at this line", name);
	best = suggest_chain(run, name);
	if (best && diag->span.end - diag->span.start == strlen(name))
		diag_fix(run->diags, diag, diag->span, best, false);
	if (best)
		diag_hint(run->diags, diag, "did you mean '%s'?", best);
	else if (run->single)
		diag_hint(run->diags, diag, "make it before: '-N %s'", name);
	else
		diag_hint(run->diags, diag, "declare it before: ':%s - [0:0]'", name);
}

struct chain *run_assume_chain(struct run *run, const char *name, struct span span)
{
	struct chain *chain;

	if (!run->tools->noflush || hook_find(name) != HOOK_NONE ||
	    verdict_find(name) != VERDICT_NONE)
		return NULL;
	chain = table_add_chain(run->table, run->arena, name);
	chain->assumed_at = span;
	chain->host_rules = HOST_RULES_BEFORE;
	return chain;
}

/* The rules of a saved file stand in the order of its chains: few names need be looked for. */
static struct chain *find_chain(const struct run *run, const char *name)
{
	const struct table *table = run->table;

	for (uint32_t i = run->latest; i < table->n_chains && i - run->latest < 2; i++) {
		if (table->chains[i]->name == name)
			return table->chains[i];
	}
	return table_find_chain(table, name);
}

struct chain *run_chain(struct run *run, const struct command *command)
{
	struct chain *chain = find_chain(run, command->chain);

	if (!chain)
		chain = run_assume_chain(run, command->chain, command->chain_span);
	if (chain)
		run->latest = chain->index;
	else
		refuse_missing_chain(run, command);
	return chain;
}

void run_undecided(struct run *run, const char *rule, const struct command *command,
		   const char *what)
{
	struct diag *diag = diag_add(run->diags, rule, command->base.span,
				     "%s depends on what is loaded", what);

	diag->level = LEVEL_INFO;
	diag->undecided = (unsigned char)run->refusers;
	diag->table = table_name(run->table->id);
	diag->chain = command->chain;
}

void run_refuse_number(struct run *run, const struct command *command, const struct chain *chain)
{
	run_refuse_command(run, "delete-without-match", command,
			   "chain %s has %u rule%s at this line, and no number %u", chain->name,
			   chain->n_rules, chain->n_rules == 1 ? "" : "s", command->number);
}

void run_need_chain(struct run *run, const struct command *command, struct chain *chain)
{
	if (chain->hook == HOOK_NONE)
		return;
	if (chain->nft == NFT_LISTED)
		run_fails_by(run, QUIRK_LISTED_CHAIN_FAILS, command);
	else
		chain->nft = NFT_MADE;
}

/* Rules are never changed: each gets a copy with the new name. */
void run_settle_names(struct run *run)
{
	if (!run->renamed)
		return;
	run->renamed = false;
	for (uint32_t i = 0; i < run->table->n_chains; i++) {
		for_each_entry (entry, run->table->chains[i]) {
			struct rule *copy;

			if (!entry->to || entry->to->name == entry->rule->to.chain)
				continue;
			copy = arena_memdup(run->arena, entry->rule, sizeof(*copy));
			copy->to.chain = entry->to->name;
			entry->rule = copy;
		}
	}
}
