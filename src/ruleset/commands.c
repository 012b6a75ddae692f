/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a rules file, one function each.  Source: iptables(8), and each
 * case loaded with both back ends; the cases stand in tests/unit/ruleset_test.c.
 */
#include "base/similar.h"
#include "ruleset/chains.h"
#include "ruleset/run.h"

/* ---- finding chains ---- */

static const char *suggest_chain(const struct run *run, const char *name)
{
	struct similar similar;
	const char *best;

	similar_init(&similar, name);
	for (uint32_t i = 0; i < run->table->n_chains; i++)
		similar_offer(&similar, run->table->chains[i]->name);
	best = similar_result(&similar);
	return best ? arena_strdup(run->arena, best) : NULL;
}

static void refuse_missing_chain(struct run *run, const struct command *command)
{
	const char *name = command->chain;
	const char *best = suggest_chain(run, name);
	struct diag *diag;

	if (hook_find(name) != HOOK_NONE) {
		run_refuse_command(run, "chain-not-in-table", command,
				   arena_printf(run->arena, "table %s has no built-in chain '%s'",
						table_name(run->table->id), name));
		return;
	}
	diag = run_refuse_command(
		run, "undefined-chain", command,
		arena_printf(run->arena, "there is no chain '%s' at this line", name));
	if (best)
		diag_hint(run->diags, diag, "did you mean '%s'?", best);
	else
		diag_hint(run->diags, diag, "declare it before: ':%s - [0:0]'", name);
}

/* The chain that the command names; NULL after a refusal. */
static struct chain *command_chain(struct run *run, const struct command *command)
{
	struct chain *chain = table_find_chain(run->table, command->chain);

	if (!chain)
		refuse_missing_chain(run, command);
	return chain;
}

/* ---- rules ---- */

/* Jumps to built-in chains pass --test and fail at COMMIT. */
static void check_jump(struct run *run, const struct command *command, const struct rule *rule)
{
	const struct chain *to;

	if (rule->unbound || (rule->target_kind != TARGET_JUMP && rule->target_kind != TARGET_GOTO))
		return;
	to = table_find_chain(run->table, rule->to.chain);
	if (to && to->hook != HOOK_NONE)
		run_refuse(run, "target-not-valid-here", rule->target_span, command->chain,
			   arena_printf(run->arena,
					"a rule cannot jump to '%s', which is a built-in chain",
					rule->to.chain));
}

static void append_rules(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);

	if (!chain)
		return;
	for (uint32_t i = 0; i < command->n_rules; i++) {
		check_jump(run, command, &command->rules[i]);
		chain_append(chain, run->arena, &command->rules[i]);
	}
}

static void refuse_number(struct run *run, const struct command *command, const struct chain *chain)
{
	run_refuse_command(run, "delete-without-match", command,
			   arena_printf(run->arena,
					"chain %s has %u rule%s at this line, and no number %u",
					chain->name, chain->n_rules, chain->n_rules == 1 ? "" : "s",
					command->number));
}

/* Each rule of a list goes to the same place, so the last one comes first. */
static void insert_rules(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);
	uint32_t number = command->number ? command->number : 1;

	if (!chain)
		return;
	for (uint32_t i = 0; i < command->n_rules; i++) {
		check_jump(run, command, &command->rules[i]);
		if (!chain_insert(chain, run->arena, &command->rules[i], number)) {
			refuse_number(run, command, chain);
			return;
		}
	}
}

enum search {
	SEARCH_NONE,
	SEARCH_FOUND,
	SEARCH_UNDECIDED
};

static bool has_host(const struct rule *rule)
{
	return (rule->src && rule->src->host) || (rule->dst && rule->dst->host);
}

/* The first rule that -D with this specification takes. */
static enum search find_rule(struct chain *chain, const struct rule *rule, struct entry ***found)
{
	struct entry **link = &chain->first;
	bool undecided = rule->unbound || has_host(rule);

	if (rule->unbound)
		return SEARCH_UNDECIDED;
	for (; *link; link = &(*link)->next) {
		const struct rule *here = (*link)->rule;

		if (!here->unbound && rule_equal(here, rule)) {
			*found = link;
			return SEARCH_FOUND;
		}
		undecided |= here->unbound || has_host(here);
	}
	return undecided ? SEARCH_UNDECIDED : SEARCH_NONE;
}

static void refuse_no_match(struct run *run, const struct command *command)
{
	struct span span = command->spec_span;

	if (span.end == span.start)
		span = command->base.span;
	run_refuse(
		run, "delete-without-match", span, command->chain,
		arena_printf(run->arena, "chain %s has no such rule at this line", command->chain));
}

static void delete_rules(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);
	struct entry **link;

	for (uint32_t i = 0; chain && i < command->n_rules; i++) {
		switch (find_rule(chain, &command->rules[i], &link)) {
		case SEARCH_FOUND:
			chain_unlink(chain, link);
			break;
		case SEARCH_NONE:
			refuse_no_match(run, command);
			return;
		case SEARCH_UNDECIDED:
			return;
		}
	}
}

static void check_rules(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);
	struct entry **link;

	for (uint32_t i = 0; chain && i < command->n_rules; i++) {
		if (find_rule(chain, &command->rules[i], &link) == SEARCH_NONE) {
			refuse_no_match(run, command);
			return;
		}
	}
}

static void delete_number(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);
	struct entry **link = chain ? chain_link(chain, command->number) : NULL;

	if (link)
		chain_unlink(chain, link);
	else if (chain && command->number)
		refuse_number(run, command, chain);
}

/* Behaviour of one back end that makes the file fail. */
static bool fails_by(struct run *run, enum quirk_id id, const struct command *command)
{
	if (quirk_holds(id, BACKEND_LEGACY, run->tools) != quirk_holds(id, BACKEND_NFT, run->tools))
		run_part(run);
	if (!quirk_holds(id, run->backend, run->tools))
		return false;
	run_refuse(run, "backend-difference", command->base.span, command->chain,
		   quirk_get(id)->effect);
	return true;
}

static void replace_rule(struct run *run, const struct command *command)
{
	struct chain *chain = command_chain(run, command);
	struct entry **link = chain ? chain_link(chain, command->number) : NULL;

	if (!chain || !command->number)
		return;
	if (!link) {
		refuse_number(run, command, chain);
		return;
	}
	fails_by(run, QUIRK_REPLACE_CRASHES, command);
	if (command->n_rules == 0)
		return;
	check_jump(run, command, &command->rules[0]);
	(*link)->rule = &command->rules[0];
}

/* ---- chains ---- */

static void new_chain(struct run *run, const struct command *command)
{
	if (table_find_chain(run->table, command->chain)) {
		run_refuse_command(
			run, "chain-conflict", command,
			arena_printf(run->arena, "there is a chain '%s' already", command->chain));
		return;
	}
	table_add_chain(run->table, run->arena, command->chain)->declared = &command->base;
}

static bool is_jump_to(const struct rule *rule, const struct chain *chain)
{
	return (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO) &&
	       rule->to.chain == chain->name;
}

static const struct rule *find_jump(const struct table *table, const struct chain *chain)
{
	for (uint32_t i = 0; i < table->n_chains; i++)
		for_each_entry (entry, table->chains[i])
			if (is_jump_to(entry->rule, chain))
				return entry->rule;
	return NULL;
}

static void delete_chain(struct run *run, const struct command *command, struct chain *chain)
{
	const struct rule *jump;
	struct diag *diag;

	if (chain->hook != HOOK_NONE) {
		run_refuse_command(run, "chain-conflict", command,
				   arena_printf(run->arena,
						"'%s' is built in and cannot be deleted",
						chain->name));
		return;
	}
	if (chain->n_rules) {
		diag = run_refuse_command(run, "chain-conflict", command,
					  arena_printf(run->arena,
						       "chain '%s' has rules and cannot be deleted",
						       chain->name));
		diag_hint(run->diags, diag, "empty it before: '-F %s'", chain->name);
		return;
	}
	jump = find_jump(run->table, chain);
	if (jump) {
		diag = run_refuse_command(
			run, "chain-conflict", command,
			arena_printf(run->arena, "chain '%s' cannot be deleted: a rule jumps to it",
				     chain->name));
		diag_related(run->diags, diag, jump->target_span, "this rule");
		return;
	}
	table_remove_chain(run->table, chain);
}

static void delete_chains(struct run *run, const struct command *command)
{
	struct table *table = run->table;
	uint32_t i = 0;

	if (command->chain) {
		struct chain *chain = command_chain(run, command);

		if (chain)
			delete_chain(run, command, chain);
		return;
	}
	while (i < table->n_chains) {
		uint32_t before = table->n_chains;

		if (table->chains[i]->hook == HOOK_NONE)
			delete_chain(run, command, table->chains[i]);
		if (table->n_chains == before)
			i++;
	}
}

/* Rules are never changed: those that jump to the chain get a copy with the new name. */
static void redirect_jumps(struct run *run, const struct chain *chain, const char *name)
{
	for (uint32_t i = 0; i < run->table->n_chains; i++) {
		for_each_entry (entry, run->table->chains[i]) {
			struct rule *copy;

			if (!is_jump_to(entry->rule, chain))
				continue;
			copy = arena_memdup(run->arena, entry->rule, sizeof(*copy));
			copy->to.chain = name;
			entry->rule = copy;
		}
	}
}

static void rename_chain(struct run *run, const struct command *command)
{
	struct chain *chain = command->other ? command_chain(run, command) : NULL;

	if (!chain)
		return;
	if (chain->hook != HOOK_NONE) {
		run_refuse_command(run, "chain-conflict", command,
				   arena_printf(run->arena,
						"'%s' is built in and cannot be renamed",
						chain->name));
		return;
	}
	if (table_find_chain(run->table, command->other)) {
		run_refuse_command(
			run, "chain-conflict", command,
			arena_printf(run->arena, "there is a chain '%s' already", command->other));
		return;
	}
	fails_by(run, QUIRK_RENAME_FAILS, command);
	redirect_jumps(run, chain, command->other);
	table_rename_chain(run->table, chain, command->other);
}

static void flush_chains(struct run *run, const struct command *command)
{
	struct table *table = run->table;

	if (command->chain) {
		struct chain *chain = command_chain(run, command);

		if (chain)
			chain_clear(chain);
		return;
	}
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->n_rules == 0)
			continue;
		if (quirk_holds(QUIRK_FLUSH_ALL_KEEPS, BACKEND_NFT, run->tools))
			run_part(run);
		if (!quirk_holds(QUIRK_FLUSH_ALL_KEEPS, run->backend, run->tools))
			chain_clear(table->chains[i]);
	}
}

/* ---- -Z ---- */

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

/* Only what the file itself touched is there for nft. */
static bool nft_has_chain(const struct chain *chain)
{
	return chain->hook == HOOK_NONE || chain->declared || chain->n_rules;
}

static void zero_chain(struct run *run, const struct command *command, struct chain *chain)
{
	if (has_given_counters(chain))
		fails_by(run, QUIRK_ZERO_FAILS, command);
	if (chain->hook == HOOK_NONE || chain->policy == VERDICT_ACCEPT ||
	    !quirk_holds(QUIRK_ZERO_OPENS, BACKEND_NFT, run->tools))
		return;
	run_part(run);
	if (run->backend != BACKEND_NFT)
		return;
	chain->policy = VERDICT_ACCEPT;
	diag_add(run->diags, "backend-difference", command->base.span, "%s",
		 quirk_get(QUIRK_ZERO_OPENS)->effect);
}

static void zero_rule(struct run *run, const struct command *command, const struct chain *chain)
{
	if (command->number && command->number <= chain->n_rules) {
		fails_by(run, QUIRK_ZERO_CRASHES, command);
		return;
	}
	run_part(run);
	if (run->backend == BACKEND_LEGACY)
		refuse_number(run, command, chain);
}

static void zero_chains(struct run *run, const struct command *command)
{
	struct table *table = run->table;
	struct chain *chain;

	if (!command->chain) {
		for (uint32_t i = 0; i < table->n_chains; i++)
			zero_chain(run, command, table->chains[i]);
		return;
	}
	chain = command_chain(run, command);
	if (!chain)
		return;
	if (!nft_has_chain(chain)) {
		run_part(run);
		if (run->backend == BACKEND_NFT)
			run_refuse_command(run, "undefined-chain", command,
					   arena_printf(run->arena,
							"iptables-nft-restore knows no chain '%s' "
							"before a line for it",
							chain->name));
	}
	if (command->kind == COMMAND_ZERO_NUMBER)
		zero_rule(run, command, chain);
	else
		zero_chain(run, command, chain);
}

/* ---- policies ---- */

static void set_policy(struct run *run, const struct command *command)
{
	struct chain *chain = table_find_chain(run->table, command->chain);
	enum verdict policy = command->other ? verdict_find(command->other) : VERDICT_NONE;

	if (!command->other)
		return;
	if (!chain || chain->hook == HOOK_NONE) {
		run_refuse_command(
			run, "chain-conflict", command,
			arena_printf(run->arena,
				     "'%s' is no built-in chain of table %s; only these have "
				     "a policy",
				     command->chain, table_name(run->table->id)));
		return;
	}
	if (policy != VERDICT_ACCEPT && policy != VERDICT_DROP) {
		run_refuse_command(run, "invalid-value", command,
				   arena_printf(run->arena,
						"'%s' is no policy; there are ACCEPT and DROP",
						command->other));
		return;
	}
	chain->policy = (uint8_t)policy;
	chain->policy_declared = true;
	if (!chain->declared)
		chain->declared = &command->base;
}

/* The program ends with success, and nothing of this section is committed. */
static void stop(struct run *run)
{
	const struct table_statement *section = run->table->section;
	enum table_id id = run->table->id;

	table_init(run->table, id, run->arena);
	run->table->present = true;
	run->table->section = section;
	run->stopped = true;
}

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

void run_command(struct run *run, const struct command *command)
{
	run->table->used |= makes_chains(command);
	switch ((enum command_kind)command->kind) {
	case COMMAND_APPEND:
		append_rules(run, command);
		break;
	case COMMAND_INSERT:
		insert_rules(run, command);
		break;
	case COMMAND_DELETE:
		delete_rules(run, command);
		break;
	case COMMAND_DELETE_NUMBER:
		delete_number(run, command);
		break;
	case COMMAND_REPLACE:
		replace_rule(run, command);
		break;
	case COMMAND_CHECK:
		check_rules(run, command);
		break;
	case COMMAND_NEW_CHAIN:
		new_chain(run, command);
		break;
	case COMMAND_DELETE_CHAIN:
		delete_chains(run, command);
		break;
	case COMMAND_RENAME_CHAIN:
		rename_chain(run, command);
		break;
	case COMMAND_FLUSH:
		flush_chains(run, command);
		break;
	case COMMAND_ZERO:
	case COMMAND_ZERO_NUMBER:
		zero_chains(run, command);
		break;
	case COMMAND_POLICY:
		set_policy(run, command);
		break;
	case COMMAND_LIST:
		if (command->chain)
			command_chain(run, command);
		break;
	case COMMAND_STOP:
		stop(run);
		break;
	case COMMAND_NONE:
	case COMMAND_SKIPPED:
		break;
	}
}
