/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chooses fixes that do not get in each other's way, and splices their texts into the
 * source.
 *
 * The edits that are chosen stand sorted in an array.  Those of one record are looked up
 * in it before any of them is put in, so that a record is never fixed by half.
 */
#include "fix/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct fixes {
	const struct edit **list; /* sorted */
	size_t count;
	size_t capacity;
};

/* Two texts may be put in at one place, and one where a replaced piece begins or ends. */
static bool overlap(struct span a, struct span b)
{
	return a.start < b.end && b.start < a.end;
}

/* Does A stand before B?  What is put in stands before what it is put in at. */
static bool is_before(struct span a, struct span b)
{
	return a.start < b.start || (a.start == b.start && a.end < b.end);
}

/* The place for an edit of SPAN: behind those of the same place. */
static size_t place_for(const struct fixes *fixes, struct span span)
{
	size_t low = 0, high = fixes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(span, fixes->list[middle]->span))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* No two in the list overlap, so that only the last one before SPAN and those that begin in
 * it can. */
static bool is_free(const struct fixes *fixes, struct span span)
{
	size_t i = place_for(fixes, span);

	for (size_t before = i; before > 0; before--) {
		if (overlap(fixes->list[before - 1]->span, span))
			return false;
		if (fixes->list[before - 1]->span.end > fixes->list[before - 1]->span.start)
			break;
	}
	for (; i < fixes->count && fixes->list[i]->span.start < span.end; i++)
		if (overlap(fixes->list[i]->span, span))
			return false;
	return true;
}

static void put(struct fixes *fixes, const struct edit *edit)
{
	size_t i = place_for(fixes, edit->span);

	if (fixes->count == fixes->capacity) {
		fixes->capacity = fixes->capacity ? 2 * fixes->capacity : 64;
		fixes->list = alloc_resize(fixes->list, fixes->capacity * sizeof(*fixes->list));
	}
	memmove(&fixes->list[i + 1], &fixes->list[i], (fixes->count - i) * sizeof(*fixes->list));
	fixes->list[i] = edit;
	fixes->count++;
}

/* Do the edits of one record overlap?  Mostly they stand in order. */
static bool overlap_each_other(const struct edit *first)
{
	uint32_t end = 0;

	for (const struct edit *edit = first; edit; edit = edit->next) {
		for (const struct edit *other = first; edit->span.start < end && other != edit;
		     other = other->next)
			if (overlap(other->span, edit->span))
				return true;
		if (edit->span.end > end)
			end = edit->span.end;
	}
	return false;
}

static bool take(struct fixes *fixes, const struct edit *first, size_t len)
{
	for (const struct edit *edit = first; edit; edit = edit->next) {
		if (edit->span.start > edit->span.end || edit->span.end > len ||
		    !is_free(fixes, edit->span))
			return false;
	}
	if (overlap_each_other(first))
		return false;
	for (const struct edit *edit = first; edit; edit = edit->next)
		put(fixes, edit);
	return true;
}

static size_t choose(struct fixes *fixes, const struct unit *unit, bool safe)
{
	size_t n = 0;

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		const struct diag_extra *extra = diag_extra(diag);

		if (extra->fix && extra->fix_is_safe == safe)
			n += take(fixes, extra->fix, unit->source->len);
	}
	return n;
}

static void splice(const struct fixes *fixes, const struct source *source, struct buf *text)
{
	size_t at = 0;

	for (size_t i = 0; i < fixes->count; i++) {
		const struct edit *edit = fixes->list[i];

		buf_add(text, source->bytes + at, edit->span.start - at);
		buf_add_string(text, edit->text);
		at = edit->span.end;
	}
	buf_add(text, source->bytes + at, source->len - at);
}

size_t fix_apply(const struct unit *unit, bool unsafe, struct buf *text)
{
	struct fixes fixes = { 0 };
	size_t n = choose(&fixes, unit, true);

	if (unsafe)
		n += choose(&fixes, unit, false);
	splice(&fixes, unit->source, text);
	free((void *)fixes.list);
	return n;
}

bool fix_splice(const struct source *source, const struct edit *first, struct buf *text)
{
	struct fixes fixes = { 0 };
	bool fits = take(&fixes, first, source->len);

	splice(&fixes, source, text);
	free((void *)fixes.list);
	return fits;
}
