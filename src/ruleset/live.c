/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the commands of run.h one at a time, and takes changes back.
 */
#include "ruleset/live.h"

#include "ruleset/chains.h"
#include "ruleset/run.h"

void live_init(struct live *live, struct arena *arena, enum family family,
	       const struct tools *tools)
{
	struct ruleset *ruleset = arena_new_object(arena, struct ruleset);

	*live = (struct live){ .arena = arena, .tools = tools, .ruleset = ruleset };
	ruleset->arena = arena;
	ruleset->family = family;
	ruleset->backends = tools->backends;
	for (int id = 0; id < TABLE_COUNT; id++)
		table_init(&ruleset->tables[id], (enum table_id)id, arena);
}

static struct run begin(const struct live *live, struct table *table, bool single,
			struct diags *diags)
{
	return (struct run){
		.arena = live->arena,
		.ruleset = live->ruleset,
		.tools = live->tools,
		.backend = (enum backend)live->tools->backends,
		.refusers = live->tools->backends,
		.table = table,
		.diags = diags,
		.single = single,
	};
}

/* ---- taking back ---- */

static void put_back(const struct change *change)
{
	struct chain *chain = change->chain;
	struct entry *entry = change->entry;

	entry->next = *change->link;
	*change->link = entry;
	if (!entry->next)
		chain->last = &entry->next;
	chain->n_rules++;
	entry_jump(entry, change->to);
}

static void take_back(const struct change *change)
{
	struct chain *chain = change->chain;

	if (change->removed) {
		put_back(change);
	} else if (change->rule) {
		change->entry->rule = change->rule;
		entry_jump(change->entry, change->to);
	} else {
		chain_unlink(chain,
			     change->link ? change->link : chain_link(chain, change->number));
	}
}

void live_undo(struct live *live)
{
	for (const struct change *change = live->changes; change; change = change->before)
		take_back(change);
	live->changes = NULL;
}

bool live_took_away(const struct live *live, bool (*test)(const struct rule *rule))
{
	for (const struct change *change = live->changes; change; change = change->before)
		if (test(change->rule ? change->rule : change->entry->rule) &&
		    (change->rule || change->removed))
			return true;
	return false;
}

/* ---- commands ---- */

bool live_command(struct live *live, enum table_id table, const struct command *command,
		  struct diags *diags)
{
	struct run run = begin(live, &live->ruleset->tables[table], true, diags);
	struct diag **first = diags->last;
	bool was_used = run.table->used;

	run_line(&run, &command->base);
	live->changes = run.changes;
	if (diag_first_refusing(*first, BACKEND_BOTH)) {
		live_undo(live);
		run.table->used = was_used;
		return false;
	}
	run_settle_names(&run);
	run.table->committed = true;
	if (live->tools->backends == BACKEND_NFT && run.table->used)
		run.table->present = true;
	return true;
}

/* ---- sections of a restore ---- */

/* nft begins a table anew; legacy empties its chains and leaves the policies. */
static void empty_table(struct table *table, bool is_nft)
{
	table_flush(table);
	if (is_nft)
		table->used = false;
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		if (is_nft) {
			chain->policy = VERDICT_ACCEPT;
			chain->policy_declared = false;
			chain->nft = NFT_ABSENT;
		}
		chain->declared = NULL;
		chain->counters = NULL;
	}
}

void live_begin_section(struct live *live, const struct table_statement *line, bool flush)
{
	struct table *table = &live->ruleset->tables[line->table];

	live->section = table;
	live->noflush = !flush;
	if (flush)
		empty_table(table, live->tools->backends == BACKEND_NFT);
	table->present = true;
	table->section = line;
}

bool live_line(struct live *live, const struct statement *line, struct diags *diags)
{
	struct run run = begin(live, live->section, false, diags);
	struct diag **first = diags->last;

	run.noflush = live->noflush;
	run_line(&run, line);
	run_settle_names(&run);
	return !diag_first_refusing(*first, BACKEND_BOTH);
}

void live_commit(struct live *live)
{
	live->section->committed = true;
	live->section = NULL;
}
