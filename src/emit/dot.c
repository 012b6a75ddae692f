/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws chains as boxes and jumps as arrows.
 *
 * Knows what the analysis has found, not how; and of layout only what makes the picture
 * legible, the rest is Graphviz's.
 */
#include "emit/dot.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/facts.h"
#include "base/buf.h"
#include "base/utf8.h"

#define FLUSH_AT (64 * 1024)

/* Black on these can be read, and grey stands apart from them. */
#define COLOUR_ACCEPT "palegreen"
#define COLOUR_DENY   "lightpink"
#define COLOUR_DEAD   "gray60"

/* More than there are targets that end the way of a packet: facts.c. */
#define VERDICTS_MAX 32

/* All rules of one chain that lead to the same place in the same way. */
struct edge {
	uint32_t place; /* drawing->edge_at */
	uint32_t n;
	uint32_t n_dead;
};

struct drawing {
	const struct unit *unit;
	const struct dot_options *options;
	struct analysis *analysis;
	FILE *out;
	struct buf text;
	/* Of the table that is drawn. */
	const struct table *table;
	const struct chains *chains; /* NULL: nothing is known of it */
	const struct reach *reach;   /* the same */
	const char *verdicts[VERDICTS_MAX];
	uint32_t n_verdicts;
	/* Of the chain whose edges are drawn. */
	struct edge *edges;
	uint32_t n_edges;
	/*
	 * Which of them leads to a place, from 1 on; 0: none.  The places are two for each chain,
	 * by its index, for jumps and for gotos, and then the verdicts.
	 */
	uint32_t *edge_at;
};

static void flush(struct drawing *drawing, size_t at)
{
	if (drawing->text.len < at)
		return;
	fwrite(drawing->text.data, 1, drawing->text.len, drawing->out);
	buf_clear(&drawing->text);
}

/* ---- names ---- */

/* Text that may be shown as it is begins with a sequence of that length; 0: it may not. */
static size_t visible_sequence(const char *text, size_t len)
{
	size_t sequence = utf8_sequence(text, len);

	return sequence && utf8_is_visible(text, sequence) ? sequence : 0;
}

/*
 * As part of a label, in which Graphviz reads backslashes and the entities of HTML.  What
 * cannot be shown becomes \xNN.
 */
static void add_label(struct buf *out, const char *text)
{
	for (size_t len = strlen(text); len;) {
		size_t sequence = visible_sequence(text, len);

		if (!sequence)
			buf_printf(out, "\\\\x%02x", (unsigned char)*text);
		else if (*text == '&')
			buf_add_string(out, "&amp;");
		else if (*text == '\\')
			buf_add_string(out, "\\\\");
		else if (*text == '"')
			buf_add_string(out, "\\\"");
		else
			buf_add(out, text, sequence);
		text += sequence ? sequence : 1;
		len -= sequence ? sequence : 1;
	}
}

/*
 * As part of a name that no label shows: what is special to anybody who reads the graph or what is
 * made of it becomes %NN, so that different chains have different names.
 */
static void add_id(struct buf *out, const char *text)
{
	for (size_t len = strlen(text); len;) {
		size_t sequence = visible_sequence(text, len);

		if (!sequence || strchr("%\"\\&<>", *text))
			buf_printf(out, "%%%02X", (unsigned char)*text);
		else
			buf_add(out, text, sequence);
		text += sequence ? sequence : 1;
		len -= sequence ? sequence : 1;
	}
}

static void add_chain_name(struct drawing *drawing, const struct chain *chain)
{
	buf_printf(&drawing->text, "\"%s/", table_name(drawing->table->id));
	add_id(&drawing->text, chain->name);
	buf_add_char(&drawing->text, '"');
}

/* No chain is called so: there is no '/' behind the table. */
static void add_verdict_name(struct drawing *drawing, const char *verdict)
{
	buf_printf(&drawing->text, "\"%s->", table_name(drawing->table->id));
	add_id(&drawing->text, verdict);
	buf_add_char(&drawing->text, '"');
}

/* ---- chains ---- */

/* Can no packet come to it? */
static bool is_dead(const struct drawing *drawing, const struct chain *chain)
{
	if (!drawing->reach || chain_is_external(chain->name))
		return false;
	return !chain_is_reached(drawing->chains, chain) ||
	       reach_of(drawing->reach, chain)->is_cut_off;
}

/* Has to be there before the file is loaded. */
static bool is_assumed(const struct chain *chain)
{
	return chain->assumed_at.end != chain->assumed_at.start;
}

/* Of a built-in chain, if the file sets it: else that of the host stays with some back ends. */
static enum verdict policy_of(const struct chain *chain)
{
	return chain->policy_declared ? (enum verdict)chain->policy : VERDICT_NONE;
}

static void add_fill(struct drawing *drawing, const char *colour)
{
	buf_printf(&drawing->text, ", style=filled, fillcolor=%s", colour);
}

static void draw_chain(struct drawing *drawing, const struct chain *chain)
{
	struct buf *text = &drawing->text;
	enum verdict policy = policy_of(chain);
	bool is_external = chain->hook == HOOK_NONE && chain_is_external(chain->name);

	buf_add_string(text, "\t\t");
	add_chain_name(drawing, chain);
	buf_add_string(text, " [label=\"");
	add_label(text, chain->name);
	if (policy != VERDICT_NONE)
		buf_printf(text, "\\npolicy %s", verdict_name(policy));
	else if (chain->hook != HOOK_NONE)
		buf_add_string(text, "\\npolicy not set");
	if (chain->n_rules)
		buf_printf(text, "\\n%u rule%s", chain->n_rules, chain->n_rules == 1 ? "" : "s");
	else
		buf_add_string(text, "\\nno rules");
	if (is_external)
		buf_add_string(text, "\\nfilled by other programs");
	if (is_assumed(chain))
		buf_add_string(text, "\\nloaded before");
	if (is_dead(drawing, chain))
		buf_add_string(text, "\\nnever reached");
	buf_add_char(text, '"');
	if (policy != VERDICT_NONE)
		add_fill(drawing, policy == VERDICT_DROP ? COLOUR_DENY : COLOUR_ACCEPT);
	if (is_external || is_assumed(chain))
		buf_add_string(text, ", style=dashed");
	if (is_dead(drawing, chain))
		buf_add_string(text, ", color=" COLOUR_DEAD ", fontcolor=" COLOUR_DEAD);
	buf_add_string(text, "]\n");
	flush(drawing, FLUSH_AT);
}

/* ---- edges ---- */

/* What the rule decides, in the word for it; NULL: nothing, or what only the chain can tell. */
static const char *verdict_of(const struct rule *rule)
{
	if (rule->target_kind == TARGET_VERDICT && rule->verdict != VERDICT_RETURN)
		return verdict_name((enum verdict)rule->verdict);
	if (rule->target_kind == TARGET_EXTENSION &&
	    target_facts(rule->to.extension->real_name)->ends == ENDS_ALWAYS)
		return rule->to.extension->name;
	return NULL;
}

static uint32_t verdict_number(struct drawing *drawing, const char *verdict)
{
	uint32_t number = 0;

	while (number < drawing->n_verdicts && strcmp(drawing->verdicts[number], verdict) != 0)
		number++;
	if (number == VERDICTS_MAX)
		abort(); /* the table of facts has grown */
	if (number == drawing->n_verdicts)
		drawing->verdicts[drawing->n_verdicts++] = verdict;
	return number;
}

/* Where the rule leads to; false: nowhere that is drawn. */
static bool place_of(struct drawing *drawing, const struct entry *entry, uint32_t *place)
{
	const char *verdict = drawing->options->verdicts ? verdict_of(entry->rule) : NULL;

	if (entry->to)
		*place = 2 * entry->to->index + (entry->rule->target_kind == TARGET_GOTO);
	else if (verdict)
		*place = 2 * drawing->table->n_chains + verdict_number(drawing, verdict);
	return entry->to || verdict;
}

static void add_rule(struct drawing *drawing, uint32_t place, bool is_dead)
{
	uint32_t *number = &drawing->edge_at[place];
	struct edge *edge;

	if (!*number) {
		drawing->edges[drawing->n_edges++] = (struct edge){ .place = place };
		*number = drawing->n_edges;
	}
	edge = &drawing->edges[*number - 1];
	edge->n++;
	edge->n_dead += is_dead;
}

static void find_edges(struct drawing *drawing, const struct chain *chain)
{
	const struct dead_rule *dead =
		drawing->reach ? reach_of(drawing->reach, chain)->dead : NULL;
	uint32_t position = 0;

	for_each_entry (entry, chain) {
		bool rule_is_dead = dead && dead->position == position;
		uint32_t place;

		if (place_of(drawing, entry, &place))
			add_rule(drawing, place, rule_is_dead);
		if (rule_is_dead)
			dead = dead->next;
		position++;
	}
}

static void draw_edge(struct drawing *drawing, const struct chain *from, const struct edge *edge)
{
	struct buf *text = &drawing->text;
	const struct table *table = drawing->table;
	bool is_jump = edge->place < 2 * table->n_chains;
	bool all_dead = edge->n_dead == edge->n;

	buf_add_string(text, "\t\t");
	add_chain_name(drawing, from);
	buf_add_string(text, " -> ");
	if (is_jump)
		add_chain_name(drawing, table->chains[edge->place / 2]);
	else
		add_verdict_name(drawing, drawing->verdicts[edge->place - 2 * table->n_chains]);
	buf_printf(text, " [label=\"%u", edge->n);
	if (all_dead)
		buf_add_string(text, ", dead");
	else if (edge->n_dead)
		buf_printf(text, ", %u dead", edge->n_dead);
	buf_add_char(text, '"');
	if (is_jump && edge->place % 2)
		buf_add_string(text, ", style=dashed");
	if (all_dead || is_dead(drawing, from))
		buf_add_string(text, ", color=" COLOUR_DEAD ", fontcolor=" COLOUR_DEAD);
	buf_add_string(text, "]\n");
	flush(drawing, FLUSH_AT);
}

static void draw_edges(struct drawing *drawing, const struct chain *from)
{
	drawing->n_edges = 0;
	find_edges(drawing, from);
	for (uint32_t i = 0; i < drawing->n_edges; i++) {
		draw_edge(drawing, from, &drawing->edges[i]);
		drawing->edge_at[drawing->edges[i].place] = 0;
	}
}

/* ---- verdicts ---- */

static void draw_verdict(struct drawing *drawing, const char *verdict)
{
	buf_add_string(&drawing->text, "\t\t");
	add_verdict_name(drawing, verdict);
	buf_add_string(&drawing->text, " [label=\"");
	add_label(&drawing->text, verdict);
	buf_add_string(&drawing->text, "\", shape=ellipse, fontsize=10, height=0.3");
	if (strcmp(verdict, "ACCEPT") == 0)
		add_fill(drawing, COLOUR_ACCEPT);
	else if (strcmp(verdict, "DROP") == 0 || strcmp(verdict, "REJECT") == 0)
		add_fill(drawing, COLOUR_DENY);
	buf_add_string(&drawing->text, "]\n");
}

/* ---- tables ---- */

static void open_table(struct drawing *drawing, const struct table *table)
{
	uint32_t longest = 0;

	drawing->table = table;
	drawing->chains = analysis_chains(drawing->analysis, table->id);
	drawing->reach = analysis_reach(drawing->analysis, table->id);
	drawing->n_verdicts = 0;
	for (uint32_t i = 0; i < table->n_chains; i++)
		if (table->chains[i]->n_rules > longest)
			longest = table->chains[i]->n_rules;
	drawing->edges = arena_alloc(drawing->unit->arena, (longest + 1) * sizeof(struct edge));
	drawing->edge_at = arena_alloc(drawing->unit->arena,
				       (2 * table->n_chains + VERDICTS_MAX) * sizeof(uint32_t));
}

static void draw_table(struct drawing *drawing, const struct table *table)
{
	open_table(drawing, table);
	buf_printf(&drawing->text, "\tsubgraph \"cluster_%s\" {\n\t\tlabel=\"%s\"\n",
		   table_name(table->id), table_name(table->id));
	for (uint32_t i = 0; i < table->n_chains; i++)
		draw_chain(drawing, table->chains[i]);
	for (uint32_t i = 0; i < table->n_chains; i++)
		draw_edges(drawing, table->chains[i]);
	for (uint32_t i = 0; i < drawing->n_verdicts; i++)
		draw_verdict(drawing, drawing->verdicts[i]);
	buf_add_string(&drawing->text, "\t}\n");
}

bool dot_has_table(const struct ruleset *ruleset, enum backend backend, enum table_id id)
{
	const struct table *table = &ruleset->tables[id];

	/* as compile_print() has it */
	return backend == BACKEND_NFT ? table->used : table->present;
}

void dot_print(const struct unit *unit, const struct ruleset *ruleset, enum backend backend,
	       struct analysis *analysis, const struct dot_options *options, FILE *out)
{
	struct drawing drawing = {
		.unit = unit,
		.options = options,
		.analysis = analysis,
		.out = out,
	};

	buf_add_string(&drawing.text, "digraph iptables {\n\tlabel=\"");
	add_label(&drawing.text, unit->source->name);
	buf_printf(&drawing.text, ", IPv%d%s\"\n", (int)unit->family,
		   unit->is_fragment ? ", added to what is loaded" : "");
	buf_add_string(&drawing.text, "\trankdir=LR\n\tgraph [fontname=Helvetica]\n"
				      "\tnode [shape=box, fontname=Helvetica]\n"
				      "\tedge [fontname=Helvetica, fontsize=10]\n");
	for (unsigned id = 0; id < TABLE_COUNT; id++)
		if ((options->table == TABLE_NONE || options->table == id) &&
		    dot_has_table(ruleset, backend, (enum table_id)id))
			draw_table(&drawing, &ruleset->tables[id]);
	buf_add_string(&drawing.text, "}\n");
	flush(&drawing, 0);
	buf_free(&drawing.text);
}
