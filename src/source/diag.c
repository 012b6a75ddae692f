/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of diagnostics.  Knows nothing of lint rules and of how a record is shown.
 */
#include "source/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void diags_init(struct diags *diags, struct arena *arena)
{
	diags->arena = arena;
	diags->first = NULL;
	diags->last = &diags->first;
	diags->count = 0;
}

static void append(struct diags *diags, struct diag *diag)
{
	diag->next = NULL;
	*diags->last = diag;
	diags->last = &diag->next;
	diags->count++;
}

struct diag *diag_say(struct diags *diags, const char *rule, struct span span, const char *message)
{
	struct diag *diag = arena_new_object(diags->arena, struct diag);

	diag->rule = rule;
	diag->span = span;
	diag->message = message;
	append(diags, diag);
	return diag;
}

static struct diag *vadd(struct diags *diags, const char *rule, struct span span,
			 const char *format, va_list args)
{
	return diag_say(diags, rule, span, arena_vprintf(diags->arena, format, args));
}

struct diag *diag_add(struct diags *diags, const char *rule, struct span span, const char *format,
		      ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = vadd(diags, rule, span, format, args);
	va_end(args);
	return diag;
}

struct diag *diag_refuse(struct diags *diags, const char *rule, unsigned backends, struct span span,
			 const char *format, ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = vadd(diags, rule, span, format, args);
	va_end(args);
	diag->refuses = (unsigned char)backends;
	return diag;
}

void diag_hint(struct diags *diags, struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag->hint = arena_vprintf(diags->arena, format, args);
	va_end(args);
}

void diag_related(struct diags *diags, struct diag *diag, struct span span, const char *format, ...)
{
	struct related *related = arena_new_object(diags->arena, struct related);
	struct related **last = &diag->related;
	va_list args;

	va_start(args, format);
	/* a format without anything to fill in is a literal */
	related->message = strchr(format, '%') ? arena_vprintf(diags->arena, format, args) : format;
	va_end(args);
	related->span = span;
	while (*last)
		last = &(*last)->next;
	*last = related;
}

void diag_edit(struct diags *diags, struct diag *diag, struct span span, const char *text)
{
	struct edit *edit = arena_new_object(diags->arena, struct edit);
	struct edit **last = &diag->fix;

	edit->span = span;
	edit->text = arena_strdup(diags->arena, text);
	while (*last)
		last = &(*last)->next;
	*last = edit;
}

static bool says_the_same(const struct diag *a, const struct diag *b)
{
	return a->span.start == b->span.start && a->span.end == b->span.end &&
	       strcmp(a->rule, b->rule) == 0 && strcmp(a->message, b->message) == 0;
}

/* ---- sorting and merging ---- */

static int compare_diags(const struct diag *a, const struct diag *b)
{
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	return strcmp(a->rule, b->rule);
}

/* A record and its place in the list, which makes qsort() stable. */
struct placed {
	struct diag *diag;
	size_t place;
};

static int compare_placed(const void *left, const void *right)
{
	const struct placed *a = left;
	const struct placed *b = right;
	int order = compare_diags(a->diag, b->diag);

	if (order)
		return order;
	return a->place < b->place ? -1 : a->place > b->place;
}

static bool is_sorted(const struct diags *diags)
{
	const struct diag *diag = diags->first;

	for (; diag && diag->next; diag = diag->next)
		if (compare_diags(diag, diag->next) > 0)
			return false;
	return true;
}

void diags_sort(struct diags *diags)
{
	struct placed *list;
	size_t n = 0;

	if (is_sorted(diags))
		return;
	list = alloc_zeroed(diags->count * sizeof(*list));
	for (struct diag *diag = diags->first; diag; diag = diag->next, n++)
		list[n] = (struct placed){ diag, n };
	qsort(list, n, sizeof(*list), compare_placed);
	diags_init(diags, diags->arena);
	for (size_t i = 0; i < n; i++)
		append(diags, list[i].diag);
	free(list);
}

/*
 * Both lists are brought into order of position; then what is said twice stands in
 * runs of equal positions.
 */
void diags_merge(struct diags *to, struct diags *from)
{
	struct diag *candidate, *next;
	struct diag *run;
	struct diags fresh;

	if (!from->first)
		return;
	if (!to->first) {
		struct arena *arena = to->arena;

		*to = *from;
		to->arena = arena;
		diags_init(from, from->arena);
		return;
	}
	diags_init(&fresh, to->arena);
	diags_sort(to);
	diags_sort(from);
	run = to->first;
	for (candidate = from->first; candidate; candidate = next) {
		struct diag *same;

		next = candidate->next;
		while (run && run->span.start < candidate->span.start)
			run = run->next;
		for (same = run; same && same->span.start == candidate->span.start;
		     same = same->next)
			if (says_the_same(same, candidate))
				break;
		if (same && same->span.start == candidate->span.start) {
			same->refuses |= candidate->refuses;
			same->undecided |= candidate->undecided;
		} else {
			append(&fresh, candidate);
		}
	}
	diags_init(from, from->arena);
	for (candidate = fresh.first; candidate; candidate = next) {
		next = candidate->next;
		append(to, candidate);
	}
}

unsigned diags_refusing(const struct diags *diags)
{
	unsigned backends = 0;

	for (const struct diag *diag = diags->first; diag; diag = diag->next)
		backends |= diag->refuses;
	return backends;
}

unsigned diags_undecided(const struct diags *diags)
{
	unsigned backends = 0;

	for (const struct diag *diag = diags->first; diag; diag = diag->next)
		backends |= diag->undecided;
	return backends;
}
