/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits, and what is said about a script.  Knows nothing of how commands are run.
 */
#include "evaluate/machine.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Of the C stack, which is 8 MiB nearly everywhere. */
#define MAX_STACK ((size_t)3 * 1024 * 1024)

#define RULE_UNSUPPORTED "unsupported-shell"
#define RULE_ABSENT	 "assumed-absent-file"
#define RULE_ERROR	 "script-error"

/* ---- limits ---- */

bool machine_limit(struct machine *sh, struct span span, const char *format, ...)
{
	struct diag *diag;
	va_list args;

	sh->outcome->complete = false;
	if (sh->flow == FLOW_ABORT)
		return false;
	sh->flow = FLOW_ABORT;
	va_start(args, format);
	diag = diag_say(sh->diags, RULE_UNSUPPORTED, machine_span(sh, span),
			arena_vprintf(sh->diags->arena, format, args));
	va_end(args);
	diag_hint(sh->diags, diag, "the script can be run in a sandbox: --run");
	return false;
}

static bool steps_limit(struct machine *sh)
{
	bool foreign = sh->place.foreign;

	if (!sh->serial_loops)
		return machine_limit(sh, sh->here, "the script does not end within %zu steps",
				     sh->max_steps);
	/* the loop's place is one of the script already */
	sh->place.foreign = false;
	machine_limit(sh, sh->outer_loop, "this loop does not end within %zu steps", sh->max_steps);
	sh->place.foreign = foreign;
	return false;
}

bool machine_step(struct machine *sh)
{
	if (sh->flow == FLOW_ABORT)
		return false;
	if (++sh->steps > sh->max_steps)
		return steps_limit(sh);
	if (sh->vars.total > sh->max_bytes)
		return machine_limit(sh, sh->here,
				     "the values of the script take more than %zu bytes",
				     sh->max_bytes);
	return true;
}

bool machine_enter(struct machine *sh, struct span span)
{
	const char *here = __builtin_frame_address(0);
	size_t used = here > sh->stack ? (size_t)(here - sh->stack) : (size_t)(sh->stack - here);

	if (sh->flow == FLOW_ABORT)
		return false;
	if (used > MAX_STACK)
		return machine_limit(sh, span, "commands and calls are nested too deeply here");
	sh->depth++;
	return true;
}

void machine_leave(struct machine *sh)
{
	sh->depth--;
}

/* ---- places ---- */

struct span machine_span(const struct machine *sh, struct span span)
{
	return sh->place.foreign ? sh->place.span : span;
}

struct shell_call machine_call(const struct machine *sh, struct span span)
{
	struct shell_call call = { .span = machine_span(sh, span), .round = sh->round };

	if (sh->place.foreign)
		call.other_file = sh->place.source->name;
	return call;
}

static const void *key_of(struct span span)
{
	return (const void *)((uintptr_t)span.start * 2 + 1); /* never NULL */
}

/* Origins of one place, one after the other. */
struct origins {
	struct origins *next;
	struct shell_origin origin;
};

static const struct shell_origin *origin_of(struct machine *sh, const struct shell_origin *wanted)
{
	struct origins *first = map_get(&sh->origins, key_of(wanted->span)), *entry;

	for (entry = first; entry; entry = entry->next) {
		if (!strcmp(entry->origin.what, wanted->what) &&
		    entry->origin.may_lack == wanted->may_lack &&
		    !entry->origin.way_out == !wanted->way_out &&
		    (!wanted->way_out || !strcmp(entry->origin.way_out, wanted->way_out)))
			return &entry->origin;
	}
	entry = arena_new_object(sh->arena, struct origins);
	entry->next = first;
	entry->origin = *wanted;
	entry->origin.what = arena_strdup(sh->arena, wanted->what);
	if (wanted->way_out)
		entry->origin.way_out = arena_strdup(sh->arena, wanted->way_out);
	if (wanted->pattern)
		entry->origin.pattern = arena_strdup(sh->arena, wanted->pattern);
	map_set(&sh->origins, key_of(wanted->span), entry);
	return &entry->origin;
}

const struct shell_origin *origin_at(struct machine *sh, struct span span, const char *way_out,
				     const char *format, ...)
{
	struct shell_origin origin = { .span = machine_span(sh, span), .way_out = way_out };
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	origin.what = what;
	return origin_of(sh, &origin);
}

const struct shell_origin *origin_keep(struct machine *sh, const struct shell_origin *origin)
{
	return origin ? origin_of(sh, origin) : NULL;
}

const struct shell_origin *origin_may_lack(struct machine *sh, const struct shell_origin *origin)
{
	struct shell_origin copy = *origin;

	copy.may_lack = true;
	return origin_of(sh, &copy);
}

/* ---- messages ---- */

/* One of each rule at a place is enough: loops come by often. */
static bool is_new(struct machine *sh, struct span span, const char *rule)
{
	const void *seen = map_get(&sh->reported, key_of(span));

	if (seen == rule)
		return false;
	map_set(&sh->reported, key_of(span), (void *)(uintptr_t)rule);
	return true;
}

void diags_cut(struct machine *sh, size_t n)
{
	struct diag **link = &sh->diags->first;

	for (; n && *link; n--)
		link = &(*link)->next;
	while (*link) {
		if (!strcmp((*link)->rule, RULE_UNSUPPORTED)) {
			map_remove(&sh->reported, key_of((*link)->span));
			*link = (*link)->next;
			sh->diags->count--;
		} else {
			link = &(*link)->next;
		}
	}
	sh->diags->last = link;
}

static void add_hint(struct machine *sh, struct diag *diag, const struct shell_origin *origin)
{
	if (origin && origin->way_out)
		diag_hint(sh->diags, diag, "%s, or --run", origin->way_out);
	else
		diag_hint(sh->diags, diag, "the script can be run in a sandbox: --run");
}

void report_unsupported(struct machine *sh, struct span span, const struct shell_origin *origin,
			const char *format, ...)
{
	struct span here = machine_span(sh, span);
	struct diag *diag;
	va_list args;

	sh->outcome->complete = false;
	if (!is_new(sh, here, RULE_UNSUPPORTED))
		return;
	va_start(args, format);
	diag = diag_say(sh->diags, RULE_UNSUPPORTED, here,
			arena_vprintf(sh->diags->arena, format, args));
	va_end(args);
	if (origin && origin->span.start != here.start)
		diag_related(sh->diags, diag, origin->span, "%s is not known", origin->what);
	add_hint(sh, diag, origin);
}

void report_effect(struct machine *sh, struct span span, const struct shell_origin *origin,
		   struct span effect)
{
	struct diag *diag;

	sh->outcome->complete = false;
	if (!is_new(sh, span, RULE_UNSUPPORTED))
		return;
	diag = diag_add(sh->diags, RULE_UNSUPPORTED, span,
			"whether the script goes on here depends on %s", origin->what);
	diag_related(sh->diags, diag, origin->span, "%s is not known", origin->what);
	diag_related(sh->diags, diag, machine_span(sh, effect), "this is what depends on it");
	add_hint(sh, diag, origin);
}

void report_absent(struct machine *sh, struct span span, const char *path)
{
	struct span here = machine_span(sh, span);

	if (is_new(sh, here, RULE_ABSENT))
		diag_add(sh->diags, RULE_ABSENT, here, "'%s' is taken as absent", path);
}

int shell_error(struct machine *sh, struct span span, enum fatal fatal, const char *format, ...)
{
	struct span here = machine_span(sh, span);
	bool discard = fatal == FATAL_DISCARD && sh->bash;
	bool ends = fatal == FATAL_BOTH || (fatal != FATAL_NOT && !sh->bash);
	va_list args;

	if (stream_is_read(sh->fds[2]))
		stream_write_unknown(sh->fds[2], origin_at(sh, span, NULL, "the text of an error"));
	set_status(sh, sh->bash ? 1 : 2);
	if (!discard && !ends)
		return sh->set.status.code;
	if (!sh->subshells && is_new(sh, here, RULE_ERROR)) {
		va_start(args, format);
		diag_say(sh->diags, RULE_ERROR, here,
			 arena_vprintf(sh->diags->arena, format, args));
		va_end(args);
	}
	if (sh->flow < FLOW_EXIT)
		sh->flow = ends ? FLOW_EXIT : FLOW_DISCARD;
	return sh->set.status.code;
}

void set_status(struct machine *sh, int code)
{
	sh->set.status = (struct shell_status){ code, NULL };
}

void set_unknown_status(struct machine *sh, const struct shell_origin *origin)
{
	sh->set.status = (struct shell_status){ 0, origin };
}

/* ---- scratch memory ---- */

char *scratch_copy(struct machine *sh, const char *bytes, size_t len)
{
	char *copy = scratch_alloc(sh->scratch, len + 1);

	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

struct shell_value scratch_value(struct machine *sh, struct shell_value value)
{
	if (!value.unknown)
		value.bytes = scratch_copy(sh, value.bytes, value.len);
	return value;
}
