/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the graph of jumps and gotos of one table.
 */
#include "analyse/chains.h"

#include <string.h>

#include "analyse/condition.h"
#include "analyse/facts.h"

/* Deeper nesting than this is not followed: what is below may do anything. */
#define DEPTH_MAX 200

enum progress {
	NOT_LOOKED_AT,
	BEING_LOOKED_AT,
	LOOKED_AT,
};

struct chain_state {
	bool reached;
	bool ends_all; /* no packet comes back, whatever it is */
	unsigned char progress;
	unsigned writes;
};

struct chains {
	struct arena *arena;
	const struct unit *unit;
	const struct table *table;
	struct chain_state *states;
	unsigned depth;
};

static bool same_rules(const struct chain *a, const struct chain *b)
{
	const struct entry *x = a->first, *y = b->first;

	while (x && y && x->rule == y->rule) {
		x = x->next;
		y = y->next;
	}
	return !x && !y && !strcmp(a->name, b->name);
}

static bool same_tables(const struct table *a, const struct table *b)
{
	if (a->n_chains != b->n_chains)
		return false;
	for (uint32_t i = 0; i < a->n_chains; i++) {
		if (!same_rules(a->chains[i], b->chains[i]))
			return false;
	}
	return true;
}

static const struct table *analysed_table(const struct unit *unit, enum table_id id)
{
	const struct table *legacy = unit->legacy ? &unit->legacy->tables[id] : NULL;
	const struct table *nft = unit->nft ? &unit->nft->tables[id] : NULL;
	const struct table *table = legacy ? legacy : nft;

	if (legacy && nft && legacy != nft) {
		if (unit->refused_by == BACKEND_LEGACY)
			table = nft;
		else if (unit->refused_by != BACKEND_NFT && !same_tables(legacy, nft))
			return NULL;
	}
	return table->present ? table : NULL;
}

static const char *const external_names[] = {
	"DOCKER*", "KUBE-*",	 "CNI-*",    "f2b-*",	  "fail2ban-*", "LIBVIRT_*", "ufw*",
	"cali-*",  "FLANNEL-*",	 "CILIUM_*", "NETAVARK*", "ISTIO_*",	"WEAVE*",    "ANTREA-*",
	"ts-*",	   "MINIUPNPD*", "sshguard", "CROWDSEC*", "neutron-*",
};

bool chain_is_external(const char *name)
{
	for (size_t i = 0; i < sizeof(external_names) / sizeof(external_names[0]); i++) {
		size_t len = strlen(external_names[i]);

		if (external_names[i][len - 1] == '*' ? !strncmp(name, external_names[i], len - 1)
						      : !strcmp(name, external_names[i]))
			return true;
	}
	return false;
}

static const struct chain *callee(const struct chains *chains, const struct rule *rule)
{
	if (rule->unbound || !rule->to.chain)
		return NULL;
	if (rule->target_kind != TARGET_JUMP && rule->target_kind != TARGET_GOTO)
		return NULL;
	return table_find_chain(chains->table, rule->to.chain);
}

struct queue {
	const struct chain **chains;
	uint32_t n;
};

static void reach(struct chains *chains, struct queue *queue, const struct chain *chain)
{
	if (!chain || chains->states[chain->index].reached)
		return;
	chains->states[chain->index].reached = true;
	queue->chains[queue->n++] = chain;
}

#define LONGEST_NAME 255 /* longer than the kernel takes */

/* The chain that the bytes at TEXT name, or NULL. */
static const struct chain *find_by_text(const struct chains *chains, const char *text, size_t len)
{
	char name[LONGEST_NAME + 1];

	if (len > LONGEST_NAME)
		return NULL;
	memcpy(name, text, len);
	name[len] = '\0';
	return table_find_chain(chains->table, name);
}

/*
 * A line that could not be read may have been a jump: every chain that one of its
 * words names counts as reached.
 */
static void reach_by_words(struct chains *chains, struct queue *queue, struct span line)
{
	const char *at = chains->unit->source->bytes + line.start;
	const char *end = chains->unit->source->bytes + line.end;

	while (at < end) {
		size_t len = 0;

		while (at + len < end && !strchr(" \t\r\n\"=", at[len]))
			len++;
		reach(chains, queue, find_by_text(chains, at, len));
		if (len > 2 && at[0] == '-') /* -jCHAIN */
			reach(chains, queue, find_by_text(chains, at + 2, len - 2));
		at += len + 1;
	}
}

/* Was this a rule, or may it have been one, without there being a rule now? */
static bool is_unreadable(const struct statement *statement)
{
	const struct command *command = (const struct command *)statement;

	if (statement->kind == STATEMENT_BROKEN)
		return true;
	if (statement->kind != STATEMENT_COMMAND)
		return false;
	switch ((enum command_kind)command->kind) {
	case COMMAND_NONE:
		return true;
	case COMMAND_APPEND:
	case COMMAND_INSERT:
	case COMMAND_REPLACE:
		return command->n_rules == 0;
	default:
		return false;
	}
}

/* Rules that are not there because of an error the file has. */
static void reach_by_errors(struct chains *chains, struct queue *queue)
{
	const struct source *source = chains->unit->source;
	uint32_t last = 0; /* line, numbered from 1: findings of one line stand together */

	for (const struct statement *each = chains->unit->statements; each; each = each->next) {
		if (is_unreadable(each))
			reach_by_words(chains, queue, each->span);
	}
	for (const struct diag *diag = chains->unit->diags.first; diag; diag = diag->next) {
		uint32_t line = source_line(source, diag->span.start);

		if (diag->refuses && line != last)
			reach_by_words(chains, queue, source_line_span(source, line));
		last = line;
	}
}

static void find_reached(struct chains *chains)
{
	const struct table *table = chains->table;
	struct queue queue = {
		.chains = arena_alloc(chains->arena, (table->n_chains + 1) * sizeof(void *)),
	};

	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->hook != HOOK_NONE)
			reach(chains, &queue, table->chains[i]);
	}
	reach_by_errors(chains, &queue);
	for (uint32_t next = 0; next < queue.n; next++) {
		for_each_entry (entry, queue.chains[next]) {
			if (entry->rule->unbound)
				reach_by_words(chains, &queue, entry->rule->origin->base.span);
			else
				reach(chains, &queue, callee(chains, entry->rule));
		}
	}
}

struct chains *chains_new(struct arena *arena, const struct unit *unit, const struct table *table)
{
	struct chains *chains = arena_new_object(arena, struct chains);

	chains->arena = arena;
	chains->unit = unit;
	chains->table = table;
	chains->states = arena_alloc(arena, (table->n_chains + 1) * sizeof(*chains->states));
	find_reached(chains);
	return chains;
}

struct analysis {
	struct arena *arena;
	const struct unit *unit;
	struct chains *chains[TABLE_COUNT];
};

struct analysis *analysis_new(struct arena *arena, const struct unit *unit)
{
	struct analysis *analysis = arena_new_object(arena, struct analysis);

	analysis->arena = arena;
	analysis->unit = unit;
	return analysis;
}

struct chains *analysis_chains(struct analysis *analysis, enum table_id id)
{
	if (!analysis->chains[id]) {
		const struct table *table = analysed_table(analysis->unit, id);

		if (table)
			analysis->chains[id] = chains_new(analysis->arena, analysis->unit, table);
	}
	return analysis->chains[id];
}

const struct table *chains_table(const struct chains *chains)
{
	return chains->table;
}

enum family chains_family(const struct chains *chains)
{
	return chains->unit->family;
}

bool chain_is_reached(const struct chains *chains, const struct chain *chain)
{
	return chains->states[chain->index].reached;
}

/* Does every packet meet the rule?  Quick answer for the many that name something. */
static bool takes_everything(const struct chains *chains, const struct rule *rule)
{
	struct condition condition;

	if (rule->unbound || rule->protocol || rule->fragment)
		return false;
	condition_read(&condition, chains->unit->family, rule);
	return condition_is_everything(&condition);
}

static unsigned writes_of_matches(const struct rule *rule)
{
	unsigned writes = 0;

	for (const struct match *match = rule->matches; match; match = match->next)
		writes |= match_writes(match_facts(match->real_name), match->text);
	return writes;
}

/* Fills in what is said about CHAIN. */
static void look_at(struct chains *chains, const struct chain *chain)
{
	struct chain_state *state = &chains->states[chain->index];
	bool may_return = false;
	unsigned writes = 0;

	if (state->progress == LOOKED_AT)
		return;
	if (state->progress == BEING_LOOKED_AT || chains->depth >= DEPTH_MAX ||
	    chain_is_external(chain->name)) {
		state->writes = FIELD_ALL;
		state->ends_all = false;
		if (state->progress == NOT_LOOKED_AT)
			state->progress = LOOKED_AT;
		return;
	}
	state->progress = BEING_LOOKED_AT;
	chains->depth++;
	for_each_entry (entry, chain) {
		struct effect effect = rule_effect(chains, entry->rule);

		writes |= writes_of_matches(entry->rule) | effect.writes;
		if (effect.ends && !effect.may_return && !may_return &&
		    takes_everything(chains, entry->rule)) {
			state->ends_all = true;
			break;
		}
		may_return |= effect.may_return;
	}
	chains->depth--;
	state->writes |= writes; /* a loop back to here has set all of them */
	state->progress = LOOKED_AT;
}

static struct effect extension_effect(const struct rule *rule)
{
	const struct target_facts *facts = target_facts(rule->to.extension->real_name);

	return (struct effect){
		.ends = facts->ends == ENDS_ALWAYS,
		.may_return = facts->may_return,
		.writes = facts->ends == ENDS_ALWAYS ? 0 : facts->writes,
	};
}

static struct effect call_effect(struct chains *chains, const struct rule *rule)
{
	const struct chain *to = callee(chains, rule);
	struct effect effect = { .writes = FIELD_ALL };
	bool is_goto = rule->target_kind == TARGET_GOTO;

	if (to) {
		look_at(chains, to);
		effect.ends = chains->states[to->index].ends_all;
		effect.writes = effect.ends ? 0 : chains->states[to->index].writes;
	}
	/* what returns from a goto goes back to the caller of this chain */
	effect.may_return = is_goto && !effect.ends;
	effect.ends |= is_goto;
	return effect;
}

struct effect rule_effect(struct chains *chains, const struct rule *rule)
{
	if (rule->unbound)
		return (struct effect){ .may_return = true, .writes = FIELD_ALL };
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		break;
	case TARGET_VERDICT:
		return (struct effect){
			.ends = true,
			.may_return = rule->verdict == VERDICT_RETURN,
		};
	case TARGET_JUMP:
	case TARGET_GOTO:
		return call_effect(chains, rule);
	case TARGET_EXTENSION:
		return extension_effect(rule);
	}
	return (struct effect){ 0 };
}
