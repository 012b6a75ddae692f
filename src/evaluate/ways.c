/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions that are not known are followed both ways.  Where shell and host come out
 * equal nothing is said; variables that differ are not known from there on; a host that
 * differs is an error.  A way that leaves (exit, return, break) while the other one goes on
 * is pending until the place that it left for: no call may have an effect until then.
 * Knows nothing of what the conditions and commands are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evaluate/machine.h"

#define MAX_ROUNDS 12
#define MAX_WAYS   250 /* inside of each other */

/* ---- the host ---- */

static unsigned host_save(struct machine *sh)
{
	return sh->host->save ? sh->host->save(sh->host->context) : 0;
}

static void host_restore(struct machine *sh, unsigned state)
{
	if (sh->host->restore)
		sh->host->restore(sh->host->context, state);
}

static bool host_equal(struct machine *sh, unsigned state)
{
	return !sh->host->equal || sh->host->equal(sh->host->context, state);
}

static void host_forget(struct machine *sh, unsigned state)
{
	if (sh->host->forget)
		sh->host->forget(sh->host->context, state);
}

/* ---- what is open ---- */

struct stream_state {
	struct stream *stream;
	const struct shell_origin *unknown;
	char *tail; /* of the first way: what it wrote */
	size_t tail_len;
	size_t len, position;
};

static size_t streams_save(struct machine *sh, struct stream_state **states)
{
	struct stream *stream;
	size_t n = 0;

	*states = alloc_zeroed((sh->streams.n + 1) * sizeof(**states));
	for (stream = sh->streams.first; stream; stream = stream->next)
		(*states)[n++] =
			(struct stream_state){ stream, stream->unknown,	 NULL,
					       0,      stream->text.len, stream->position };
	return n;
}

static void stream_cut(struct stream *stream, size_t len)
{
	if (len >= stream->text.len)
		return;
	stream->text.len = len;
	stream->text.data[len] = '\0';
}

/* Back to the states, which then hold what was done since. */
static void streams_swap(struct stream_state *states, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct stream_state *s = &states[i], then = *s;
		struct stream *stream = s->stream;

		s->unknown = stream->unknown;
		s->position = stream->position;
		if (stream->text.len > then.len) {
			s->tail_len = stream->text.len - then.len;
			s->tail = alloc_resize(NULL, s->tail_len);
			memcpy(s->tail, stream->text.data + then.len, s->tail_len);
		}
		stream_cut(stream, then.len);
		stream->unknown = then.unknown;
		stream->position = then.position;
	}
}

/* What the first way did is what counts. */
static void streams_redo(struct stream_state *states, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct stream_state *s = &states[i];

		stream_cut(s->stream, s->len);
		buf_add(&s->stream->text, s->tail, s->tail_len);
		s->stream->unknown = s->unknown;
		s->stream->position = s->position;
	}
}

/* How many are not known from now on. */
static size_t streams_merge(struct stream_state *states, size_t n,
			    const struct shell_origin *origin)
{
	size_t i, changed = 0;

	for (i = 0; i < n; i++) {
		struct stream_state *s = &states[i];
		struct stream *stream = s->stream;

		if (stream->unknown || s->unknown) {
			changed += !s->unknown;
			stream->unknown = stream->unknown ? stream->unknown : s->unknown;
		} else if (stream->position != s->position ||
			   stream->text.len != s->len + s->tail_len ||
			   (s->tail_len &&
			    memcmp(stream->text.data + s->len, s->tail, s->tail_len) != 0)) {
			stream->unknown = origin;
			changed++;
		}
	}
	return changed;
}

static void streams_forget(struct stream_state *states, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(states[i].tail);
	free(states);
}

/* ---- variables ---- */

struct difference {
	struct variable *variable;
	struct content before; /* at the mark where the way began */
	struct content after;  /* at its end */
};

struct differences {
	struct difference *items;
	size_t n;
};

/* All variables that changed since the mark, each once. */
static struct differences collect(struct machine *sh, size_t n_changes)
{
	struct differences d = { NULL, 0 };
	struct map seen = MAP_INIT;
	size_t i, n = sh->vars.n_changes - n_changes;

	d.items = alloc_zeroed((n + 1) * sizeof(*d.items));
	for (i = n_changes; i < sh->vars.n_changes; i++) {
		const struct change *change = &sh->vars.changes[i];
		struct variable *variable = change->variable;

		if (n > 1 && map_get(&seen, variable))
			continue;
		if (n > 1)
			map_set(&seen, variable, variable);
		d.items[d.n++] = (struct difference){ variable, content_keep(change->before),
						      content_keep(variable->now) };
	}
	map_free(&seen);
	return d;
}

static void differences_free(struct differences *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		content_drop(&d->items[i].before);
		content_drop(&d->items[i].after);
	}
	free(d->items);
}

static bool may_lack(const struct content *content)
{
	if (content->array)
		return content->array->unknown && content->array->unknown->may_lack;
	return !content->value || (content->value->unknown && content->value->unknown->may_lack);
}

/* Nothing is known of a variable any more but that it may be there. */
static void make_unknown(struct machine *sh, struct variable *variable, const struct content *other,
			 const struct shell_origin *origin)
{
	struct content content = { 0 };
	struct shell_origin named = *origin;
	char *hint = NULL;

	named.may_lack = may_lack(&variable->now) || may_lack(other);
	content.flags = (variable->now.flags | other->flags) & ~(unsigned)VARIABLE_REMOVED;
	if (variable->space == NAME_VARIABLE && !named.way_out) {
		hint = alloc_zeroed(strlen(variable->name) + 16);
		strcat(strcat(strcpy(hint, "-D "), variable->name), "=VALUE");
		named.way_out = hint;
	}
	origin = origin_keep(sh, &named);
	free(hint);
	if (variable->now.array || other->array) {
		content.array = array_new();
		content.array->unknown = origin;
	} else {
		content.value = text_of(&sh->vars.total, value_unknown(origin));
	}
	variables_replace(&sh->vars, variable, content);
}

static bool is_unknown(const struct content *content)
{
	return (content->value && content->value->unknown) ||
	       (content->array && content->array->unknown);
}

/*
 * Each variable that is not the same at the end of the other way as it is now, whichever
 * of the two changed it; how many were known there.
 */
static size_t merge_variables(struct machine *sh, size_t n_changes, const struct differences *other,
			      const struct shell_origin *origin)
{
	struct map in_other = MAP_INIT;
	struct differences mine = collect(sh, n_changes);
	size_t i, n = 0;

	for (i = 0; i < other->n; i++) {
		const struct difference *d = &other->items[i];

		map_set(&in_other, d->variable, d->variable);
		if (content_same(&d->variable->now, &d->after))
			continue;
		make_unknown(sh, d->variable, &d->after, origin);
		n++;
	}
	for (i = 0; i < mine.n; i++) {
		const struct difference *d = &mine.items[i];

		/* the other way left it as it was */
		if (map_get(&in_other, d->variable) || content_same(&d->after, &d->before))
			continue;
		make_unknown(sh, d->variable, &d->before, origin);
		n += !is_unknown(&d->before);
	}
	map_free(&in_other);
	differences_free(&mine);
	return n;
}

/* ---- settings ---- */

static bool parameters_same(const struct settings *a, const struct settings *b)
{
	size_t n = a->parameters->n - a->shifted, i;

	if (a->parameters == b->parameters && a->shifted == b->shifted)
		return true;
	if (a->parameters->unknown || b->parameters->unknown)
		return a->parameters->unknown && b->parameters->unknown;
	if (n != b->parameters->n - b->shifted)
		return false;
	for (i = 0; i < n; i++) {
		if (!text_same(a->parameters->values[a->shifted + i],
			       b->parameters->values[b->shifted + i]))
			return false;
	}
	return true;
}

/* How much is not known from now on. */
static size_t merge_settings(struct machine *sh, const struct settings *other,
			     const struct shell_origin *origin, struct span span)
{
	size_t changed = 0;
	unsigned matters = OPTION_ERREXIT | OPTION_NOUNSET | OPTION_PIPEFAIL | OPTION_NOGLOB |
			   OPTION_NOEXEC | OPTION_NULLGLOB;

	if ((sh->set.options ^ other->options) & matters)
		report_unsupported(sh, span, origin, "options of the shell depend on %s",
				   origin->what);
	if (!parameters_same(&sh->set, other)) {
		changed += !other->parameters->unknown;
		parameters_set(sh, NULL, 0, origin);
	}
	if (!text_same(sh->set.folder, other->folder)) {
		changed += !other->folder || !other->folder->unknown;
		text_drop(sh->set.folder);
		sh->set.folder = text_of(&sh->vars.total, value_unknown(origin));
	}
	if (sh->set.status.unknown || other->status.unknown ||
	    sh->set.status.code != other->status.code) {
		changed += !other->status.unknown;
		set_unknown_status(sh, origin);
	}
	return changed;
}

/* ---- ways that left ---- */

static unsigned target_of(const struct machine *sh, enum flow flow, unsigned levels)
{
	switch (flow) {
	case FLOW_BREAK:
	case FLOW_CONTINUE:
		return levels < sh->serial_loops ? sh->serial_loops - levels + 1 : 1;
	case FLOW_RETURN:
		return sh->functions + sh->sources;
	default:
		return sh->subshells;
	}
}

static void pending_add(struct machine *sh, enum flow flow, unsigned levels,
			const struct shell_origin *origin, struct span span)
{
	struct pending *pending;
	unsigned target = target_of(sh, flow, levels);
	size_t i;

	for (i = 0; i < sh->n_pendings; i++) {
		pending = &sh->pendings[i];
		if (pending->flow == flow && pending->target == target && pending->levels == levels)
			return;
	}
	if (sh->n_pendings == sh->pendings_capacity) {
		sh->pendings_capacity = sh->pendings_capacity ? sh->pendings_capacity * 2 : 8;
		sh->pendings =
			alloc_resize(sh->pendings, sh->pendings_capacity * sizeof(*sh->pendings));
	}
	pending = &sh->pendings[sh->n_pendings++];
	pending->origin = origin;
	pending->span = machine_span(sh, span);
	pending->n_changes = sh->vars.n_changes;
	pending->target = target;
	pending->levels = levels;
	pending->flow = (unsigned char)flow;
	pending->reported = false;
	variables_hold(&sh->vars);
}

const struct pending *pending_of_loop(const struct machine *sh)
{
	unsigned outside = sh->serial_loops - sh->loops;
	size_t i;

	for (i = 0; i < sh->n_pendings; i++) {
		const struct pending *p = &sh->pendings[i];

		/* "continue 2" leaves the inner loop too */
		if ((p->flow == FLOW_BREAK ||
		     (p->flow == FLOW_CONTINUE && p->levels > 1 && p->target < sh->serial_loops)) &&
		    p->target <= sh->serial_loops && p->target > outside)
			return p;
	}
	return NULL;
}

void pending_end(struct machine *sh, enum flow flow, unsigned target)
{
	struct differences none = { NULL, 0 };
	struct pending pending;
	size_t i = sh->n_pendings;

	while (i-- > 0) {
		pending = sh->pendings[i];
		if (flow != FLOW_EXIT && (pending.flow != flow || pending.target < target))
			continue;
		merge_variables(sh, pending.n_changes, &none, pending.origin);
		set_unknown_status(sh, pending.origin);
		stream_write_unknown(sh->fds[1], pending.origin);
		sh->n_pendings--;
		memmove(sh->pendings + i, sh->pendings + i + 1,
			(sh->n_pendings - i) * sizeof(*sh->pendings));
		variables_unhold(&sh->vars);
		if (flow == FLOW_EXIT)
			break;
	}
}

void note_effect(struct machine *sh, struct span span)
{
	size_t i;

	for (i = 0; i < sh->n_pendings; i++) {
		struct pending *pending = &sh->pendings[i];

		sh->outcome->complete = false;
		if (pending->reported)
			continue;
		pending->reported = true;
		report_effect(sh, pending->span, pending->origin, span);
	}
}

/* ---- both ways ---- */

/* The end of the first way. */
struct ending {
	struct differences variables;
	struct settings set;
	enum flow flow;
	unsigned levels;
	size_t n_locals;
	unsigned host;
	bool other_input; /* "exec < file" */
};

static void note_ending(struct machine *sh, const struct snapshot *base, struct ending *ending)
{
	ending->variables = collect(sh, base->mark.n_changes);
	ending->set = settings_keep(sh->set);
	ending->flow = sh->flow;
	ending->levels = sh->levels;
	ending->n_locals = sh->scope ? sh->scope->n_locals : 0;
	ending->other_input = sh->fds[0] != base->fds[0];
	ending->host = host_save(sh);
}

static void ending_free(struct ending *ending)
{
	differences_free(&ending->variables);
	settings_drop(&ending->set);
}

/* The state at the end of the first way is that of now. */
static void go_to_ending(struct machine *sh, const struct snapshot *base, struct ending *ending,
			 struct stream_state *states, size_t n_states)
{
	size_t i;

	snapshot_restore(sh, base);
	streams_redo(states, n_states);
	for (i = 0; i < ending->variables.n; i++)
		variables_replace(&sh->vars, ending->variables.items[i].variable,
				  content_keep(ending->variables.items[i].after));
	settings_drop(&sh->set);
	sh->set = settings_keep(ending->set);
	host_restore(sh, ending->host);
	sh->flow = ending->flow;
	sh->levels = ending->levels;
}

/* Does what leaves with A go further than what leaves with B? */
static int compare_flow(enum flow a, unsigned a_levels, enum flow b, unsigned b_levels)
{
	if (a != b)
		return a > b ? 1 : -1;
	if (a != FLOW_BREAK && a != FLOW_CONTINUE)
		return 0;
	return a_levels == b_levels ? 0 : a_levels > b_levels ? 1 : -1;
}

static void join_ways(struct machine *sh, const struct shell_origin *origin, struct span span,
		      const struct snapshot *base, struct ending *no, struct stream_state *states,
		      size_t n_states)
{
	enum flow flow = sh->flow;
	unsigned levels = sh->levels;
	struct differences yes;
	int order = compare_flow(flow, levels, no->flow, no->levels);

	if (!host_equal(sh, no->host))
		report_unsupported(sh, span, origin, "what is done here depends on %s",
				   origin->what);
	if (!order) {
		merge_variables(sh, base->mark.n_changes, &no->variables, origin);
		merge_settings(sh, &no->set, origin, span);
		streams_merge(states, n_states, origin);
		if ((sh->scope ? sh->scope->n_locals : 0) != no->n_locals)
			report_unsupported(sh, span, origin, "local variables depend on %s",
					   origin->what);
		if (no->other_input || sh->fds[0] != base->fds[0])
			report_unsupported(sh, span, origin, "what is read here depends on %s",
					   origin->what);
		return;
	}
	if (order > 0) {
		yes = collect(sh, base->mark.n_changes);
		go_to_ending(sh, base, no, states, n_states);
	} else {
		yes = no->variables;
		flow = no->flow;
		levels = no->levels;
	}
	if (flow < FLOW_DISCARD)
		merge_variables(sh, base->mark.n_changes, &yes, origin);
	if (order > 0)
		differences_free(&yes);
	pending_add(sh, flow, levels, origin, span);
}

void both_ways(struct machine *sh, const struct shell_origin *origin, struct span span, way *yes,
	       way *no, const void *what)
{
	struct snapshot base;
	struct ending ending;
	struct stream_state *states;
	size_t n_states;
	unsigned host;

	if (sh->ways >= MAX_WAYS) {
		machine_limit(sh, span, "conditions that are not known are nested too deeply here");
		return;
	}
	if (!machine_step(sh) || !machine_enter(sh, span))
		return;
	sh->ways++;
	n_states = streams_save(sh, &states);
	snapshot_take(sh, &base);
	host = host_save(sh);
	no(sh, what);
	note_ending(sh, &base, &ending);
	if (ending.flow != FLOW_ABORT) {
		snapshot_restore(sh, &base);
		streams_swap(states, n_states);
		host_restore(sh, host);
		sh->flow = FLOW_NONE;
		yes(sh, what);
		if (sh->flow != FLOW_ABORT)
			join_ways(sh, origin, span, &base, &ending, states, n_states);
	}
	host_forget(sh, ending.host);
	host_forget(sh, host);
	ending_free(&ending);
	streams_forget(states, n_states);
	snapshot_release(sh, &base);
	sh->ways--;
	machine_leave(sh);
}

/* ---- loops ---- */

void unknown_rounds(struct machine *sh, const struct shell_origin *origin, struct span span,
		    way *round, const void *what)
{
	struct differences none = { NULL, 0 };
	unsigned host = host_save(sh);
	struct stream_state *states;
	struct snapshot base;
	size_t n_states, changed = 1, n_diags = sh->diags->count;
	unsigned unclear = sh->unclear_effects;
	unsigned i;

	for (i = 0; i < MAX_ROUNDS && changed && machine_step(sh); i++) {
		if (i)
			host_restore(sh, host);
		n_states = streams_save(sh, &states);
		snapshot_take(sh, &base);
		round(sh, what);
		if (sh->flow != FLOW_NONE && sh->flow != FLOW_ABORT) {
			enum flow flow = sh->flow;

			sh->flow = FLOW_NONE;
			pending_add(sh, flow, sh->levels, origin, span);
		}
		changed = merge_variables(sh, base.mark.n_changes, &none, origin);
		changed += merge_settings(sh, &base.set, origin, span);
		changed += streams_merge(states, n_states, origin);
		streams_forget(states, n_states);
		snapshot_release(sh, &base);
		if (!host_equal(sh, host) || sh->unclear_effects != unclear) {
			/* what was said of the calls inside has the same cause */
			diags_cut(sh, n_diags);
			report_unsupported(sh, span, origin, "how often this is done depends on %s",
					   origin->what);
			break;
		}
	}
	host_forget(sh, host);
	if (i == MAX_ROUNDS && changed)
		report_unsupported(sh, span, origin, "how often this is done depends on %s",
				   origin->what);
	if (sh->flow != FLOW_ABORT)
		set_unknown_status(sh, origin);
}

bool is_true(const struct machine *sh)
{
	return !sh->set.status.unknown && !sh->set.status.code;
}
