/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the text that is to be printed read as the same rules again?
 *
 * Extensions are tried by the binder, where it is not known that they save well
 * (rule->recheck_save).  What iptables itself prints without quotes (interfaces,
 * chains), and what nft prints in words of its own, is looked at here.
 */
#include "emit/reload.h"

#include <string.h>

#include "bind/bind.h"
#include "emit/nft.h"
#include "ruleset/protocol.h"

#define MAX_LINE 10238	   /* bytes that iptables-restore reads at once, without the newline */
#define LONG	 3000	   /* a shorter line never grows so long */
#define BREAKERS " \t\n\"" /* characters that a word without quotes cannot hold */

struct reload {
	const struct saver *saver;
	struct diags *reasons;
	struct bind_scope scope;
	struct tools tools; /* the one back end */
	struct arena *scratch;
	int plain_protocol; /* the last one whose name was found to be read back */
	bool is_told;	    /* the pipeline has found some rule that saves badly */
	bool has_odd_chain; /* some chain of this table has a name that breaks */
	bool ok;
};

static bool has_no_chain(const void *context, const char *name)
{
	(void)context;
	(void)name;
	return false;
}

static bool breaks(const char *word)
{
	return word && (!*word || strpbrk(word, BREAKERS));
}

static bool loses_interface(const struct saver *saver, const struct rule *rule)
{
	if (!saver->drops_not_any)
		return false;
	return (rule->in && rule->inverted & RULE_NOT_IN && strcmp(rule->in, "+") == 0) ||
	       (rule->out && rule->inverted & RULE_NOT_OUT && strcmp(rule->out, "+") == 0);
}

/* Is what is printed for the protocol the same protocol again? */
static bool loses_protocol(struct reload *reload, const struct rule *rule)
{
	const char *name;

	if (rule->protocol == reload->plain_protocol)
		return false;
	if (rule->protocol > UINT8_MAX && reload->saver->backend == BACKEND_NFT)
		return true;
	name = protocol_name(rule->protocol, reload->saver->protocol_from_file);
	if (name ? protocol_number(name) != rule->protocol : rule->protocol > UINT8_MAX)
		return true;
	reload->plain_protocol = rule->protocol;
	return false;
}

static bool is_too_long(const struct saver *saver, const char *chain, const struct rule *rule)
{
	const struct span *line = &rule->origin->base.span;
	struct buf text = BUF_INIT;
	bool too_long;

	if (line->end - line->start < LONG)
		return false;
	save_rule(saver, &text, chain, rule);
	too_long = text.len > MAX_LINE;
	buf_free(&text);
	return too_long;
}

/* The chain that RULE names, or NULL. */
static const char *jumped_to(const struct rule *rule)
{
	if (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO)
		return rule->to.chain;
	return NULL;
}

/* The reason why the text of RULE is not RULE again, or NULL. */
static const char *find_loss(struct reload *reload, const char *chain, const struct rule *rule)
{
	const struct saver *saver = reload->saver;
	const char *why = NULL;

	if (breaks(rule->in) || breaks(rule->out))
		return "the name of the interface is saved without quotes";
	if (reload->has_odd_chain && (breaks(chain) || breaks(jumped_to(rule))))
		return "the name of the chain is saved without quotes";
	if (loses_interface(saver, rule))
		return "the '!' before an interface '+' is not saved";
	if (loses_protocol(reload, rule))
		return "the protocol is saved under a name or number that is read as another one";
	if (saver->merges_ports && rule->matches && nft_changes_matches(rule)) {
		if (nft_loses_test(rule))
			return "nft merges the matches of this protocol, and a test of ports or "
			       "flags is not saved";
		return NULL; /* the words of nft itself always load */
	}
	if (is_too_long(saver, chain, rule))
		return "the saved line is longer than iptables-restore reads at once";
	if (reload->is_told && rule->recheck_save &&
	    !bind_save_is_faithful(saver->unit->binder, &reload->scope, rule, &why))
		return why;
	return NULL;
}

static void check_rule(struct reload *reload, const struct chain *chain, const struct rule *rule)
{
	struct diag *diag;
	const char *why;

	if (rule->unbound)
		return;
	why = find_loss(reload, chain->name, rule);
	if (!why)
		return;
	reload->ok = false;
	diag = diag_add(reload->reasons, "save-changes-meaning", rule->origin->base.span, "%s",
			why);
	diag->level = LEVEL_ERROR;
	diag->table = table_name(reload->scope.table);
	diag->chain = chain->name;
	diag_hint(reload->reasons, diag,
		  "write the rule in another way, or take the text as it is with --exact-save");
}

static void check_chain(struct reload *reload, const struct chain *chain)
{
	const struct command *last = NULL;

	for_each_entry (entry, chain) {
		/* The rules of one line differ in addresses only. */
		if (entry->rule->origin != last)
			check_rule(reload, chain, entry->rule);
		last = entry->rule->origin;
	}
}

static void check_table(struct reload *reload, const struct table *table)
{
	reload->scope.table = table->id;
	reload->has_odd_chain = false;
	for (uint32_t i = 0; i < table->n_chains; i++)
		if (breaks(table->chains[i]->name))
			reload->has_odd_chain = true;
	for (uint32_t i = 0; i < table->n_chains; i++)
		check_chain(reload, table->chains[i]);
}

/* unit_load() has tried all rules whose text is not known to be safe; of a script nobody has. */
static bool is_told(const struct unit *unit)
{
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		if (strcmp(diag->rule, "save-changes-meaning") == 0)
			return true;
	return false;
}

bool reload_check(const struct saver *saver, const struct ruleset *ruleset, struct diags *reasons)
{
	const struct unit *unit = saver->unit;
	struct reload reload = {
		.saver = saver,
		.reasons = reasons,
		.tools = { saver->backend, unit->options.tools.release },
		.scratch = arena_new(),
		.plain_protocol = 0,
		.is_told = unit->is_script || is_told(unit),
		.ok = true,
	};
	struct intern *names = intern_new(reload.scratch);

	reload.scope = (struct bind_scope){
		.arena = unit->arena, /* of the reasons */
		.names = names,
		.source = unit->source,
		.tools = &reload.tools,
		.has_chain = has_no_chain,
	};
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		if (table->present)
			check_table(&reload, table);
	}
	intern_free(names);
	arena_free(reload.scratch);
	return reload.ok;
}
