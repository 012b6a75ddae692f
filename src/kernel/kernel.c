/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through every rule of a ruleset and asks the table of constraints.
 *
 * What is refused stands in constraints.c and the *_values.c, which hooks count for a
 * rule in walk.c; this file only brings them together and words the refusals.
 */
#include "kernel/kernel.h"

#include <stdio.h>
#include <string.h>

#include "kernel/constraints.h"
#include "kernel/objects.h"
#include "kernel/subject.h"
#include "kernel/walk.h"
#include "ruleset/protocol.h"

/* Extensions are few and their names keep their addresses: a small cache of rows. */
#define CACHE_SIZE 64

struct cached {
	const char *name;
	const struct constraint *row;
	uint8_t kind;
	bool makes_objects;
};

struct checker {
	struct subject subject;		/* everything but match, target, constraint set per rule */
	const struct walk *walk;	/* NULL: not walked, the place is assumed */
	const struct walk_place *place; /* of the chain */
	struct object_uses objects;
	size_t position;		 /* of the rule in its chain */
	bool is_live;			 /* legacy's walk through the chain comes to this rule */
	struct related *way[HOOK_COUNT]; /* from the hook to this chain, once it was told */
	struct last_words last;
	struct cached cache[CACHE_SIZE];
};

/* ---- words ---- */

/* "INPUT, FORWARD and OUTPUT"; NAME gives the word for a bit. */
static struct words list_text(unsigned set, unsigned n, const char *(*name)(unsigned bit))
{
	struct words words = { "" };
	unsigned left = set;
	size_t len = 0;

	for (unsigned bit = 0; bit < n; bit++) {
		if (!(set & (1u << bit)))
			continue;
		left &= ~(1u << bit);
		len += (size_t)snprintf(words.text + len, sizeof(words.text) - len, "%s%s",
					!len   ? ""
					: left ? ", "
					       : " and ",
					name(bit));
	}
	return words;
}

static const char *hook_of_bit(unsigned bit)
{
	return hook_name((enum hook)bit);
}

static const char *table_of_bit(unsigned bit)
{
	return table_name((enum table_id)bit);
}

static struct words hooks_text(unsigned hooks)
{
	return list_text(hooks, HOOK_COUNT, hook_of_bit);
}

static const char *place_rule(const struct subject *subject)
{
	return subject->match ? "match-not-valid-here" : "target-not-valid-here";
}

/* ---- one extension ---- */

/* False if it may not stand in this table at all. */
static bool check_table(const struct subject *subject)
{
	const struct constraint *row = subject->constraint;
	const bool several = row->tables & (row->tables - 1);
	const char *noun = several ? "tables" : "table";
	struct words tables;
	struct diag *diag;

	if (!row->tables || (row->tables & TABLE_BIT(subject->table->id)))
		return true;
	tables = list_text(row->tables, TABLE_COUNT, table_of_bit);
	diag = subject_refuse(subject, place_rule(subject),
			      row->legacy_only ? BACKEND_LEGACY : BACKEND_BOTH,
			      "%s is valid in %s %s only, not in %s", subject_phrase(subject).text,
			      noun, tables.text, table_name(subject->table->id));
	if (row->hooks)
		subject_hint(subject, diag, "it works in %s %s, in chains that %s reach%s", noun,
			     tables.text, hooks_text(row->hooks).text,
			     (row->hooks & (row->hooks - 1)) ? "" : "es");
	else
		subject_hint(subject, diag, "it works in %s %s", noun, tables.text);
	return row->legacy_only;
}

/* "'-p tcp'" or "'-p tcp' or '-p udp'"; SECOND may be 0. */
static struct words protocols_text(unsigned first, unsigned second)
{
	const unsigned protocols[] = { first, second };
	struct words words = { "" };
	size_t len = 0;

	for (unsigned i = 0; i < 2 && (!i || second); i++) {
		const char *name = protocol_name((uint16_t)protocols[i], false);
		char number[16];

		snprintf(number, sizeof(number), "%u", protocols[i]);
		len += (size_t)snprintf(words.text + len, sizeof(words.text) - len, "%s'-p %s'",
					i ? " or " : "", name ? name : number);
	}
	return words;
}

static void check_protocol(const struct subject *subject)
{
	const struct constraint *row = subject->constraint;
	const unsigned first = row->protocols[0], second = row->protocols[1];
	const struct rule *rule = subject->rule;
	unsigned backends = BACKEND_BOTH;
	struct words wanted;
	struct diag *diag;

	if (!first || rule_is_for(rule, first) || (second && rule_is_for(rule, second)))
		return;
	if (rule->protocol == first && row->is_native && row->is_native(subject))
		backends = BACKEND_LEGACY;
	wanted = protocols_text(first, second);
	diag = subject_refuse(subject, "protocol-mismatch", backends, "%s needs %s",
			      subject_phrase(subject).text, wanted.text);
	if (!rule->protocol)
		subject_hint(subject, diag, "add %s to the rule", wanted.text);
	else if (rule->inverted & RULE_NOT_PROTOCOL)
		subject_hint(subject, diag, "'! -p' is no promise of a protocol");
	else
		subject_hint(subject, diag, "the rule is for %s",
			     protocols_text(rule->protocol, 0).text);
}

static enum hook lowest_hook(unsigned hooks)
{
	unsigned hook = 0;

	while (!(hooks & HOOK_BIT(hook)))
		hook++;
	return (enum hook)hook;
}

/* All records of a chain share the jumps that lead to it. */
static void relate_way(struct checker *checker, struct diag *diag, enum hook hook)
{
	if (!checker->walk)
		return;
	if (!checker->way[hook]) {
		walk_relate(checker->walk, checker->subject.diags, diag,
			    checker->subject.chain->index, hook);
		checker->way[hook] = diag->related;
	}
	diag->related = checker->way[hook];
}

static void report_hook(struct checker *checker, unsigned backends, unsigned allowed,
			unsigned wrong, const char *which)
{
	const struct subject *subject = &checker->subject;
	const unsigned here = allowed & table_hooks(subject->table->id);
	const struct words wrong_hooks = hooks_text(wrong);
	struct diag *diag;

	diag = subject_refuse(
		subject, place_rule(subject), backends, "%s%s%s is not valid in %s%s",
		subject_phrase(subject).text, which ? " with " : "", which ? which : "",
		subject->chain->hook == HOOK_NONE ? "a chain that is called from " : "",
		wrong_hooks.text);
	if (!diag)
		return;
	if (here)
		subject_hint(subject, diag, "in table %s it is valid in %s only",
			     table_name(subject->table->id), hooks_text(here).text);
	else
		subject_hint(subject, diag, "it is valid in %s only, which table %s does not have",
			     hooks_text(allowed).text, table_name(subject->table->id));
	relate_way(checker, diag, lowest_hook(wrong));
}

static void check_hooks(struct checker *checker)
{
	const struct subject *subject = &checker->subject;
	const struct constraint *row = subject->constraint;
	const struct walk_place *place = checker->place;
	const char *which = NULL;
	unsigned allowed = row->hooks ? row->hooks : HOOKS_ALL;
	unsigned wrong_legacy, wrong_nft, wrong;

	if (row->hooks_of)
		allowed &= row->hooks_of(subject, &which);
	wrong_legacy = checker->is_live ? place->legacy_hooks & ~allowed : 0;
	wrong_nft = place->nft_hooks & ~allowed;
	/* nft asks the extensions that look at their options only once, when the rule is
	 * added, and does not know yet who will call the chain. */
	if (row->hooks_of && subject->chain->hook == HOOK_NONE)
		wrong_nft = 0;
	wrong = wrong_legacy ? wrong_legacy : wrong_nft;
	if (wrong)
		report_hook(checker,
			    (wrong_legacy ? BACKEND_LEGACY : 0) | (wrong_nft ? BACKEND_NFT : 0),
			    allowed, wrong, which);
}

static void check_module(const struct subject *subject)
{
	subject_hint(subject,
		     subject_refuse(subject, place_rule(subject), BACKEND_BOTH,
				    "%s needs the kernel module %s, which many kernels lack",
				    subject_phrase(subject).text, subject->constraint->module),
		     "load this rule only on a host that has the module");
}

static const struct cached *look_up(struct checker *checker, enum constraint_kind kind,
				    const char *name)
{
	struct cached *slot = &checker->cache[((uintptr_t)name >> 3) % CACHE_SIZE];

	if (slot->name != name || slot->kind != kind) {
		slot->name = name;
		slot->kind = (uint8_t)kind;
		slot->row = constraint_find(kind, checker->subject.family, name);
		slot->makes_objects = object_is_used_by(name, kind == CONSTRAINT_TARGET);
	}
	return slot;
}

/* The match or target of checker->subject. */
static void check_extension(struct checker *checker, enum constraint_kind kind, const char *name)
{
	const struct cached *cached = look_up(checker, kind, name);
	const struct constraint *row = cached->row;

	if (cached->makes_objects)
		object_add(&checker->objects, &checker->subject, checker->position);
	if (!row)
		return;
	checker->subject.constraint = row;
	if (row->module) {
		check_module(&checker->subject);
		return;
	}
	if (check_table(&checker->subject) && (row->hooks || row->hooks_of))
		check_hooks(checker);
	check_protocol(&checker->subject);
	if (row->check)
		row->check(&checker->subject);
}

/* ---- one rule ---- */

static bool is_any(enum family family, const struct prefix *prefix)
{
	static const struct in6_addr zero;

	if (!prefix->mask)
		return false;
	return family == FAMILY_IPV6 ? !memcmp(&prefix->mask->v6, &zero, sizeof(zero))
				     : prefix->mask->v4.s_addr == 0;
}

/* "! -s 0.0.0.0/0" is no address at all; legacy loads it, nft cannot say it. */
static void check_address(const struct subject *subject, const struct prefix *prefix,
			  unsigned inverted, const char *option)
{
	if (prefix && (subject->rule->inverted & inverted) && is_any(subject->family, prefix)) {
		struct diag *diag =
			subject_refuse(subject, "invalid-value", BACKEND_NFT,
				       "'! %s' with every address leaves no address", option);

		if (diag)
			diag->span = subject->rule->origin->spec_span;
		subject_hint(subject, diag, "take the rule away, or '! %s'", option);
	}
}

static void check_rule(struct checker *checker)
{
	struct subject *subject = &checker->subject;
	const struct rule *rule = subject->rule;

	subject->match = NULL;
	subject->target = NULL;
	check_address(subject, rule->src, RULE_NOT_SRC, "-s");
	check_address(subject, rule->dst, RULE_NOT_DST, "-d");
	if (rule->target_kind == TARGET_VERDICT && rule->verdict == VERDICT_QUEUE)
		subject_hint(subject,
			     subject_refuse(subject, "target-not-valid-here", BACKEND_NFT,
					    "iptables-nft does not take the target 'QUEUE'"),
			     "write -j NFQUEUE, which both take");
	for (const struct match *match = rule->matches; match; match = match->next) {
		subject->match = match;
		check_extension(checker, CONSTRAINT_MATCH,
				match->real_name ? match->real_name : match->name);
	}
	subject->match = NULL;
	if (rule->target_kind == TARGET_EXTENSION) {
		subject->target = rule->to.extension;
		check_extension(checker, CONSTRAINT_TARGET,
				subject->target->real_name ? subject->target->real_name
							   : subject->target->name);
	}
}

/* ---- rulesets ---- */

static void check_chain(struct checker *checker, const struct chain *chain)
{
	const struct command *previous = NULL;

	checker->subject.chain = chain;
	checker->place = &checker->walk->places[chain->index];
	memset(checker->way, 0, sizeof(checker->way));
	checker->is_live = true;
	checker->position = 0;
	for_each_entry (entry, chain) {
		const struct rule *rule = entry->rule;

		/* The rules that a list of addresses makes differ in nothing else. */
		if (!rule->unbound && rule->origin != previous) {
			checker->subject.rule = rule;
			check_rule(checker);
		}
		previous = rule->origin;
		checker->position++;
		if (checker->is_live && walk_stops_at(rule))
			checker->is_live = false;
	}
}

static void check_whole_table(struct checker *checker, enum family family,
			      const struct table *table)
{
	const struct subject *subject = &checker->subject;
	struct walk walk;

	if (!table->present || !table->n_chains)
		return;
	walk_begin(&walk, table, family, subject->backends, subject->diags);
	checker->walk = &walk;
	checker->subject.table = table;
	for (uint32_t i = 0; i < table->n_chains; i++)
		check_chain(checker, table->chains[i]);
	walk_end(&walk);
}

static void check_ruleset(const struct ruleset *ruleset, unsigned backends, struct diags *diags)
{
	struct checker checker = {
		.subject = { .family = ruleset->family, .backends = backends, .diags = diags }
	};

	checker.subject.last = &checker.last;
	for (unsigned id = 0; id < TABLE_COUNT; id++)
		/* What earlier sections of the table had committed was loaded, too. */
		for (const struct table *table = &ruleset->tables[id]; table;
		     table = table->replaced)
			check_whole_table(&checker, ruleset->family, table);
	object_check(&checker.objects);
}

/* ---- after one command ---- */

void kernel_check_table(const struct ruleset *ruleset, enum table_id table, struct diags *diags)
{
	struct checker checker = { .subject = { .family = ruleset->family,
						.backends = ruleset->backends,
						.diags = diags } };

	checker.subject.last = &checker.last;
	check_whole_table(&checker, ruleset->family, &ruleset->tables[table]);
	object_check(&checker.objects);
}

/* Is the rule taken in a chain that HOOKS reach, if nothing before it stops the walk? */
static bool is_taken(const struct ruleset *ruleset, const struct table *table,
		     const struct chain *chain, const struct rule *rule, unsigned hooks)
{
	struct walk_place place = { .legacy_hooks = (uint8_t)hooks, .nft_hooks = (uint8_t)hooks };
	struct arena *arena = arena_new();
	struct checker checker = { .place = &place, .is_live = true };
	struct diags diags;
	bool taken;

	diags_init(&diags, arena);
	checker.subject = (struct subject){ .family = ruleset->family,
					    .backends = ruleset->backends,
					    .table = table,
					    .chain = chain,
					    .rule = rule,
					    .diags = &diags,
					    .last = &checker.last };
	check_rule(&checker);
	taken = diags_refusing(&diags) == 0 && checker.objects.n == 0;
	object_check(&checker.objects);
	arena_free(arena);
	return taken;
}

/* Does another rule of the chain, to which every walk comes, jump to the same one? */
static bool calls_already(const struct chain *from, const struct chain *to,
			  const struct command *command)
{
	for_each_entry (entry, from) {
		if (entry->to == to && entry->rule->origin != command)
			return true;
		if (walk_stops_at(entry->rule))
			return false;
	}
	return false;
}

/* Can a jump to the chain break nothing? */
static bool is_harmless(const struct chain *from, const struct chain *to,
			const struct command *command)
{
	if (from->hook == HOOK_NONE && !from->n_jumps)
		return true; /* no packet comes here */
	if (from->hook != HOOK_NONE && !to->n_rules)
		return true;
	return calls_already(from, to, command);
}

static bool is_in_order(const struct ruleset *ruleset, const struct table *table,
			const struct chain *chain, const struct rule *rule)
{
	if (rule->unbound)
		return true;
	if (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO) {
		const struct chain *to = table_find_chain(table, rule->to.chain);

		if (!to || !is_harmless(chain, to, rule->origin))
			return false;
	}
	if (chain->hook == HOOK_NONE && chain->n_jumps)
		return is_taken(ruleset, table, chain, rule, table_hooks(table->id));
	return is_taken(ruleset, table, chain, rule,
			chain->hook == HOOK_NONE ? 0 : HOOK_BIT(chain->hook));
}

void kernel_check_command(const struct ruleset *ruleset, enum table_id id,
			  const struct command *command, bool opens, struct diags *diags)
{
	const struct table *table = &ruleset->tables[id];

	switch (command->kind) {
	case COMMAND_APPEND:
	case COMMAND_INSERT:
	case COMMAND_REPLACE:
		if (!opens && command->n_rules &&
		    is_in_order(ruleset, table, table_find_chain(table, command->chain),
				&command->rules[0]))
			return;
		break;
	default:
		if (!opens)
			return;
		break;
	}
	kernel_check_table(ruleset, id, diags);
}

const char *kernel_unmet_protocol(enum family family, const struct rule *rule)
{
	struct subject subject = { .family = family, .backends = BACKEND_NFT, .rule = rule };

	for (const struct match *match = rule->matches; match; match = match->next) {
		const char *name = match->real_name ? match->real_name : match->name;

		subject.match = match;
		subject.constraint = constraint_find(CONSTRAINT_MATCH, family, name);
		if (subject.constraint && subject.constraint->is_native &&
		    rule->protocol != subject.constraint->protocols[0] &&
		    subject.constraint->is_native(&subject))
			return name;
	}
	return NULL;
}

/* ---- the whole ---- */

void kernel_check(const struct ruleset_pair *rulesets, const struct tools *tools,
		  struct diags *diags)
{
	const unsigned backends =
		(rulesets->legacy ? BACKEND_LEGACY : 0) | (rulesets->nft ? BACKEND_NFT : 0);
	struct diags legacy, nft;

	if (backends != BACKEND_BOTH || rulesets->legacy == rulesets->nft) {
		if (backends & tools->backends)
			check_ruleset(rulesets->legacy ? rulesets->legacy : rulesets->nft,
				      backends & tools->backends, diags);
		return;
	}
	diags_init(&legacy, diags->arena);
	diags_init(&nft, diags->arena);
	if (tools->backends & BACKEND_LEGACY)
		check_ruleset(rulesets->legacy, BACKEND_LEGACY, &legacy);
	if (tools->backends & BACKEND_NFT)
		check_ruleset(rulesets->nft, BACKEND_NFT, &nft);
	diags_merge(&legacy, &nft);
	diags_merge(diags, &legacy);
}
