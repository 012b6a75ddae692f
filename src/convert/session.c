/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame of a session: its states, its log of what was done, and the unit in the end.
 * What a call does is in command.c, restore.c, saving.c and sets.c.
 */
#include "convert/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/word.h"
#include "convert/inside.h"
#include "convert/preload.h"

/* ---- begin and end ---- */

static struct unit *make_frame(struct arena *arena, const struct source *script,
			       struct binder *binder, const struct session_options *options)
{
	struct unit *unit = arena_new_object(arena, struct unit);

	unit->arena = arena;
	unit->source = script;
	unit->binder = binder;
	unit->options.tools = options->tools;
	unit->options.tools.noflush = false; /* what is there is known */
	if (!unit->options.tools.release)
		unit->options.tools.release = binder_release();
	unit->family = binder_family(binder);
	unit->names = intern_new(arena);
	unit->is_script = true;
	diags_init(&unit->diags, arena);
	diags_init(&unit->silenced, arena);
	diags_init(&unit->set_aside, arena);
	return unit;
}

static void assume_sets(struct session *session, const struct session_options *options)
{
	for (size_t i = 0; i < options->n_sets; i++) {
		struct set *set = arena_new_object(session->arena, struct set);

		set->name = options->sets[i];
		set->before = session->now.sets;
		session->now.sets = set;
	}
}

struct session *session_new(struct arena *arena, const struct source *script, struct binder *binder,
			    const struct session_options *options)
{
	struct session *session = alloc_zeroed(sizeof(*session));

	session->arena = arena;
	session->unit = make_frame(arena, script, binder, options);
	session->binder = binder;
	session->backend = (enum backend)options->tools.backends;
	session->family = session->unit->family;
	live_init(&session->live, arena, session->family, &session->unit->options.tools);
	assume_sets(session, options);
	if (options->from)
		session->live.ruleset = preload(session->unit, options->from);
	if (options->from)
		session->before = ruleset_copy(session->live.ruleset, arena);
	session->now.ruleset = session->live.ruleset;
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		if (session_table(session, (enum table_id)i)->present)
			session->now.order[session->now.n_order++] = (enum table_id)i;
	bind_begin(binder, arena);
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	if (session->unit->names)
		intern_free(session->unit->names);
	free(session->states);
	free(session);
}

/* ---- what calls leave ---- */

void session_own(struct session *session, enum table_id table)
{
	struct ruleset *ruleset;

	session->has_effect = true;
	if (session->shared) {
		ruleset = arena_memdup(session->arena, session->live.ruleset, sizeof(*ruleset));
		session->live.ruleset = session->now.ruleset = ruleset;
		session->shared = false;
		session->shared_tables = (1u << TABLE_COUNT) - 1;
	}
	if (table != TABLE_NONE && session->shared_tables & 1u << table) {
		struct table *shared = session_table(session, table);
		struct table copy;

		table_copy(&copy, shared, session->arena);
		*shared = copy;
		session->shared_tables &= ~(1u << table);
	}
}

static void note_order(struct session *session, enum table_id table)
{
	struct state *now = &session->now;

	for (unsigned i = 0; i < now->n_order; i++)
		if (now->order[i] == table)
			return;
	now->order[now->n_order++] = table;
}

void session_touch(struct session *session, enum table_id table)
{
	if (session_is_nft(session) || session_table(session, table)->present)
		return;
	session_own(session, TABLE_NONE);
	session_table(session, table)->present = true;
	session_table(session, table)->committed = true;
	note_order(session, table);
}

static struct step *add_step(struct session *session)
{
	struct step *step = arena_new_object(session->arena, struct step);

	step->before = session->now.steps;
	step->span = session->call->span;
	step->round = session->call->round;
	step->number = session->n_calls;
	session->now.steps = step;
	return step;
}

void session_add_statement(struct session *session, enum table_id table,
			   struct statement *statement)
{
	struct step *step = add_step(session);

	step->statement = statement;
	step->table = table;
	step->kind = HAPPENING_COMMAND;
}

void session_add_line(struct session *session, struct statement *line, bool keeps)
{
	struct step *step = add_step(session);

	step->statement = line;
	step->table = session->table;
	step->kind = HAPPENING_SECTION;
	step->keeps = keeps;
}

static const char *program_of(struct arena *arena, const struct journal_call *call)
{
	return arena_strdup(arena, base_name(call->words[0]));
}

/* Calls that changed no rule: time went by, and somebody may have looked. */
static void add_other_call(struct session *session, int status)
{
	const struct journal_call *call = session->call;
	struct step *step;

	if (!status && (call->program == FILTER_COMMAND || call->program == FILTER_RESTORE))
		return;
	step = add_step(session);
	step->table = session->table;
	if (call->program == FILTER_SAVE) {
		step->kind = HAPPENING_LOOK;
	} else if (call->program == FILTER_COMMAND || call->program == FILTER_RESTORE) {
		step->kind = HAPPENING_REFUSED;
		step->command = session->command;
	} else {
		step->kind = HAPPENING_PROGRAM;
		step->program = program_of(session->arena, call);
	}
}

/* A record may point at an older rule, which is then the second place. */
static void move_to_call(struct session *session, struct diags *found, struct diag *diag)
{
	struct span call = session->call->span;
	struct span text = session->text;

	if (diag->span.start >= call.start && diag->span.end <= call.end)
		return;
	if (diag->span.start >= text.start && diag->span.end <= text.end && text.end)
		return;
	if (diag->span.end > diag->span.start && !session->call->other_file)
		diag_related(found, diag, diag->span, "this rule");
	diag->span = call;
}

void session_add_diags(struct session *session, struct diags *found)
{
	struct diag *next;

	for (struct diag *diag = found->first; diag; diag = next) {
		next = diag->next;
		move_to_call(session, found, diag);
		diag->next = NULL;
		add_step(session)->diag = diag;
	}
	diags_init(found, session->arena);
}

struct span session_word_span(const struct session *session, size_t word)
{
	const struct journal_call *call = session->call;

	if (!call->spans || call->spans[word].start >= call->spans[word].end)
		return call->span;
	return call->spans[word];
}

static bool has_chain(const void *context, const char *name)
{
	const struct session *session = context;

	return session->table != TABLE_NONE &&
	       table_find_chain(&session->live.ruleset->tables[session->table], name) != NULL;
}

static bool has_set(const void *context, const char *name, enum family *family)
{
	const struct session *session = context;
	const struct set *set = set_find(session->now.sets, name);

	if (set)
		*family = set->family;
	return set != NULL;
}

struct bind_scope session_scope(struct session *session, struct diags *diags)
{
	return (struct bind_scope){
		.arena = session->arena,
		.names = session->unit->names,
		.diags = diags,
		.source = session->unit->source,
		.tools = &session->unit->options.tools,
		.table = session->table,
		.has_chain = has_chain,
		.has_set = has_set,
		.context = session,
	};
}

static int make_call(struct session *session)
{
	switch (session->call->program) {
	case FILTER_COMMAND:
		return session_command(session);
	case FILTER_RESTORE:
		return session_restore_call(session);
	case FILTER_SAVE:
		return session_save_call(session);
	case FILTER_IPSET:
		return session_ipset_call(session);
	case FILTER_OTHER:
		return session->call->status;
	case FILTER_NONE:
		break;
	}
	return 127;
}

int session_call(struct session *session, const struct journal_call *call, struct buf *out,
		 struct buf *errors)
{
	int status;

	session->call = call;
	session->n_calls++;
	session->command = NULL;
	session->table = TABLE_NONE;
	session->out = out;
	session->errors = errors;
	session->text = (struct span){ 0, 0 };
	session->has_effect = false;
	status = make_call(session);
	add_other_call(session, status);
	return status;
}

bool session_has_effect(const struct session *session)
{
	return session->has_effect;
}

/* ---- states ---- */

unsigned session_save(struct session *session)
{
	if (session->n_states == session->capacity) {
		session->capacity = session->capacity ? 2 * session->capacity : 16;
		session->states =
			alloc_resize(session->states, session->capacity * sizeof(*session->states));
	}
	session->shared = true;
	session->states[session->n_states] = session->now;
	return session->n_states++;
}

void session_restore(struct session *session, unsigned state)
{
	bool sets_change = session->now.sets != session->states[state].sets;

	session->now = session->states[state];
	session->live.ruleset = session->now.ruleset;
	session->live.changes = NULL;
	session->shared = true;
	if (sets_change) /* what was kept of lines may name other sets */
		bind_begin(session->binder, session->arena);
}

/* Is each set of A one of B, with the same type? */
static bool has_all_sets(const struct set *a, const struct set *b)
{
	for (const struct set *set = a; set; set = set->before) {
		const struct set *left = set_find(a, set->name);
		const struct set *right = set_find(b, set->name);

		if (left && (!right || left->family != right->family))
			return false;
	}
	return true;
}

bool session_equal(const struct session *session, unsigned state)
{
	const struct state *other = &session->states[state];

	return has_all_sets(session->now.sets, other->sets) &&
	       has_all_sets(other->sets, session->now.sets) &&
	       ruleset_same(session->now.ruleset, other->ruleset);
}

void session_forget(struct session *session, unsigned state)
{
	session->n_states = state;
	if (!state) {
		session->shared = false;
		session->shared_tables = 0;
	}
}

/* ---- the unit ---- */

static bool is_undecided(const struct rule *rule)
{
	if (rule->unbound || (rule->src && prefix_host(rule->src)) ||
	    (rule->dst && prefix_host(rule->dst)))
		return true;
	for (const struct match *match = rule->matches; match; match = match->next)
		if (match->undecided)
			return true;
	return rule->target_kind == TARGET_EXTENSION && rule->to.extension->undecided;
}

/* Is there a rule left that comes from the command at SPAN and depends on a name? */
static bool is_left(const struct table *table, struct span span)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			struct span origin = entry->rule->origin->base.span;

			if (is_undecided(entry->rule) && span.start >= origin.start &&
			    span.end <= origin.end)
				return true;
		}
	}
	return false;
}

/* A name counts as long as there is a rule with it. */
static void decide(struct session *session)
{
	for (struct diag *diag = session->unit->diags.first; diag; diag = diag->next) {
		bool left = false;

		for (unsigned id = 0; diag->undecided && !left && id < TABLE_COUNT; id++)
			left = is_left(session_table(session, (enum table_id)id), diag->span);
		if (!left)
			diag->undecided = 0;
	}
}

struct unit *session_unit(struct session *session)
{
	struct unit *unit = session->unit;

	session_own(session, TABLE_NONE);
	session_chronicle(session);
	unit->legacy = session_is_nft(session) ? NULL : session->live.ruleset;
	unit->nft = session_is_nft(session) ? session->live.ruleset : NULL;
	decide(session);
	diags_keep_first(&unit->diags);
	/* What was refused is not part of the result. */
	unit->refused_by = 0;
	unit->undecided_by = diags_undecided(&unit->diags);
	intern_free(unit->names);
	unit->names = NULL;
	return unit;
}
