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

#include "base/similar.h"
#include "ruleset/chains.h"

/* One run over the statements. */
struct run {
	struct arena *arena;
	struct ruleset *ruleset;
	const struct tools *tools;
	enum backend backend; /* whose behaviour is followed */
	unsigned refusers;    /* who refuses what this run refuses */
	bool differs;	      /* ... and cannot */
	bool stopped;	      /* the program has ended */
	struct table *table;  /* of the current section, or NULL */
	struct diags *diags;
};

/* From here on the two back ends part. */
static void part(struct run *run)
{
	run->differs = true;
}

static bool is_nft(struct run *run)
{
	return run->backend == BACKEND_NFT;
}

static struct diag *refuse(struct run *run, const char *rule, struct span span, const char *chain,
			   const char *message)
{
	struct diag *diag = diag_refuse(run->diags, rule, run->refusers, span, "%s", message);

	diag->table = table_name(run->table->id);
	diag->chain = chain;
	return diag;
}

static struct diag *refuse_command(struct run *run, const char *rule, const struct command *command,
				   const char *message)
{
	struct span span = command->chain_span;

	if (span.end == span.start)
		span = command->base.span;
	return refuse(run, rule, span, command->chain, message);
}

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
		refuse_command(run, "chain-not-in-table", command,
			       arena_printf(run->arena, "table %s has no built-in chain '%s'",
					    table_name(run->table->id), name));
		return;
	}
	diag = refuse_command(
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
		refuse(run, "target-not-valid-here", rule->target_span, command->chain,
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
	refuse_command(run, "delete-without-match", command,
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
	refuse(run, "delete-without-match", span, command->chain,
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
		part(run);
	if (!quirk_holds(id, run->backend, run->tools))
		return false;
	refuse(run, "backend-difference", command->base.span, command->chain,
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
		refuse_command(
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
		refuse_command(run, "chain-conflict", command,
			       arena_printf(run->arena, "'%s' is built in and cannot be deleted",
					    chain->name));
		return;
	}
	if (chain->n_rules) {
		diag = refuse_command(run, "chain-conflict", command,
				      arena_printf(run->arena,
						   "chain '%s' has rules and cannot be deleted",
						   chain->name));
		diag_hint(run->diags, diag, "empty it before: '-F %s'", chain->name);
		return;
	}
	jump = find_jump(run->table, chain);
	if (jump) {
		diag = refuse_command(
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
		refuse_command(run, "chain-conflict", command,
			       arena_printf(run->arena, "'%s' is built in and cannot be renamed",
					    chain->name));
		return;
	}
	if (table_find_chain(run->table, command->other)) {
		refuse_command(
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
			part(run);
		if (!quirk_holds(QUIRK_FLUSH_ALL_KEEPS, run->backend, run->tools))
			chain_clear(table->chains[i]);
	}
}

/* nft fails on rules of the same file, and on a built-in chain that has none. */
static void zero_chains(struct run *run, const struct command *command)
{
	const struct table *table = run->table;
	const struct chain *chain = NULL;
	bool has_rules = false;

	if (command->chain) {
		chain = command_chain(run, command);
		if (!chain)
			return;
		has_rules = chain->n_rules > 0 || (chain->hook != HOOK_NONE && !chain->declared);
	} else {
		for (uint32_t i = 0; i < table->n_chains; i++)
			has_rules |= table->chains[i]->n_rules > 0;
	}
	if (command->kind == COMMAND_ZERO_NUMBER && command->number > chain->n_rules)
		refuse_number(run, command, chain);
	else if (has_rules)
		fails_by(run, QUIRK_ZERO_FAILS, command);
}

/* ---- policies ---- */

static void set_policy(struct run *run, const struct command *command)
{
	struct chain *chain = table_find_chain(run->table, command->chain);
	enum verdict policy = command->other ? verdict_find(command->other) : VERDICT_NONE;

	if (!command->other)
		return;
	if (!chain || chain->hook == HOOK_NONE) {
		refuse_command(
			run, "chain-conflict", command,
			arena_printf(run->arena,
				     "'%s' is no built-in chain of table %s; only these have "
				     "a policy",
				     command->chain, table_name(run->table->id)));
		return;
	}
	if (policy != VERDICT_ACCEPT && policy != VERDICT_DROP) {
		refuse_command(run, "invalid-value", command,
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

static void declare_builtin(struct run *run, const struct chain_statement *line,
			    struct chain *chain)
{
	chain->declared = &line->base;
	if (strcmp(line->policy_text, "-") == 0)
		return;
	if (line->policy != VERDICT_ACCEPT && line->policy != VERDICT_DROP) {
		struct diag *diag =
			refuse(run, "invalid-value", line->policy_span, line->name,
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
		part(run);
		if (!is_nft(run))
			refuse(run, "chain-conflict", line->policy_span, line->name,
			       arena_printf(run->arena,
					    "'%s' is no built-in chain of table %s; its policy "
					    "has to be '-'",
					    line->name, table_name(run->table->id)));
	}
	if (!chain) {
		table_add_chain(run->table, run->arena, line->name)->declared = &line->base;
		return;
	}
	part(run);
	if (is_nft(run)) {
		chain_clear(chain);
		return;
	}
	diag_related(run->diags,
		     refuse(run, "chain-conflict", line->name_span, line->name,
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
		refuse(run, "chain-conflict", line->name_span, line->name,
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
			part(run);
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

static void run_command(struct run *run, const struct command *command)
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
