/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands about chains: -N -X -E -F -Z -P -L.  Source: iptables(8), and each
 * case loaded with both back ends; the cases stand in tests/fixtures/restore.
 *
 * Much of this differs: legacy changes a copy of the kernel's table, in which all
 * built-in chains are; nft sends one message for each command, and makes a built-in
 * chain when the first line needs it.
 */
#include <string.h>

#include "ruleset/chains.h"
#include "ruleset/run.h"

static void refuse_existing(struct run *run, const struct command *command, const char *name)
{
	const struct chain *chain = table_find_chain(run->table, name);
	struct diag *diag = run_refuse_command(run, "chain-conflict", command,
					       "there is a chain '%s' already", name);

	if (chain->declared && chain->hook == HOOK_NONE)
		diag_related(run->diags, diag, chain->declared->span, "declared here");
}

void run_new_chain(struct run *run, const struct command *command)
{
	if (table_find_chain(run->table, command->chain))
		refuse_existing(run, command, command->chain);
	else
		table_add_chain(run->table, run->arena, command->chain)->declared = &command->base;
}

/* ---- -X ---- */

static const struct rule *find_jump(const struct table *table, const struct chain *chain)
{
	for (uint32_t i = 0; i < table->n_chains; i++)
		for_each_entry (entry, table->chains[i])
			if (entry->to == chain)
				return entry->rule;
	return NULL;
}

/* True if the user-defined chain cannot be deleted. */
static bool refuse_in_use(struct run *run, const struct command *command, const struct chain *chain)
{
	struct diag *diag;

	if (chain->n_rules) {
		diag = run_refuse_command(run, "chain-conflict", command,
					  "chain '%s' has rules and cannot be deleted",
					  chain->name);
		diag_hint(run->diags, diag, "empty it before: '-F %s'", chain->name);
		return true;
	}
	if (!chain->n_jumps)
		return false;
	diag = run_refuse_command(run, "chain-conflict", command,
				  "chain '%s' cannot be deleted: a rule jumps to it", chain->name);
	/* The walk is long where there are many chains, and one place says enough. */
	if (run->n_compared < run->table->n_chains) {
		run->n_compared += run->table->n_chains;
		diag_related(run->diags, diag, find_jump(run->table, chain)->target_span,
			     "this rule");
	}
	return true;
}

/* nft deletes its own built-in chains too, and the policy is that of a new one. */
static void forget_builtin(struct chain *chain)
{
	chain->nft = NFT_ABSENT;
	chain->policy = VERDICT_ACCEPT;
	chain->policy_declared = false;
	chain->counters = NULL;
	chain->declared = NULL;
}

/* As a command, nft's -X takes a built-in chain away if nothing is in it and its policy is
 * ACCEPT; its name still works. */
static bool deletes_empty_builtin(const struct run *run, const struct chain *chain)
{
	return run_is_living(run) && run_is_nft(run) && chain->nft == NFT_MADE && !chain->n_rules &&
	       chain->policy == VERDICT_ACCEPT;
}

static void delete_builtin(struct run *run, const struct command *command, struct chain *chain)
{
	if (deletes_empty_builtin(run, chain)) {
		forget_builtin(chain);
		return;
	}
	if (chain->nft == NFT_MADE && !chain->n_rules && run_has(run, QUIRK_DELETES_BUILTIN)) {
		forget_builtin(chain);
		return;
	}
	run_refuse_command(run, "chain-conflict", command, "'%s' is built in and cannot be deleted",
			   chain->name);
}

static void delete_builtins(struct run *run, const struct command *command)
{
	for (uint32_t i = 0; i < run->table->n_chains; i++) {
		struct chain *chain = run->table->chains[i];

		if (chain->hook == HOOK_NONE)
			break;
		if (deletes_empty_builtin(run, chain))
			forget_builtin(chain);
		else if (chain->nft == NFT_LISTED)
			run_fails_by(run, QUIRK_LISTED_CHAIN_FAILS, command);
		else if (chain->nft == NFT_MADE && !chain->n_rules &&
			 run_has(run, QUIRK_DELETES_BUILTIN))
			forget_builtin(chain);
	}
}

/* All or none: the first that is in use makes the command fail. */
static void delete_all(struct run *run, const struct command *command)
{
	struct table *table = run->table;

	for (uint32_t i = 0; i < table->n_chains; i++)
		if (table->chains[i]->hook == HOOK_NONE &&
		    refuse_in_use(run, command, table->chains[i]))
			return;
	while (table->n_chains && table->chains[table->n_chains - 1]->hook == HOOK_NONE)
		table_remove_chain(table, table->chains[table->n_chains - 1]);
	delete_builtins(run, command);
}

void run_delete_chain(struct run *run, const struct command *command)
{
	struct chain *chain;

	if (!command->chain) {
		delete_all(run, command);
		return;
	}
	chain = run_chain(run, command);
	if (!chain)
		return;
	if (chain->hook != HOOK_NONE) {
		delete_builtin(run, command, chain);
		return;
	}
	if (run->tools->noflush)
		run_undecided(run, "chain-conflict", command, "whether this chain can be deleted");
	/* what is loaded may have emptied it, or jump to it */
	if (chain->host_rules == HOST_RULES_NONE && !refuse_in_use(run, command, chain))
		table_remove_chain(run->table, chain);
}

/* ---- -E ---- */

void run_rename_chain(struct run *run, const struct command *command)
{
	struct chain *chain = command->other ? run_chain(run, command) : NULL;

	if (!chain)
		return;
	if (chain->hook != HOOK_NONE) {
		run_refuse_command(run, "chain-conflict", command,
				   "'%s' is built in and cannot be renamed", chain->name);
		return;
	}
	if (table_find_chain(run->table, command->other)) {
		refuse_existing(run, command, command->other);
		return;
	}
	if (chain->host_rules == HOST_RULES_NONE)
		run_fails_by(run, QUIRK_RENAME_FAILS, command);
	if (verdict_find(command->other) != VERDICT_NONE &&
	    !(run_is_living(run) && run_is_nft(run))) {
		run_refuse_command(run, "chain-conflict", command,
				   "'%s' is a verdict and cannot name a chain", command->other);
		return;
	}
	table_rename_chain(run->table, chain, command->other);
	run->renamed |= chain->n_jumps > 0;
}

/* ---- -F ---- */

void run_flush(struct run *run, const struct command *command)
{
	struct table *table = run->table;
	struct chain *chain;

	if (command->chain) {
		chain = run_chain(run, command);
		if (!chain)
			return;
		run_need_chain(run, command, chain);
		chain_clear(chain);
		chain->host_rules = HOST_RULES_NONE;
		return;
	}
	for (uint32_t i = 0; i < table->n_chains; i++)
		if (table->chains[i]->n_rules && !run_has(run, QUIRK_FLUSH_ALL_KEEPS))
			chain_clear(table->chains[i]);
}

/* ---- -Z ---- */

/* Counters in [ ] are read by "restore -c" only. */
static bool has_given_counters(const struct chain *chain)
{
	for_each_entry (entry, chain) {
		const struct counters *counters = entry->rule->counters;

		if (entry->rule->counters_from_option && counters &&
		    (counters->packets || counters->bytes))
			return true;
	}
	return false;
}

static void zero_entry(struct run *run, struct entry *entry)
{
	struct rule *copy;

	if (!entry->rule->counters)
		return;
	copy = arena_memdup(run->arena, entry->rule, sizeof(*copy));
	copy->counters = NULL;
	entry->rule = copy;
}

static void zero_living(struct run *run, struct chain *chain)
{
	chain->counters = NULL;
	for_each_entry (entry, chain)
		zero_entry(run, entry);
}

/* Legacy keeps the counters that the file gives. */
static void zero_chain(struct run *run, const struct command *command, struct chain *chain)
{
	if (run_is_living(run)) {
		zero_living(run, chain);
		return;
	}
	if (has_given_counters(chain))
		run_fails_by(run, QUIRK_ZERO_FAILS, command);
	if (chain->hook == HOOK_NONE)
		return;
	if (chain->nft == NFT_LISTED)
		run_fails_by(run, QUIRK_LISTED_CHAIN_FAILS, command);
	if (chain->counters) {
		run_part(run);
		if (run_is_nft(run))
			chain->counters = NULL;
	}
	if (chain->policy == VERDICT_ACCEPT || !run_has(run, QUIRK_ZERO_OPENS))
		return;
	chain->policy = VERDICT_ACCEPT;
	diag_add(run->diags, "backend-difference", command->base.span, "%s",
		 quirk_get(QUIRK_ZERO_OPENS)->effect);
}

static void zero_rule(struct run *run, const struct command *command, struct chain *chain)
{
	if (chain->host_rules != HOST_RULES_NONE) {
		run_undecided(run, "delete-without-match", command,
			      "whether there is a rule of this number");
		return;
	}
	if (command->number && command->number <= chain->n_rules) {
		if (run_is_living(run))
			zero_entry(run, *chain_link(chain, command->number));
		run_fails_by(run, QUIRK_ZERO_CRASHES, command);
		return;
	}
	run_part(run);
	if (!run_is_nft(run))
		run_refuse_number(run, command, chain);
}

static void refuse_absent(struct run *run, const struct command *command, const struct chain *chain)
{
	run_part(run);
	if (run_is_nft(run))
		run_refuse_command(run, "undefined-chain", command,
				   "%s knows no chain '%s' before a %s for it",
				   run->single ? "iptables-nft" : "iptables-nft-restore",
				   chain->name, run->single ? "command" : "line");
}

/* "-L -Z" makes the built-in chains that it lists. */
static void make_listed(const struct table *table, const char *name)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		if (chain->hook != HOOK_NONE && (!name || strcmp(chain->name, name) == 0))
			chain->nft = NFT_MADE;
	}
}

void run_zero(struct run *run, const struct command *command)
{
	struct table *table = run->table;
	struct chain *chain;

	if (run->single && command->lists)
		make_listed(table, command->chain);
	if (!command->chain) {
		for (uint32_t i = 0; i < table->n_chains; i++)
			zero_chain(run, command, table->chains[i]);
		return;
	}
	chain = run_chain(run, command);
	if (!chain)
		return;
	if (chain->hook != HOOK_NONE && chain->nft == NFT_ABSENT)
		refuse_absent(run, command, chain);
	if (command->kind == COMMAND_ZERO_NUMBER)
		zero_rule(run, command, chain);
	else
		zero_chain(run, command, chain);
}

/* ---- -P ---- */

void run_policy(struct run *run, const struct command *command)
{
	struct chain *chain = table_find_chain(run->table, command->chain);
	enum verdict policy = command->other ? verdict_find(command->other) : VERDICT_NONE;

	if (!command->other)
		return;
	if (!chain || chain->hook == HOOK_NONE) {
		run_refuse_command(run, "chain-conflict", command,
				   "'%s' is no built-in chain of table %s; only these have a "
				   "policy",
				   command->chain, table_name(run->table->id));
		return;
	}
	if (policy != VERDICT_ACCEPT && policy != VERDICT_DROP) {
		run_refuse_command(run, "invalid-value", command,
				   "'%s' is no policy; there are ACCEPT and DROP", command->other);
		return;
	}
	chain->nft = NFT_MADE;
	chain->policy = (uint8_t)policy;
	chain->policy_declared = true;
	chain->counters = NULL;
	if (!chain->declared || run->single)
		chain->declared = &command->base;
}

/* ---- -L, -S ---- */

static void list_chain(const struct run *run, struct chain *chain)
{
	if (!run_is_living(run) && chain->nft == NFT_ABSENT)
		chain->nft = NFT_LISTED;
}

void run_list(struct run *run, const struct command *command)
{
	struct table *table = run->table;
	struct chain *chain;

	if (command->chain) {
		chain = run_chain(run, command);
		if (chain)
			list_chain(run, chain);
		return;
	}
	for (uint32_t i = 0; i < table->n_chains; i++)
		list_chain(run, table->chains[i]);
}
