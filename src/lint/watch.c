/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chain does with a packet is a set of ends: more than one where a rule's answer is
 * not known.  The sets of a chain are kept, and a rule that comes to its front or its end
 * is worked into them; other changes make the chain be walked again, if the rule can take
 * one of the packets.
 */
#include "lint/watch.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/chains.h"
#include "analyse/facts.h"
#include "base/map.h"
#include "base/scratch.h"
#include "lint/rerun.h"
#include "trace/ask.h"

/* How a chain, or a rule, may end for a packet. */
enum end {
	END_ACCEPT = 1 << 0,
	END_DENY = 1 << 1,
	END_BACK = 1 << 2,  /* to the caller */
	END_FALLS = 1 << 3, /* the next rule is looked at; of a chain: there is none */
	END_UNSURE = 1 << 4 /* anything, or the packet may be another one afterwards */
};

/* Of each packet; longer than is needed, for loops without a remainder. */
struct end_sets {
	uint8_t of[32];
};

#define END_SETS (sizeof(struct end_sets))

/* What is kept of a rule. */
struct known_rule {
	uint64_t answers;     /* two bits for each packet */
	struct end_sets ends; /* of all but calls, whether it takes the packets or not */
	bool has_ends;
};

struct chain_ends {
	struct end_sets ends;
	bool is_known; /* then those of all chains that it calls are, too */
	bool is_under_way;
};

#define CHANGES_PACKET (FIELD_SRC | FIELD_DST | FIELD_TRANSPORT | FIELD_LINK | FIELD_CONNTRACK)

struct watch {
	struct arena *arena;
	struct scratch *scratch;
	const struct ruleset *ruleset;
	struct space *space;
	struct packet packets[WATCH_MAX];
	unsigned n;
	struct map rules;  /* struct known_rule */
	struct map chains; /* struct chain_ends */
	bool marks_are_written;
	bool is_settled; /* the fates are those of now */
	enum watch_fate fates[WATCH_MAX];
};

/* ---- all rules that there can be ---- */

typedef void each_rule(struct watch *watch, void *context, const struct rule *rule);

static void look_at_command(struct watch *watch, const struct command *command, each_rule *look,
			    void *context)
{
	bool has_rules =
		command && command->kind != COMMAND_RENAME_CHAIN && command->kind != COMMAND_POLICY;

	for (uint32_t i = 0; has_rules && i < command->n_rules; i++)
		look(watch, context, &command->rules[i]);
}

static void look_at_ruleset(struct watch *watch, const struct ruleset *ruleset, each_rule *look,
			    void *context)
{
	for (unsigned id = 0; ruleset && id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++)
			for_each_entry (entry, table->chains[i])
				look(watch, context, entry->rule);
	}
}

static void note_marks(struct watch *watch, void *context, const struct rule *rule)
{
	(void)context;
	if (rule->target_kind == TARGET_EXTENSION)
		watch->marks_are_written |= (target_facts(rule->to.extension->real_name)->writes &
					     (FIELD_MARK | FIELD_CONNMARK)) != 0;
}

/* A chain of rules whose interfaces are all that there are. */
struct names {
	struct map known;
	struct chain chain;
};

static void note_name(struct watch *watch, struct names *names, const struct rule *rule,
		      const char *name)
{
	struct entry *entry;

	if (!name || map_get(&names->known, name))
		return;
	map_set(&names->known, name, names);
	entry = arena_new_object(watch->arena, struct entry);
	entry->rule = rule;
	entry->next = names->chain.first;
	names->chain.first = entry;
	names->chain.n_rules++;
}

static void note_names(struct watch *watch, void *context, const struct rule *rule)
{
	note_name(watch, context, rule, rule->in);
	note_name(watch, context, rule, rule->out);
}

static void look_at_all(struct watch *watch, const struct unit *unit, const struct ruleset *before,
			each_rule *look, void *context)
{
	for (const struct statement *line = unit->statements; line; line = line->next)
		look_at_command(watch, statement_command(line), look, context);
	look_at_ruleset(watch, before, look, context);
	look_at_ruleset(watch, unit_ruleset(unit), look, context);
}

struct watch *watch_new(struct arena *arena, const struct unit *unit, const struct ruleset *ruleset,
			const struct ruleset *before)
{
	struct watch *watch = arena_new_object(arena, struct watch);
	struct names *names = arena_new_object(arena, struct names);
	struct chain **chains = arena_new_object(arena, struct chain *);
	struct table *table = arena_new_object(arena, struct table);

	watch->arena = arena;
	watch->scratch = scratch_new();
	watch->ruleset = ruleset;
	look_at_all(watch, unit, before, note_marks, NULL);
	look_at_all(watch, unit, before, note_names, names);
	map_free(&names->known);
	*chains = &names->chain;
	table->chains = chains;
	table->n_chains = 1;
	watch->space = space_new(arena, unit->family, ruleset->backends, table);
	return watch;
}

void watch_free(struct watch *watch)
{
	scratch_free(watch->scratch);
	map_free(&watch->rules);
	map_free(&watch->chains);
}

unsigned watch_add(struct watch *watch, const struct packet *packet)
{
	watch->packets[watch->n] = *packet;
	return watch->n++;
}

/* ---- does a rule take a packet? ---- */

static bool other_name(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	if (!name)
		return !len || pattern[len - 1] != '+';
	if (len && pattern[len - 1] == '+')
		return strncmp(pattern, name, len - 1) != 0;
	return strcmp(pattern, name) != 0;
}

static bool other_address(const struct watch *watch, const struct prefix *prefix, wide address)
{
	if (!prefix->mask)
		return false;
	return (address & space_address(watch->space, prefix->mask)) !=
	       space_address(watch->space, &prefix->address);
}

/* What can be seen at once. */
static bool surely_not(const struct watch *watch, const struct packet *packet,
		       const struct rule *rule)
{
	unsigned inverted = rule->inverted;

	if (rule->unbound)
		return false;
	if (rule->protocol && !(inverted & RULE_NOT_PROTOCOL) && packet->protocol != rule->protocol)
		return true;
	if (rule->in && !(inverted & RULE_NOT_IN) && other_name(rule->in, packet->in))
		return true;
	if (rule->out && !(inverted & RULE_NOT_OUT) && other_name(rule->out, packet->out))
		return true;
	if (rule->src && !(inverted & RULE_NOT_SRC) && other_address(watch, rule->src, packet->src))
		return true;
	return rule->dst && !(inverted & RULE_NOT_DST) &&
	       other_address(watch, rule->dst, packet->dst);
}

static enum trace_answer assume_nothing(void *context, const struct rule *rule,
					const struct match *match)
{
	(void)context;
	(void)rule;
	(void)match;
	return TRACE_UNKNOWN;
}

static bool asks_for_marks(const struct rule *rule)
{
	return rule_find_match(rule, "mark") || rule_find_match(rule, "connmark");
}

static enum trace_answer ask(struct watch *watch, enum table_id table, const struct packet *packet,
			     const struct rule *rule)
{
	struct packet seen = *packet;
	bool keeps_state = packet->in && !strcmp(packet->in, "lo");

	if (surely_not(watch, packet, rule))
		return TRACE_NO;
	if (watch->marks_are_written && !rule->unbound && asks_for_marks(rule))
		return TRACE_UNKNOWN;
	/* where a forwarded packet leaves is not known everywhere in these tables */
	if (table != TABLE_FILTER && packet->in && packet->out && rule->out)
		return TRACE_UNKNOWN;
	/* connection tracking has not seen it yet */
	if (table == TABLE_RAW && !keeps_state)
		seen.state = CT_INVALID;
	return ask_rule(watch->space, watch->scratch, &seen, rule, assume_nothing, NULL);
}

static struct known_rule *know_rule(struct watch *watch, enum table_id table,
				    const struct rule *rule)
{
	struct known_rule *known = map_get(&watch->rules, rule);

	if (known)
		return known;
	known = arena_new_object(watch->arena, struct known_rule);
	for (unsigned i = 0; i < watch->n; i++)
		known->answers |= (uint64_t)ask(watch, table, &watch->packets[i], rule) << 2 * i;
	map_set(&watch->rules, rule, known);
	return known;
}

static enum trace_answer answer_of(uint64_t answers, unsigned packet)
{
	return (enum trace_answer)(answers >> 2 * packet & 3);
}

/* ---- how rules and chains end ---- */

static const struct chain_ends *ends_of(struct watch *watch, const struct table *table,
					const struct chain *chain);

static uint8_t end_of_target(const struct target *target)
{
	const struct target_facts *facts = target_facts(target->real_name);

	if (!strcmp(target->real_name, "REJECT"))
		return END_DENY;
	if (facts->ends != ENDS_NEVER || facts->may_return || facts->writes & CHANGES_PACKET)
		return END_UNSURE;
	return END_FALLS;
}

static uint8_t end_of_verdict(const struct rule *rule)
{
	switch ((enum verdict)rule->verdict) {
	case VERDICT_ACCEPT:
		return END_ACCEPT;
	case VERDICT_DROP:
		return END_DENY;
	case VERDICT_RETURN:
		return END_BACK;
	case VERDICT_QUEUE:
	case VERDICT_NONE:
		break;
	}
	return END_UNSURE;
}

static void ends_of_call(struct watch *watch, const struct table *table, const struct rule *rule,
			 struct end_sets *ends)
{
	const struct chain *to = table_find_chain(table, rule->to.chain);
	uint8_t back = rule->target_kind == TARGET_JUMP ? END_FALLS : END_BACK;
	const struct chain_ends *called;

	memset(ends, END_UNSURE | END_FALLS, sizeof(*ends));
	if (!to || chain_is_external(to->name))
		return;
	called = ends_of(watch, table, to);
	if (!called)
		return;
	for (unsigned i = 0; i < watch->n; i++) {
		uint8_t of = called->ends.of[i];

		ends->of[i] = of & (END_ACCEPT | END_DENY | END_UNSURE);
		if (of & (END_BACK | END_FALLS))
			ends->of[i] |= back;
	}
}

static bool is_call(const struct rule *rule)
{
	return !rule->unbound &&
	       (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO);
}

/* Does the next rule see each packet, whether this one takes it or not? */
static bool is_harmless(const struct rule *rule)
{
	if (rule->unbound)
		return false;
	return rule->target_kind == TARGET_NONE || (rule->target_kind == TARGET_EXTENSION &&
						    end_of_target(rule->to.extension) == END_FALLS);
}

/* What it does with each packet that it takes. */
static void ends_of_taken(struct watch *watch, const struct table *table, const struct rule *rule,
			  struct end_sets *ends)
{
	if (rule->unbound)
		memset(ends, END_UNSURE, sizeof(*ends));
	else if (is_call(rule))
		ends_of_call(watch, table, rule, ends);
	else
		memset(ends,
		       rule->target_kind == TARGET_VERDICT     ? end_of_verdict(rule)
		       : rule->target_kind == TARGET_EXTENSION ? end_of_target(rule->to.extension)
							       : END_FALLS,
		       sizeof(*ends));
}

/* What the rule does with each packet, whether it takes it or not; NULL: it takes none. */
static const struct end_sets *ends_of_rule(struct watch *watch, const struct table *table,
					   const struct rule *rule)
{
	struct known_rule *known;

	if (is_harmless(rule))
		return NULL;
	known = know_rule(watch, table->id, rule);
	if (known->answers == 0)
		return NULL;
	if (known->has_ends && !is_call(rule))
		return &known->ends;
	ends_of_taken(watch, table, rule, &known->ends);
	known->has_ends = true;
	for (unsigned i = 0; i < watch->n; i++) {
		if (answer_of(known->answers, i) == TRACE_NO)
			known->ends.of[i] = END_FALLS;
		else if (answer_of(known->answers, i) == TRACE_UNKNOWN)
			known->ends.of[i] |= END_FALLS;
	}
	return &known->ends;
}

/* First A, and where it falls through B; to A or to B. */
static void join(struct end_sets *to, const struct end_sets *a, const struct end_sets *b)
{
	for (size_t i = 0; i < END_SETS; i++) {
		uint8_t falls = (uint8_t) - (a->of[i] >> 3 & 1); /* all bits, or none */

		to->of[i] = (uint8_t)((a->of[i] & ~(falls & END_FALLS)) | (b->of[i] & falls));
	}
}

static bool all_ended(const struct watch *watch, const struct end_sets *ends)
{
	for (unsigned i = 0; i < watch->n; i++)
		if (ends->of[i] & END_FALLS)
			return false;
	return true;
}

static struct chain_ends *state_of(struct watch *watch, const struct chain *chain)
{
	struct chain_ends *state = map_get(&watch->chains, chain);

	if (!state) {
		state = arena_new_object(watch->arena, struct chain_ends);
		map_set(&watch->chains, chain, state);
	}
	return state;
}

/* NULL: the chain comes back to itself. */
static const struct chain_ends *ends_of(struct watch *watch, const struct table *table,
					const struct chain *chain)
{
	struct chain_ends *state = state_of(watch, chain);

	if (state->is_under_way)
		return NULL;
	if (state->is_known)
		return state;
	state->is_under_way = true;
	memset(&state->ends, END_FALLS, sizeof(state->ends));
	for_each_entry (entry, chain) {
		const struct end_sets *rule = ends_of_rule(watch, table, entry->rule);

		if (!rule)
			continue;
		join(&state->ends, &state->ends, rule);
		if (all_ended(watch, &state->ends))
			break;
	}
	state->is_under_way = false;
	state->is_known = true;
	return state;
}

/* ---- changes ---- */

static const struct table *table_of(const struct watch *watch, enum table_id id)
{
	return &watch->ruleset->tables[id];
}

void watch_section(struct watch *watch, enum table_id id)
{
	const struct table *table = table_of(watch, id);

	for (uint32_t i = 0; i < table->n_chains; i++)
		state_of(watch, table->chains[i])->is_known = false;
	watch->is_settled = false;
}

/* Those that call a chain have to be walked again, too. */
static void forget(struct watch *watch, const struct table *table, const struct chain *chain)
{
	if (chain->n_jumps)
		watch_section(watch, table->id);
	state_of(watch, chain)->is_known = false;
	watch->is_settled = false;
}

/* Works a rule into what is known of the chain. */
static void work_in(struct watch *watch, const struct table *table, const struct chain *chain,
		    const struct rule *rule, bool at_front)
{
	struct chain_ends *state = state_of(watch, chain);
	struct end_sets before = state->ends;
	const struct end_sets *ends;

	if (!state->is_known || (!at_front && all_ended(watch, &state->ends)))
		return;
	ends = ends_of_rule(watch, table, rule);
	if (!ends)
		return;
	if (at_front)
		join(&state->ends, ends, &state->ends);
	else
		join(&state->ends, &state->ends, ends);
	if (!memcmp(before.of, state->ends.of, watch->n))
		return;
	watch->is_settled = false;
	if (chain->n_jumps)
		watch_section(watch, table->id);
}

/* Rules came or went somewhere in the chain. */
static void look_again(struct watch *watch, const struct table *table, const struct chain *chain,
		       const struct command *command)
{
	if (!state_of(watch, chain)->is_known)
		return;
	for (uint32_t i = 0; i < command->n_rules; i++) {
		if (!is_harmless(&command->rules[i]) &&
		    know_rule(watch, table->id, &command->rules[i])->answers != 0) {
			forget(watch, table, chain);
			return;
		}
	}
}

void watch_command(struct watch *watch, enum table_id id, const struct command *command)
{
	const struct table *table = table_of(watch, id);
	const struct chain *chain = command->chain ? table_find_chain(table, command->chain) : NULL;

	if (command->kind == COMMAND_POLICY)
		watch->is_settled = false;
	else if (command->kind == COMMAND_RENAME_CHAIN ||
		 (command->kind == COMMAND_FLUSH && !chain))
		watch_section(watch, id);
	if (!chain)
		return;
	switch ((enum command_kind)command->kind) {
	case COMMAND_APPEND:
		for (uint32_t i = 0; i < command->n_rules; i++)
			work_in(watch, table, chain, &command->rules[i], false);
		break;
	case COMMAND_INSERT:
		for (uint32_t i = 0; command->number <= 1 && i < command->n_rules; i++)
			work_in(watch, table, chain, &command->rules[i], true);
		if (command->number > 1)
			look_again(watch, table, chain, command);
		break;
	case COMMAND_DELETE:
		look_again(watch, table, chain, command);
		break;
	case COMMAND_DELETE_NUMBER:
	case COMMAND_REPLACE:
	case COMMAND_FLUSH:
		forget(watch, table, chain);
		break;
	default:
		break;
	}
}

/* ---- fates ---- */

struct place {
	uint8_t table, hook; /* enum table_id, enum hook */
	bool first_only;     /* for the first packet of a connection */
};

static const struct place way_in[] = {
	{ TABLE_RAW, HOOK_PREROUTING, false }, { TABLE_MANGLE, HOOK_PREROUTING, false },
	{ TABLE_NAT, HOOK_PREROUTING, true },  { TABLE_MANGLE, HOOK_INPUT, false },
	{ TABLE_FILTER, HOOK_INPUT, false },   { TABLE_SECURITY, HOOK_INPUT, false },
	{ TABLE_NAT, HOOK_INPUT, true },       { TABLE_COUNT, 0, false },
};

static const struct place way_out[] = {
	{ TABLE_RAW, HOOK_OUTPUT, false },	{ TABLE_MANGLE, HOOK_OUTPUT, false },
	{ TABLE_NAT, HOOK_OUTPUT, true },	{ TABLE_FILTER, HOOK_OUTPUT, false },
	{ TABLE_SECURITY, HOOK_OUTPUT, false }, { TABLE_MANGLE, HOOK_POSTROUTING, false },
	{ TABLE_NAT, HOOK_POSTROUTING, true },	{ TABLE_COUNT, 0, false },
};

static const struct place way_through[] = {
	{ TABLE_RAW, HOOK_PREROUTING, false },
	{ TABLE_MANGLE, HOOK_PREROUTING, false },
	{ TABLE_NAT, HOOK_PREROUTING, true },
	{ TABLE_MANGLE, HOOK_FORWARD, false },
	{ TABLE_FILTER, HOOK_FORWARD, false },
	{ TABLE_SECURITY, HOOK_FORWARD, false },
	{ TABLE_MANGLE, HOOK_POSTROUTING, false },
	{ TABLE_NAT, HOOK_POSTROUTING, true },
	{ TABLE_COUNT, 0, false },
};

static const struct place *way_of(const struct packet *packet)
{
	if (!packet->in)
		return way_out;
	return packet->out ? way_through : way_in;
}

/* What the chain at this place does; END_FALLS: its policy accepts. */
static uint8_t ends_at(struct watch *watch, const struct place *place, unsigned number)
{
	const struct table *table = table_of(watch, (enum table_id)place->table);
	const struct chain *chain = table_hook_chain(table, (enum hook)place->hook);
	const struct chain_ends *state;
	uint8_t ends;

	if (!chain || (place->first_only && watch->packets[number].state != CT_NEW))
		return END_FALLS;
	state = ends_of(watch, table, chain);
	ends = state ? state->ends.of[number] : END_UNSURE;
	if (!(ends & (END_FALLS | END_BACK)))
		return ends;
	ends &= (uint8_t) ~(unsigned)(END_FALLS | END_BACK);
	return ends | (chain->policy == VERDICT_ACCEPT ? END_FALLS : END_DENY);
}

static enum watch_fate find_fate(struct watch *watch, unsigned number)
{
	enum watch_fate fate = WATCH_BY_POLICY;
	bool may_be_denied = false;

	for (const struct place *place = way_of(&watch->packets[number]);
	     place->table != TABLE_COUNT; place++) {
		uint8_t ends = ends_at(watch, place, number);

		if (ends & END_UNSURE)
			return WATCH_UNKNOWN;
		if (ends == END_DENY)
			return WATCH_DENIED;
		may_be_denied |= (ends & END_DENY) != 0;
		if (place->table == TABLE_FILTER && ends != END_FALLS)
			fate = WATCH_ACCEPTED;
	}
	return may_be_denied ? WATCH_UNKNOWN : fate;
}

enum watch_fate watch_fate(struct watch *watch, unsigned number)
{
	if (!watch->is_settled) {
		for (unsigned i = 0; i < watch->n; i++)
			watch->fates[i] = find_fate(watch, i);
		watch->is_settled = true;
	}
	return watch->fates[number];
}
