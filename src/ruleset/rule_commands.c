/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands about rules: -A -I -D -R -C.  Source: iptables(8), and each case
 * loaded with both back ends; the cases stand in tests/fixtures/restore.
 */
#include "ruleset/chains.h"
#include "ruleset/run.h"

/* Jumps to built-in chains pass --test and fail at COMMIT. */
static void note_jump(struct run *run, const struct command *command, struct entry *entry)
{
	const struct rule *rule = entry->rule;
	struct chain *to;

	if (rule->unbound || (rule->target_kind != TARGET_JUMP && rule->target_kind != TARGET_GOTO))
		return;
	to = table_find_chain(run->table, rule->to.chain);
	if (!to)
		to = run_assume_chain(run, rule->to.chain, rule->target_span);
	if (to && to->hook != HOOK_NONE)
		run_refuse(run, "target-not-valid-here", rule->target_span, command->chain,
			   "a rule cannot jump to '%s', which is a built-in chain", to->name);
	else
		entry_jump(entry, to);
}

/* Files are not taken back: nothing is noted of them. */
static void note_change(struct run *run, struct change change)
{
	if (!run->single)
		return;
	change.before = run->changes;
	run->changes = arena_memdup(run->arena, &change, sizeof(change));
}

static void remove_entry(struct run *run, struct chain *chain, struct entry **link)
{
	note_change(run, (struct change){ .chain = chain,
					  .link = link,
					  .entry = *link,
					  .to = (*link)->to,
					  .removed = true });
	chain_unlink(chain, link);
}

void run_append(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);

	if (!chain)
		return;
	run_need_chain(run, command, chain);
	for (uint32_t i = 0; i < command->n_rules; i++) {
		struct entry **link = chain->last;

		chain_append(chain, run->arena, &command->rules[i]);
		note_change(run, (struct change){ .chain = chain, .link = link, .entry = *link });
		note_jump(run, command, *link);
	}
}

/* Does the place of a rule depend on rules that are loaded already?  They may stand anywhere
 * then, as far as is known. */
static bool among_host_rules(struct chain *chain)
{
	if (chain->host_rules == HOST_RULES_NONE)
		return false;
	chain->host_rules = HOST_RULES_AMONG;
	return true;
}

/* Each rule of a list goes to the same place, so the last one comes first. */
void run_insert(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);
	uint32_t number = command->number ? command->number : 1;

	if (!chain)
		return;
	if (among_host_rules(chain) && number > 1) {
		run_undecided(run, "delete-without-match", command,
			      "whether the chain has as many rules");
		number = 1;
	}
	if (number - 1 > chain->n_rules) {
		run_refuse_number(run, command, chain);
		return;
	}
	run_need_chain(run, command, chain);
	for (uint32_t i = 0; i < command->n_rules; i++) {
		struct entry *entry = chain_insert(chain, run->arena, &command->rules[i], number);

		note_change(run,
			    (struct change){ .chain = chain, .number = number, .entry = entry });
		note_jump(run, command, entry);
	}
}

enum search {
	SEARCH_NONE,
	SEARCH_FOUND,
	SEARCH_UNDECIDED
};

static bool has_host(const struct rule *rule)
{
	return (rule->src && prefix_host(rule->src)) || (rule->dst && prefix_host(rule->dst));
}

/* The first rule that -D with this specification takes. */
static enum search find_rule(struct run *run, struct chain *chain, const struct rule *rule,
			     struct entry ***found)
{
	struct entry **link = &chain->first;
	bool undecided = has_host(rule);

	if (rule->unbound)
		return SEARCH_UNDECIDED;
	run_settle_names(run);
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
	run_refuse(run, "delete-without-match", span, command->chain,
		   "chain %s has no such rule at this line", command->chain);
}

static void miss_rule(struct run *run, const struct command *command, struct chain *chain)
{
	if (among_host_rules(chain))
		run_undecided(run, "delete-without-match", command,
			      "whether the chain has such a rule");
	else
		refuse_no_match(run, command);
}

void run_delete(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);
	struct entry **link;

	for (uint32_t i = 0; chain && i < command->n_rules; i++) {
		switch (find_rule(run, chain, &command->rules[i], &link)) {
		case SEARCH_FOUND:
			/* or an equal one that is loaded */
			among_host_rules(chain);
			remove_entry(run, chain, link);
			break;
		case SEARCH_NONE:
			miss_rule(run, command, chain);
			return;
		case SEARCH_UNDECIDED:
			return;
		}
	}
}

void run_check(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);
	struct entry **link;

	for (uint32_t i = 0; chain && i < command->n_rules; i++) {
		if (find_rule(run, chain, &command->rules[i], &link) == SEARCH_NONE) {
			miss_rule(run, command, chain);
			return;
		}
	}
}

/* True if it is not known which rule has the number. */
static bool miss_number(struct run *run, const struct command *command, struct chain *chain)
{
	if (!among_host_rules(chain))
		return false;
	run_undecided(run, "delete-without-match", command,
		      "whether there is a rule of this number");
	return true;
}

void run_delete_number(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);
	struct entry **link = chain ? chain_link(chain, command->number) : NULL;

	if (chain && command->number && miss_number(run, command, chain))
		return;
	if (link)
		remove_entry(run, chain, link);
	else if (chain && command->number)
		run_refuse_number(run, command, chain);
}

void run_replace(struct run *run, const struct command *command)
{
	struct chain *chain = run_chain(run, command);
	struct entry **link = chain ? chain_link(chain, command->number) : NULL;

	if (!chain || !command->number)
		return;
	if (miss_number(run, command, chain)) {
		for (uint32_t i = 0; i < command->n_rules; i++)
			note_jump(run, command,
				  chain_append(chain, run->arena, &command->rules[i]));
		return;
	}
	if (!link) {
		run_refuse_number(run, command, chain);
		return;
	}
	run_fails_by(run, QUIRK_REPLACE_CRASHES, command);
	if (command->n_rules == 0)
		return;
	note_change(run, (struct change){ .chain = chain,
					  .entry = *link,
					  .rule = (*link)->rule,
					  .to = (*link)->to });
	entry_jump(*link, NULL);
	(*link)->rule = &command->rules[0];
	note_jump(run, command, *link);
}
