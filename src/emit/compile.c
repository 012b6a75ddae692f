/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a file can be compiled, and the restore stream.
 *
 * What is refused here is what could surprise: a file that does not load, or not
 * everywhere in the same way, and text that would be another ruleset.
 */
#include "emit/compile.h"

#include <string.h>

#include "emit/differ.h"
#include "emit/reload.h"
#include "emit/save.h"
#include "emit/text.h"

#define FLUSH_AT (64 * 1024)

static const char *backend_name(unsigned backends)
{
	switch (backends) {
	case BACKEND_LEGACY:
		return "legacy";
	case BACKEND_NFT:
		return "nft";
	}
	return "both back ends";
}

/* A copy of FROM among REASONS, at another level. */
static struct diag *repeat(struct diags *reasons, const struct diag *from, enum level level)
{
	struct diag *diag = diag_repeat(reasons, from);

	diag->level = (unsigned char)level;
	return diag;
}

/* The back ends that do not refuse the file. */
static unsigned find_loading(const struct unit *unit)
{
	return unit->options.tools.backends & ~unit->refused_by;
}

static void report_refusals(const struct unit *unit, struct diags *reasons)
{
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		if (diag->refuses & unit->options.tools.backends)
			repeat(reasons, diag, LEVEL_ERROR);
}

/* One back end is left: the other one's reasons are worth knowing. */
static void remark_refusals(const struct unit *unit, struct diags *reasons)
{
	unsigned refusing = unit->options.tools.backends & unit->refused_by;

	for (const struct diag *from = unit->diags.first; from; from = from->next) {
		struct diag *diag;

		if (!(from->refuses & refusing))
			continue;
		diag = repeat(reasons, from, LEVEL_WARNING);
		diag->rule = "backend-difference";
		diag->message = arena_printf(reasons->arena, "%s does not load this file: %s",
					     backend_name(refusing), from->message);
	}
}

/* ---- names that are looked up at load ---- */

/* The lines of the file, to be asked from top to bottom. */
struct cursor {
	const struct statement *first;
	const struct statement *at;
};

/* The command at SPAN, or NULL. */
static const struct command *command_at(struct cursor *cursor, struct span span)
{
	if (!cursor->at || cursor->at->span.start > span.start)
		cursor->at = cursor->first;
	while (cursor->at && cursor->at->span.end <= span.start)
		cursor->at = cursor->at->next;
	if (!cursor->at || cursor->at->kind != STATEMENT_COMMAND)
		return NULL;
	return (const struct command *)cursor->at;
}

static bool has_unbound_rule(const struct command *command)
{
	for (uint32_t i = 0; i < command->n_rules; i++)
		if (command->rules[i].unbound)
			return true;
	return false;
}

/* Does the line at SPAN have rules, and all of them a text without the look-up? */
static bool has_text(struct cursor *cursor, struct span span)
{
	const struct command *command = command_at(cursor, span);

	return command && command->n_rules > 0 && !has_unbound_rule(command);
}

static bool check_names(const struct unit *unit, unsigned backends,
			const struct compile_options *options, struct diags *reasons)
{
	struct cursor cursor = { unit->statements, NULL };
	bool ok = true;

	if (!(unit->undecided_by & backends))
		return true;
	for (const struct diag *from = unit->diags.first; from; from = from->next) {
		struct diag *diag;

		if (!(from->undecided & backends))
			continue;
		if (options->keep_names && has_text(&cursor, from->span))
			continue;
		ok = false;
		diag = repeat(reasons, from, LEVEL_ERROR);
		/* with --noflush other things than names may be open */
		if (!strcmp(from->rule, "delete-without-match") ||
		    !strcmp(from->rule, "chain-conflict"))
			continue;
		if (options->keep_names)
			diag_hint(reasons, diag,
				  "write the number: this name has no place in the "
				  "saved text and cannot be kept");
		else if (strcmp(from->rule, "hostname-in-address") == 0)
			diag_hint(reasons, diag,
				  "write the address instead, or keep the name with --keep-names");
		else
			diag_hint(reasons, diag, "write the number instead of the name");
	}
	return ok;
}

/* ---- what has to be loaded before ---- */

static bool check_fragment(const struct ruleset *ruleset, struct diags *reasons)
{
	bool ok = true;

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++) {
			const struct chain *chain = table->chains[i];
			struct diag *diag;

			if (chain->assumed_at.end == chain->assumed_at.start)
				continue;
			diag = diag_add(reasons, "undefined-chain", chain->assumed_at,
					"the file is for --noflush, and what is loaded has to "
					"have '%s': a restore stream of its own cannot be made",
					chain->name);
			diag->level = LEVEL_ERROR;
			diag->table = table_name(table->id);
			diag->chain = chain->name;
			ok = false;
		}
	}
	return ok;
}

/* ---- policies ---- */

static bool check_policies(const struct ruleset *ruleset, enum backend backend,
			   const struct compile_options *options, struct diags *reasons)
{
	bool ok = true;

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];
		struct buf names = BUF_INIT;

		if (!table->present || (backend == BACKEND_NFT && !table->used))
			continue;
		for (uint32_t i = 0; i < table->n_chains; i++) {
			if (table->chains[i]->hook == HOOK_NONE ||
			    table->chains[i]->policy_declared)
				continue;
			if (names.len)
				buf_add_string(&names, ", ");
			buf_add_string(&names, table->chains[i]->name);
		}
		if (names.len) {
			struct diag *diag =
				diag_add(reasons, "policy-undeclared", table->section->base.span,
					 "no line sets the policy of %s in table %s: the output "
					 "says ACCEPT",
					 buf_string(&names), table_name(table->id));

			diag->level = options->strict_policy ? LEVEL_ERROR : LEVEL_WARNING;
			diag->table = table_name(table->id);
			ok = ok && !options->strict_policy;
		}
		buf_free(&names);
	}
	return ok;
}

/* ---- the whole ---- */

/* Which ruleset speaks for the file, and the back ends that load it; 0 if none does. */
static unsigned choose(const struct unit *unit, struct diags *reasons,
		       const struct ruleset **ruleset, enum backend *backend)
{
	unsigned loading = find_loading(unit);

	if (!loading) {
		report_refusals(unit, reasons);
		return 0;
	}
	if (loading != unit->options.tools.backends)
		remark_refusals(unit, reasons);
	*backend = loading & BACKEND_LEGACY ? BACKEND_LEGACY : BACKEND_NFT;
	*ruleset = *backend == BACKEND_LEGACY ? unit->legacy : unit->nft;
	return loading;
}

bool compile_allowed(const struct unit *unit, const struct compile_options *options,
		     struct diags *reasons, const struct ruleset **ruleset, enum backend *backend)
{
	unsigned loading = choose(unit, reasons, ruleset, backend);
	struct saver saver;
	bool ok;

	if (!loading)
		return false;
	ok = check_names(unit, loading, options, reasons);
	if (loading == BACKEND_BOTH && !differ_check(unit, reasons))
		ok = false;
	saver = saver_for(unit, *backend);
	if (!options->exact_save && !reload_check(&saver, *ruleset, reasons))
		ok = false;
	if (!check_fragment(*ruleset, reasons))
		ok = false;
	if (!check_policies(*ruleset, *backend, options, reasons))
		ok = false;
	return ok;
}

/* Names that hide where a rule leads to. */
static bool check_jumps(const struct unit *unit, unsigned backends, struct diags *reasons)
{
	struct cursor cursor = { unit->statements, NULL };
	bool ok = true;

	for (const struct diag *from = unit->diags.first; from; from = from->next) {
		const struct command *command;

		if (!(from->undecided & backends))
			continue;
		command = command_at(&cursor, from->span);
		if (!command || !has_unbound_rule(command))
			continue;
		ok = false;
		diag_hint(reasons, repeat(reasons, from, LEVEL_ERROR),
			  "write the number instead of the name");
	}
	return ok;
}

bool compile_loads(const struct unit *unit, struct diags *reasons, const struct ruleset **ruleset,
		   enum backend *backend)
{
	unsigned loading = choose(unit, reasons, ruleset, backend);
	bool ok;

	if (!loading)
		return false;
	ok = check_jumps(unit, loading, reasons);
	/* one ruleset for both: only its text may differ */
	if (loading == BACKEND_BOTH && unit->legacy != unit->nft && !differ_check(unit, reasons))
		ok = false;
	return ok;
}

/* ---- the stream ---- */

struct stream {
	struct saver saver;
	const struct compile_options *options;
	bool counters;
	struct buf text;
	FILE *out;
};

static void flush(struct stream *stream)
{
	if (stream->text.len)
		fwrite(stream->text.data, 1, stream->text.len, stream->out);
	buf_clear(&stream->text);
}

static void print_comment(struct stream *stream, const struct statement *origin)
{
	const struct compile_options *options = stream->options;
	const char *text =
		options->comment && origin ? options->comment(options->context, origin) : NULL;

	if (text)
		buf_add_string(&stream->text, text);
}

static void print_chain_line(struct stream *stream, const struct chain *chain)
{
	struct buf *text = &stream->text;
	bool built_in = chain->hook != HOOK_NONE;

	print_comment(stream, chain->declared);
	buf_add_char(text, ':');
	buf_add_string(text, chain->name);
	buf_add_char(text, ' ');
	buf_add_string(text, built_in ? verdict_name(chain->policy) : "-");
	buf_add_char(text, ' ');
	text_counters(text, stream->counters && built_in ? chain->counters : NULL);
	buf_add_char(text, '\n');
}

static void print_rules(struct stream *stream, const struct chain *chain)
{
	for_each_entry (entry, chain) {
		print_comment(stream, &entry->rule->origin->base);
		if (stream->counters) {
			text_counters(&stream->text, entry->rule->counters);
			buf_add_char(&stream->text, ' ');
		}
		save_rule(&stream->saver, &stream->text, chain->name, entry->rule);
		buf_add_char(&stream->text, '\n');
		if (stream->text.len >= FLUSH_AT)
			flush(stream);
	}
}

static void print_table(struct stream *stream, const struct table *table)
{
	struct chain **chains = table_sorted_chains(table, stream->saver.unit->arena);

	buf_add_char(&stream->text, '*');
	buf_add_string(&stream->text, table_name(table->id));
	buf_add_char(&stream->text, '\n');
	for (uint32_t i = 0; i < table->n_chains; i++) {
		print_chain_line(stream, chains[i]);
		if (stream->text.len >= FLUSH_AT)
			flush(stream);
	}
	for (uint32_t i = 0; i < table->n_chains; i++)
		print_rules(stream, chains[i]);
	buf_add_string(&stream->text, "COMMIT\n");
}

void compile_print(const struct unit *unit, const struct ruleset *ruleset, enum backend backend,
		   const struct compile_options *options, FILE *out)
{
	struct stream stream = {
		.saver = saver_for(unit, backend),
		.options = options,
		.counters = options->counters,
		.out = out,
	};

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		/* nft has no trace of a table that is only named. */
		if (backend == BACKEND_NFT ? table->used : table->present)
			print_table(&stream, table);
	}
	flush(&stream);
	buf_free(&stream.text);
}
