/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the lines of a file in order, as one back end does.  Knows nothing of what
 * the kernel says to the result (kernel/) and of how a line is read (bind/).
 *
 * Most files make the same ruleset with both back ends.  So they are run once for
 * the two, and again for the second one only if a line was met that they treat
 * differently.
 */
#include "ruleset/ruleset.h"

#include <string.h>

#include "ruleset/chains.h"
#include "ruleset/run.h"

/* ---- sections ---- */

static bool has_rules(const struct table *table)
{
	for (uint32_t i = 0; i < table->n_chains; i++)
		if (table->chains[i]->n_rules)
			return true;
	return false;
}

/* The kernel has seen the old content: it is kept for the checks. */
static void set_aside(struct run *run, struct table *table)
{
	struct table *old = arena_memdup(run->arena, table, sizeof(*table));

	table_init(table, old->id, run->arena);
	table->present = true;
	table->replaced = old;
	/* Built-in chains come first in both. */
	for (uint32_t i = 0; i < table->n_chains; i++)
		table->chains[i]->policy = old->chains[i]->policy;
}

/* nft begins a table anew; legacy empties its chains and leaves the policies. */
static void begin_again(struct run *run)
{
	struct table *table = run->table;

	if (table->committed && has_rules(table))
		set_aside(run, table);
	else
		table_flush(table);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		if (chain->policy != VERDICT_ACCEPT) {
			run_part(run);
			if (run_is_nft(run))
				chain->policy = VERDICT_ACCEPT;
		}
		chain->declared = NULL;
		chain->policy_declared = false;
		chain->counters = NULL;
		chain->nft = NFT_ABSENT;
	}
	table->used = false;
	table->committed = false;
}

/* Its lines are run for what they may refuse; the table stays as it was. */
static void begin_lost_section(struct run *run)
{
	struct table *scratch = arena_new_object(run->arena, struct table);

	table_init(scratch, run->table->id, run->arena);
	run->table = scratch;
}

static void begin_section(struct run *run, const struct table_statement *line)
{
	run->section_diags = run->diags->last;
	run->at_once = false;
	run->renamed = false;
	if (line->table == TABLE_NONE) {
		run->table = NULL;
		return;
	}
	run->table = &run->ruleset->tables[line->table];
	if (&line->base != run->lost && run->table->present && !run->tools->noflush)
		begin_again(run);
	if (&line->base != run->lost || !run->table->present) {
		run->table->present = true;
		run->table->section = line;
	}
	if (&line->base == run->lost)
		begin_lost_section(run);
}

static void commit(struct run *run)
{
	if (!run->table)
		return;
	run_settle_names(run);
	run->table->committed = true;
	run->table = NULL;
}

/* nft looks at most of a section at its COMMIT, to which it does not come. */
static void forgive_section(struct run *run)
{
	struct diag *diag = *run->section_diags;

	if (!diag)
		return;
	run_part(run);
	if (!run_is_nft(run) || run->at_once)
		return;
	for (; diag; diag = diag->next)
		diag->refuses &= (unsigned char)~BACKEND_NFT;
}

/* ---- lines ---- */

/* Does the command make nft create chains, so that it prints the table? */
static bool makes_chains(const struct command *command)
{
	switch (command->kind) {
	case COMMAND_APPEND:
	case COMMAND_INSERT:
	case COMMAND_DELETE:
	case COMMAND_DELETE_NUMBER:
	case COMMAND_REPLACE:
	case COMMAND_CHECK:
	case COMMAND_NEW_CHAIN:
	case COMMAND_POLICY:
		return true;
	case COMMAND_FLUSH:
		return command->chain != NULL;
	}
	return false;
}

typedef void command_function(struct run *run, const struct command *command);

static command_function *const functions[] = {
	[COMMAND_APPEND] = run_append,
	[COMMAND_INSERT] = run_insert,
	[COMMAND_DELETE] = run_delete,
	[COMMAND_DELETE_NUMBER] = run_delete_number,
	[COMMAND_REPLACE] = run_replace,
	[COMMAND_CHECK] = run_check,
	[COMMAND_NEW_CHAIN] = run_new_chain,
	[COMMAND_DELETE_CHAIN] = run_delete_chain,
	[COMMAND_RENAME_CHAIN] = run_rename_chain,
	[COMMAND_FLUSH] = run_flush,
	[COMMAND_ZERO] = run_zero,
	[COMMAND_ZERO_NUMBER] = run_zero,
	[COMMAND_POLICY] = run_policy,
	[COMMAND_LIST] = run_list,
	[COMMAND_STOP] = NULL,
};

static void run_command(struct run *run, const struct command *command)
{
	run->table->used |= makes_chains(command);
	if (functions[command->kind])
		functions[command->kind](run, command);
}

void run_line(struct run *run, const struct statement *statement)
{
	if (statement->kind == STATEMENT_CHAIN) {
		run->table->used = true;
		run_chain_line(run, (const struct chain_statement *)statement);
	} else if (statement->kind == STATEMENT_COMMAND) {
		run_command(run, (const struct command *)statement);
	}
}

static void run_statement(struct run *run, const struct statement *statement)
{
	if (statement->kind == STATEMENT_TABLE)
		begin_section(run, (const struct table_statement *)statement);
	else if (statement->kind == STATEMENT_COMMIT)
		commit(run);
	if (run->table)
		run_line(run, statement);
}

/* ---- the whole ---- */

/* -h and -V end the program with success, and their section is not committed. */
static void find_end(struct run *run, const struct statement *statement)
{
	const struct statement *section = NULL;

	for (; statement; statement = statement->next) {
		if (statement->kind == STATEMENT_TABLE &&
		    ((const struct table_statement *)statement)->table != TABLE_NONE)
			section = statement;
		else if (statement->kind == STATEMENT_TABLE || statement->kind == STATEMENT_COMMIT)
			section = NULL;
		if (!section || statement->kind != STATEMENT_COMMAND ||
		    ((const struct command *)statement)->kind != COMMAND_STOP)
			continue;
		run->end = statement;
		run->lost = section;
		return;
	}
}

/* What is written behind the end of the program refuses nothing. */
static void forgive_rest(const struct run *run, struct diags *diags)
{
	for (struct diag *diag = diags->first; run->end && diag; diag = diag->next) {
		if (diag->span.start < run->lost->span.start)
			continue;
		if (diag->span.start > run->end->span.start ||
		    strcmp(diag->rule, "missing-commit") == 0)
			diag->refuses = diag->undecided = 0;
		else if (strcmp(diag->rule, "undefined-chain") == 0)
			diag->refuses &= (unsigned char)~BACKEND_NFT;
	}
}

static void keep_host_rules(struct table *table)
{
	for (uint32_t i = 0; i < table->n_chains; i++)
		table->chains[i]->host_rules = HOST_RULES_BEFORE;
}

static struct ruleset *run_all(struct run *run, enum family family,
			       const struct statement *statement)
{
	struct ruleset *ruleset = arena_new_object(run->arena, struct ruleset);

	run->ruleset = ruleset;
	run->table = NULL;
	run->differs = false;
	ruleset->arena = run->arena;
	ruleset->family = family;
	ruleset->backends = run->refusers;
	for (int id = 0; id < TABLE_COUNT; id++) {
		table_init(&ruleset->tables[id], (enum table_id)id, run->arena);
		if (run->tools->noflush)
			keep_host_rules(&ruleset->tables[id]);
	}
	for (; statement && statement != run->end; statement = statement->next)
		run_statement(run, statement);
	if (run->end)
		forgive_section(run);
	else if (run->table)
		run_settle_names(run);
	return ruleset;
}

static struct ruleset *run_one(struct run *run, enum backend backend, enum family family,
			       const struct statement *statements)
{
	run->backend = backend;
	run->refusers = backend;
	return run_all(run, family, statements);
}

/* Legacy's ruleset, and nft's too where they do not differ. */
static struct ruleset_pair run_both(struct run *run, enum family family,
				    const struct statement *statements, struct diags *nft)
{
	struct ruleset_pair pair;

	run->backend = BACKEND_LEGACY;
	run->refusers = BACKEND_BOTH;
	pair.legacy = pair.nft = run_all(run, family, statements);
	if (!run->differs)
		return pair;
	for (struct diag *diag = run->diags->first; diag; diag = diag->next)
		diag->refuses &= BACKEND_LEGACY;
	pair.legacy->backends = BACKEND_LEGACY;
	run->diags = nft;
	pair.nft = run_one(run, BACKEND_NFT, family, statements);
	return pair;
}

struct ruleset_pair ruleset_build(struct arena *arena, enum family family,
				  const struct tools *tools, const struct statement *statements,
				  struct diags *diags)
{
	struct ruleset_pair pair = { NULL, NULL };
	struct diags found, nft;
	struct run run = { .arena = arena, .tools = tools, .diags = &found };

	diags_init(&found, arena);
	diags_init(&nft, arena);
	find_end(&run, statements);
	if (tools->backends == BACKEND_BOTH)
		pair = run_both(&run, family, statements, &nft);
	else if (tools->backends & BACKEND_LEGACY)
		pair.legacy = run_one(&run, BACKEND_LEGACY, family, statements);
	else
		pair.nft = run_one(&run, BACKEND_NFT, family, statements);
	forgive_rest(&run, diags);
	diags_merge(&found, &nft);
	diags_merge(diags, &found);
	return pair;
}
