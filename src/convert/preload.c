/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a rules file as unit_load() does, and makes its rules strangers to that file:
 * names are compared by address, and spans would point into the script.
 */
#include "convert/preload.h"

#include <string.h>

#include "ruleset/chains.h"
#include "ruleset/live.h"

static const char *own_name(const struct unit *frame, const char *name)
{
	return name ? intern_add(frame->names, name, strlen(name)) : NULL;
}

static const struct match *own_matches(struct arena *arena, const struct match *from)
{
	const struct match *first = NULL;
	const struct match **last = &first;

	for (; from; from = from->next) {
		struct match *match = arena_memdup(arena, from, sizeof(*match));

		match->next = NULL;
		match->span = (struct span){ 0, 0 };
		*last = match;
		last = (const struct match **)&match->next;
	}
	return first;
}

/* The line of the file without its places. */
static const struct command *own_origin(struct arena *arena, const struct command *from,
					struct rule *rule)
{
	struct command *origin = arena_memdup(arena, from, sizeof(*origin));

	origin->base.next = NULL;
	origin->base.span = origin->chain_span = origin->spec_span = (struct span){ 0, 0 };
	origin->rules = rule;
	origin->n_rules = 1;
	return origin;
}

static const struct rule *own_rule(const struct unit *frame, const struct rule *from)
{
	struct rule *rule = arena_memdup(frame->arena, from, sizeof(*rule));

	rule->in = own_name(frame, rule->in);
	rule->out = own_name(frame, rule->out);
	if (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO)
		rule->to.chain = own_name(frame, rule->to.chain);
	rule->matches = own_matches(frame->arena, rule->matches);
	rule->target_span = (struct span){ 0, 0 };
	rule->origin = own_origin(frame->arena, rule->origin, rule);
	return rule;
}

static void own_table(const struct unit *frame, struct table *table)
{
	table->section = NULL;
	table->committed = true;
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct chain *chain = table->chains[i];

		chain->name = own_name(frame, chain->name);
		chain->declared = NULL;
		for_each_entry (entry, chain)
			entry->rule = own_rule(frame, entry->rule);
	}
}

struct ruleset *preload(const struct unit *frame, const struct source *from)
{
	const struct unit *unit = unit_load(frame->arena, from, frame->binder, &frame->options);
	struct ruleset *ruleset = ruleset_copy(unit_ruleset(unit), frame->arena);

	for (unsigned id = 0; id < TABLE_COUNT; id++)
		own_table(frame, &ruleset->tables[id]);
	return ruleset;
}
