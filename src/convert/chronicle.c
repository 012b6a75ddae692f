/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a session: what was done, step by step, becomes the unit's statements and
 * records, and the list of what happened when (script_run.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "convert/inside.h"

struct chronicle {
	struct session *session;
	struct statement **last;
	enum table_id table;
	const struct table_statement *sections[TABLE_COUNT]; /* the first of each table */
	struct happening *happenings;
	size_t n;
	unsigned call; /* the number of the one that the last happening is of */
};

static size_t count_steps(const struct step *step)
{
	size_t n = 0;

	for (; step; step = step->before)
		n++;
	return n;
}

/* ---- statements ---- */

/* Commands for another table than those before begin a section. */
static struct table_statement *make_section(struct session *session, enum table_id table,
					    struct span span)
{
	struct table_statement *section = arena_new_object(session->arena, struct table_statement);

	section->base.kind = STATEMENT_TABLE;
	section->base.span = section->name = (struct span){ span.start, span.start };
	section->table = table;
	return section;
}

static void add_statement(struct chronicle *chronicle, const struct step *step)
{
	if (step->table != chronicle->table) {
		struct table_statement *section =
			make_section(chronicle->session, step->table, step->statement->span);

		*chronicle->last = &section->base;
		chronicle->last = &section->base.next;
		chronicle->table = step->table;
		if (!chronicle->sections[step->table])
			chronicle->sections[step->table] = section;
	}
	chronicle->session->unit->has_unreadable |= statement_is_unreadable(step->statement);
	step->statement->next = NULL;
	*chronicle->last = step->statement;
	chronicle->last = &step->statement->next;
}

/* ---- what happened ---- */

static void add_happening(struct chronicle *chronicle, const struct step *step)
{
	struct happening *now = &chronicle->happenings[chronicle->n];

	/* the lines of one section */
	if (chronicle->n && chronicle->call == step->number && now[-1].table == step->table &&
	    now[-1].kind == step->kind) {
		now[-1].n++;
		return;
	}
	chronicle->n++;
	chronicle->call = step->number;
	now->span = step->span;
	now->round = step->round;
	now->kind = step->kind;
	now->table = step->table;
	now->keeps = step->keeps;
	now->first = step->statement;
	now->n = step->statement != NULL;
	if (step->kind == HAPPENING_REFUSED)
		now->first = step->command ? &step->command->base : NULL;
	now->program = step->program;
}

/* ---- the whole ---- */

static void finish_tables(struct chronicle *chronicle)
{
	struct session *session = chronicle->session;

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct table *table = session_table(session, (enum table_id)id);

		table->section = chronicle->sections[id];
		if (!table->section)
			table->section = make_section(session, table->id, (struct span){ 0, 0 });
		table->replaced = NULL;
	}
}

void session_chronicle(struct session *session)
{
	struct unit *unit = session->unit;
	struct script_run *run = arena_new_object(session->arena, struct script_run);
	struct statement *first = NULL;
	size_t n = count_steps(session->now.steps);
	const struct step **steps = alloc_zeroed((n + 1) * sizeof(const struct step *));
	struct chronicle chronicle = { .session = session, .last = &first, .table = TABLE_NONE };

	chronicle.happenings = arena_alloc(session->arena, (n + 1) * sizeof(struct happening));
	memset(chronicle.happenings, 0, (n + 1) * sizeof(struct happening));
	for (const struct step *step = session->now.steps; n > 0; step = step->before)
		steps[--n] = step;
	for (n = 0; steps[n]; n++) {
		if (steps[n]->diag) {
			diags_append(&unit->diags, steps[n]->diag);
			continue;
		}
		if (steps[n]->statement)
			add_statement(&chronicle, steps[n]);
		add_happening(&chronicle, steps[n]);
	}
	free(steps);
	finish_tables(&chronicle);
	run->list = chronicle.happenings;
	run->n = chronicle.n;
	run->before = session->before;
	run->tools = &unit->options.tools;
	unit->statements = first;
	unit->script_run = run;
}
