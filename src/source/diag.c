/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of diagnostics.  Knows nothing of lint rules and of how a record is shown.
 */
#include "source/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

void diags_init(struct diags *diags, struct arena *arena)
{
	diags->arena = arena;
	diags->first = NULL;
	diags->last = &diags->first;
	diags->count = 0;
}

void diags_append(struct diags *diags, struct diag *diag)
{
	diag->next = NULL;
	*diags->last = diag;
	diags->last = &diag->next;
	diags->count++;
}

void diags_take(struct diags *to, struct diags *from)
{
	if (!from->first)
		return;
	*to->last = from->first;
	to->last = from->last;
	to->count += from->count;
	diags_init(from, from->arena);
}

struct diag *diag_say(struct diags *diags, const char *rule, struct span span, const char *message)
{
	struct diag *diag = arena_new_object(diags->arena, struct diag);

	diag->rule = rule;
	diag->span = span;
	diag->message = message;
	diags_append(diags, diag);
	return diag;
}

struct diag *diag_repeat(struct diags *diags, const struct diag *from)
{
	struct diag *diag = diag_say(diags, from->rule, from->span, from->message);

	if (diag_extra(from)->hint)
		diag_need_extra(diags->arena, diag)->hint = diag_extra(from)->hint;
	diag->table = from->table;
	diag->chain = from->chain;
	diag->related = from->related;
	diag->is_once = from->is_once;
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

const struct diag_extra *diag_extra(const struct diag *diag)
{
	static const struct diag_extra none;

	return diag->extra ? diag->extra : &none;
}

struct diag_extra *diag_need_extra(struct arena *arena, struct diag *diag)
{
	if (!diag->extra)
		diag->extra = arena_new_object(arena, struct diag_extra);
	return diag->extra;
}

static const char *text_of(struct diags *diags, const char *format, va_list args)
{
	return strchr(format, '%') ? arena_vprintf(diags->arena, format, args) : format;
}

void diag_hint(struct diags *diags, struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_need_extra(diags->arena, diag)->hint = text_of(diags, format, args);
	va_end(args);
}

void diag_related(struct diags *diags, struct diag *diag, struct span span, const char *format, ...)
{
	struct related *related = arena_new_object(diags->arena, struct related);
	struct related **last = &diag->related;
	va_list args;

	va_start(args, format);
	related->message = text_of(diags, format, args);
	va_end(args);
	related->span = span;
	while (*last)
		last = &(*last)->next;
	*last = related;
}

void diag_edit(struct diags *diags, struct diag *diag, struct span span, const char *text)
{
	struct edit *edit = arena_new_object(diags->arena, struct edit);
	struct edit **last = &diag_need_extra(diags->arena, diag)->fix;

	edit->span = span;
	edit->text = arena_strdup(diags->arena, text);
	while (*last)
		last = &(*last)->next;
	*last = edit;
}

void diag_fix(struct diags *diags, struct diag *diag, struct span span, const char *text, bool safe)
{
	diag_edit(diags, diag, span, text);
	diag->extra->fix_is_safe = safe;
}

void diag_fix_word(struct diags *diags, struct diag *diag, const struct source *source,
		   struct span span, const char *word, const char *instead)
{
	size_t len = strlen(word);

	if (span.end - span.start == len && span.end <= source->len &&
	    memcmp(source->bytes + span.start, word, len) == 0)
		diag_fix(diags, diag, span, instead, false);
}

static bool says_the_same(const struct diag *a, const struct diag *b)
{
	return a->span.start == b->span.start && a->span.end == b->span.end &&
	       strcmp(a->rule, b->rule) == 0 && strcmp(a->message, b->message) == 0;
}

void diags_keep_first(struct diags *diags)
{
	struct diag **last = &diags->first;
	bool is_said = false;

	for (struct diag *diag = diags->first; diag; diag = diag->next) {
		if (diag->is_once && is_said) {
			diags->count--;
			continue;
		}
		is_said |= diag->is_once;
		*last = diag;
		last = &diag->next;
	}
	*last = NULL;
	diags->last = last;
}

/* ---- sorting and merging ---- */

static int compare_diags(const struct diag *a, const struct diag *b)
{
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	return strcmp(a->rule, b->rule);
}

/* Records of A before equal ones of B. */
static struct diag *merge(struct diag *a, struct diag *b)
{
	struct diag *first = NULL, **last = &first;

	while (a && b) {
		struct diag **lower = compare_diags(a, b) <= 0 ? &a : &b;

		*last = *lower;
		last = &(*lower)->next;
		*lower = *last;
	}
	*last = a ? a : b;
	return first;
}

/* Cuts the rising run off that *LIST begins with. */
static struct diag *take_run(struct diag **list)
{
	struct diag *run = *list, *end = run;

	while (end->next && compare_diags(end, end->next) <= 0)
		end = end->next;
	*list = end->next;
	end->next = NULL;
	return run;
}

/*
 * Each stage and lint rule adds its records in order, so that the list is a few long
 * runs.  MERGED[i] holds 2^i of them, the higher ones what stood earlier.
 */
void diags_sort(struct diags *diags)
{
	struct diag *merged[64] = { NULL };
	struct diag *list = diags->first, *all = NULL;

	while (list) {
		struct diag *run = take_run(&list);
		size_t i = 0;

		for (; merged[i]; i++) {
			run = merge(merged[i], run);
			merged[i] = NULL;
		}
		merged[i] = run;
	}
	for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++)
		all = merge(merged[i], all);
	diags->first = all;
	diags->last = &diags->first;
	while (*diags->last)
		diags->last = &(*diags->last)->next;
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
		diags_take(to, from);
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
			diags_append(&fresh, candidate);
		}
	}
	diags_init(from, from->arena);
	diags_take(to, &fresh);
}

const struct diag *diag_first_refusing(const struct diag *from, unsigned backends)
{
	while (from && !(from->refuses & backends))
		from = from->next;
	return from;
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
