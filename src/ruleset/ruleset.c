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

void run_part(struct run *run)
{
	run->differs = true;
}

struct diag *run_refuse(struct run *run, const char *rule, struct span span, const char *chain,
			const char *message)
{
	struct diag *diag = diag_refuse(run->diags, rule, run->refusers, span, "%s", message);

	diag->table = table_name(run->table->id);
	diag->chain = chain;
	return diag;
}

struct diag *run_refuse_command(struct run *run, const char *rule, const struct command *command,
				const char *message)
{
	struct span span = command->chain_span;

	if (span.end == span.start)
		span = command->base.span;
	return run_refuse(run, rule, span, command->chain, message);
}

static bool is_nft(struct run *run)
{
	return run->backend == BACKEND_NFT;
}

/* ---- chain lines ---- */

static void declare_builtin(struct run *run, const struct chain_statement *line,
			    struct chain *chain)
{
	chain->declared = &line->base;
	if (strcmp(line->policy_text, "-") == 0)
		return;
	if (line->policy != VERDICT_ACCEPT && line->policy != VERDICT_DROP) {
		struct diag *diag = run_refuse(
			run, "invalid-value", line->policy_span, line->name,
			arena_printf(run->arena, "'%s' is no policy", line->policy_text));

		diag_hint(run->diags, diag, "there are ACCEPT and DROP, in capitals");
		return;
	}
	chain->policy = line->policy;
	chain->policy_declared = true;
	chain->counters = line->counters;
}

/* A chain of the file's own: legacy wants '-' for a policy and no second line. */
static void declare_user_chain(struct run *run, const struct chain_statement *line)
{
	struct chain *chain = table_find_chain(run->table, line->name);

	if (strcmp(line->policy_text, "-") != 0) {
		run_part(run);
		if (!is_nft(run))
			run_refuse(run, "chain-conflict", line->policy_span, line->name,
				   arena_printf(run->arena,
						"'%s' is no built-in chain of table %s; its policy "
						"has to be '-'",
						line->name, table_name(run->table->id)));
	}
	if (!chain) {
		table_add_chain(run->table, run->arena, line->name)->declared = &line->base;
		return;
	}
	run_part(run);
	if (is_nft(run)) {
		chain_clear(chain);
		return;
	}
	diag_related(
		run->diags,
		run_refuse(run, "chain-conflict", line->name_span, line->name,
			   arena_printf(run->arena, "there is a chain '%s' already", line->name)),
		chain->declared->span, "declared here");
}

static void declare_chain(struct run *run, const struct chain_statement *line)
{
	struct chain *chain = table_find_chain(run->table, line->name);

	if (chain && chain->hook != HOOK_NONE) {
		declare_builtin(run, line, chain);
		return;
	}
	if (verdict_find(line->name) != VERDICT_NONE) {
		run_refuse(run, "chain-conflict", line->name_span, line->name,
			   arena_printf(run->arena, "'%s' is a verdict and cannot name a chain",
					line->name));
		return;
	}
	declare_user_chain(run, line);
}

/* ---- sections ---- */

/* nft begins a table anew; legacy empties its chains and leaves the policies. */
static void begin_again(struct run *run)
{
	struct table *table = run->table;

	table_flush(table);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		if (chain->policy != VERDICT_ACCEPT) {
			run_part(run);
			if (is_nft(run))
				chain->policy = VERDICT_ACCEPT;
		}
		chain->declared = NULL;
		chain->policy_declared = false;
		chain->counters = NULL;
	}
	table->used = false;
	table->committed = false;
}

static void begin_section(struct run *run, const struct table_statement *line)
{
	if (line->table == TABLE_NONE) {
		run->table = NULL;
		return;
	}
	run->table = &run->ruleset->tables[line->table];
	if (run->table->present)
		begin_again(run);
	run->table->present = true;
	run->table->section = line;
}

static void run_statement(struct run *run, const struct statement *statement)
{
	switch (statement->kind) {
	case STATEMENT_TABLE:
		begin_section(run, (const struct table_statement *)statement);
		break;
	case STATEMENT_CHAIN:
		if (!run->table)
			break;
		run->table->used = true;
		declare_chain(run, (const struct chain_statement *)statement);
		break;
	case STATEMENT_COMMAND:
		if (run->table)
			run_command(run, (const struct command *)statement);
		break;
	case STATEMENT_COMMIT:
		if (run->table)
			run->table->committed = true;
		run->table = NULL;
		break;
	}
}

/* True if the result holds for the other back end too. */
static bool run_all(struct run *run, enum family family, const struct statement *statements)
{
	struct ruleset *ruleset = arena_new_object(run->arena, struct ruleset);

	run->ruleset = ruleset;
	run->table = NULL;
	run->differs = false;
	run->stopped = false;
	ruleset->arena = run->arena;
	ruleset->family = family;
	ruleset->backends = run->refusers;
	for (int id = 0; id < TABLE_COUNT; id++)
		table_init(&ruleset->tables[id], (enum table_id)id, run->arena);
	for (; statements && !run->stopped; statements = statements->next)
		run_statement(run, statements);
	return !run->differs;
}

static struct ruleset *run_one(struct run *run, enum backend backend, enum family family,
			       const struct statement *statements)
{
	run->backend = backend;
	run->refusers = backend;
	run_all(run, family, statements);
	return run->ruleset;
}

struct ruleset_pair ruleset_build(struct arena *arena, enum family family,
				  const struct tools *tools, const struct statement *statements,
				  struct diags *diags)
{
	struct ruleset_pair pair = { NULL, NULL };
	struct diags legacy, nft;
	struct run run = { .arena = arena, .tools = tools, .diags = &legacy };

	diags_init(&legacy, arena);
	diags_init(&nft, arena);
	if (tools->backends == BACKEND_BOTH) {
		run.backend = BACKEND_LEGACY;
		run.refusers = BACKEND_BOTH;
		if (run_all(&run, family, statements)) {
			pair.legacy = pair.nft = run.ruleset;
			diags_merge(diags, &legacy);
			return pair;
		}
		for (struct diag *diag = legacy.first; diag; diag = diag->next)
			diag->refuses = BACKEND_LEGACY;
		pair.legacy = run.ruleset;
		pair.legacy->backends = BACKEND_LEGACY;
		run.diags = &nft;
		pair.nft = run_one(&run, BACKEND_NFT, family, statements);
	} else if (tools->backends & BACKEND_LEGACY) {
		pair.legacy = run_one(&run, BACKEND_LEGACY, family, statements);
	} else {
		run.diags = &nft;
		pair.nft = run_one(&run, BACKEND_NFT, family, statements);
	}
	diags_merge(&legacy, &nft);
	diags_merge(diags, &legacy);
	return pair;
}
