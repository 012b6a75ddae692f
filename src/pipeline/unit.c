/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stages in their order, for one input.  Knows what each stage wants from the
 * ones before, and nothing of what they do.
 */
#include "pipeline/unit.h"

#include "bind/bind.h"
#include "kernel/kernel.h"
#include "parse/fragment.h"
#include "parse/parse.h"
#include "parse/template.h"
#include "ruleset/scope.h"

/* Lines with errors, after which the rest of a file is not read: what stands there is no
 * rules file, and each record takes memory. */
#define MAX_FAILED_LINES 10000

/* The reading of one source: what the parser's calls need. */
struct load {
	struct unit *unit;
	struct bind_scope bind;
	struct scope *chains; /* declared so far in this section */
	struct statement *first;
	struct statement **last;
	size_t n_failed;
	unsigned tables; /* by number: there was a section */
};

/* Notes what few files have, so that nobody has to go through the lines again to find none. */
static void append(struct load *load, struct statement *statement)
{
	*load->last = statement;
	load->last = &statement->next;
	load->unit->has_unreadable |= statement_is_unreadable(statement);
	scope_statement(load->chains, statement);
}

static void begin_section(struct load *load, enum table_id table)
{
	load->bind.table = table;
	if (table == TABLE_NONE)
		return;
	load->unit->repeats_table |= load->tables >> table & 1;
	load->tables |= 1u << table;
}

static void on_statement(void *context, struct statement *statement)
{
	struct load *load = context;

	if (statement->kind == STATEMENT_TABLE)
		begin_section(load, ((struct table_statement *)statement)->table);
	append(load, statement);
	if (statement->kind == STATEMENT_COMMIT)
		load->bind.table = TABLE_NONE;
}

/* What one line names need not be looked for among the extensions again. */
static void note_assumed(const struct load *load, const struct command *command)
{
	const struct rule *rule = command->n_rules ? &command->rules[0] : NULL;

	if (rule && !rule->unbound &&
	    (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO))
		scope_assume(load->chains, rule->to.chain);
}

static bool on_command(void *context, struct command *command, const struct counters *counters,
		       const struct word *words, size_t n_words)
{
	struct load *load = context;
	struct diag **last = load->unit->diags.last;

	bind_command(load->unit->binder, &load->bind, command, counters, words, n_words);
	append(load, &command->base);
	if (load->unit->is_fragment)
		note_assumed(load, command);
	load->n_failed += diag_first_refusing(*last, BACKEND_BOTH) != NULL;
	return load->n_failed < MAX_FAILED_LINES;
}

static bool has_chain(const void *context, const char *name)
{
	return scope_has(context, name);
}

static void read_statements(struct unit *unit)
{
	struct load load = { .unit = unit };
	struct parse_handler handler = { on_statement, on_command, &load };

	load.last = &load.first;
	load.chains = scope_new();
	load.bind = (struct bind_scope){
		.arena = unit->arena,
		.names = unit->names,
		.diags = &unit->diags,
		.source = unit->source,
		.tools = &unit->options.tools,
		.table = TABLE_NONE,
		.has_chain = has_chain,
		.context = load.chains,
		.resolver = unit->options.pins_names ? unit->options.resolver : NULL,
		.assumes_chains = unit->is_fragment,
	};
	bind_begin(unit->binder, unit->arena);
	parse_rules(unit->arena, unit->names, unit->source, &unit->diags, &handler);
	unit->statements = load.first;
	scope_free(load.chains);
}

/* ---- save-changes-meaning ---- */

static bool has_no_chain(const void *context, const char *name)
{
	(void)context;
	(void)name;
	return false;
}

static void check_saved_rule(struct unit *unit, const struct bind_scope *scope,
			     const struct command *command, const struct rule *rule)
{
	const char *why;
	struct diag *diag;

	if (!rule->recheck_save || bind_save_is_faithful(unit->binder, scope, rule, &why))
		return;
	diag = diag_add(&unit->diags, "save-changes-meaning", command->base.span, "%s", why);
	diag->table = table_name(scope->table);
	diag->chain = command->chain;
}

static void check_saved_text(struct unit *unit)
{
	struct bind_scope scope = {
		.arena = unit->arena,
		.names = unit->names,
		.diags = &unit->diags,
		.source = unit->source,
		.tools = &unit->options.tools,
		.table = TABLE_NONE,
		.has_chain = has_no_chain,
	};

	for (const struct statement *line = unit->statements; line; line = line->next) {
		const struct command *command = (const struct command *)line;

		if (line->kind == STATEMENT_TABLE)
			scope.table = ((const struct table_statement *)line)->table;
		if (line->kind != STATEMENT_COMMAND)
			continue;
		/* The rules of a list differ in addresses only. */
		if (command->n_rules)
			check_saved_rule(unit, &scope, command, &command->rules[0]);
	}
}

/* ---- the whole ---- */

struct unit *unit_load(struct arena *arena, const struct source *source, struct binder *binder,
		       const struct unit_options *options)
{
	struct unit *unit = arena_new_object(arena, struct unit);
	struct ruleset_pair rulesets;

	unit->arena = arena;
	unit->source = source;
	unit->binder = binder;
	unit->options = *options;
	if (!unit->options.tools.release)
		unit->options.tools.release = binder_release();
	unit->options.tools.noflush |= fragment_declared(source);
	unit->is_fragment = unit->options.tools.noflush;
	unit->family = binder_family(binder);
	unit->names = intern_new(arena);
	diags_init(&unit->diags, arena);
	diags_init(&unit->silenced, arena);
	diags_init(&unit->set_aside, arena);

	unit->is_template = template_check(source, &unit->diags);
	if (!unit->is_template) {
		read_statements(unit);
		check_saved_text(unit);
	}
	rulesets = ruleset_build(arena, unit->family, &unit->options.tools, unit->statements,
				 &unit->diags);
	kernel_check(&rulesets, &unit->options.tools, &unit->diags);
	diags_keep_first(&unit->diags);
	unit->legacy = rulesets.legacy;
	unit->nft = rulesets.nft;
	unit->refused_by = diags_refusing(&unit->diags);
	unit->undecided_by = diags_undecided(&unit->diags);
	intern_free(unit->names);
	return unit;
}

const struct ruleset *unit_ruleset(const struct unit *unit)
{
	return unit->legacy ? unit->legacy : unit->nft;
}
