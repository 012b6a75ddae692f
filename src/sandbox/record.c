/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls are compared by their words only: what two shells make of "echo", say, may differ in
 * what a program reads.  Jobs in the background may come in another order.
 */
#include "sandbox/record.h"

#include <string.h>

#include "base/alloc.h"

#define MAX_BYTES      ((size_t)64 << 20)
#define MAX_LOOK       4096 /* calls that are looked through for one of the second run */
#define MAX_UNANSWERED 1000

void record_init(struct record *record, struct arena *arena)
{
	*record = (struct record){ .arena = arena };
}

static uint64_t digest_of(const struct sandbox_call *call)
{
	uint64_t digest = 14695981039346656037U;

	for (size_t i = 0; i < call->n_words; i++)
		for (const char *at = call->words[i];; at++) {
			digest = (digest ^ (unsigned char)*at) * 1099511628211U;
			if (!*at)
				break;
		}
	return digest;
}

static void grow(struct record *record)
{
	size_t old = record->n_calls;
	struct recorded *calls = record->calls;
	struct sandbox_place *places = record->places;

	if (old < record->capacity)
		return;
	record->capacity = old ? 2 * old : 256;
	record->calls = arena_alloc(record->arena, record->capacity * sizeof(*calls));
	record->places = arena_alloc(record->arena, record->capacity * sizeof(*places));
	if (!old)
		return;
	memcpy(record->calls, calls, old * sizeof(*calls));
	memcpy(record->places, places, old * sizeof(*places));
}

static struct sandbox_place copy_place(struct record *record, const struct sandbox_place *place)
{
	struct sandbox_place copy = *place;

	if (copy.other_file)
		copy.other_file = arena_strdup(record->arena, copy.other_file);
	return copy;
}

void record_add(struct record *record, const struct sandbox_call *call,
		const struct sandbox_answer *answer, const char *what)
{
	struct recorded *recorded;

	grow(record);
	record->places[record->n_calls] = copy_place(record, &call->place);
	recorded = &record->calls[record->n_calls++];
	recorded->digest = digest_of(call);
	recorded->what = what ? arena_strdup(record->arena, what) : NULL;
	recorded->status = answer->status;
	record->bytes += answer->out.len + answer->err.len;
	if (record->bytes > MAX_BYTES) {
		record->is_too_long = true;
		return;
	}
	recorded->out = arena_strndup(record->arena, buf_string(&answer->out), answer->out.len);
	recorded->out_len = answer->out.len;
	recorded->err = arena_strndup(record->arena, buf_string(&answer->err), answer->err.len);
	recorded->err_len = answer->err.len;
}

static struct recorded *find(struct record *record, uint64_t digest)
{
	size_t end = record->first + MAX_LOOK;

	while (record->first < record->n_calls && record->calls[record->first].is_found)
		record->first++;
	for (size_t i = record->first; i < record->n_calls && i < end; i++)
		if (!record->calls[i].is_found && record->calls[i].digest == digest)
			return &record->calls[i];
	return NULL;
}

void record_answer(struct record *record, const struct sandbox_call *call,
		   struct sandbox_answer *answer)
{
	struct recorded *recorded = find(record, digest_of(call));

	if (!recorded) {
		record->has_diverged = true;
		return;
	}
	recorded->is_found = true;
	record->places[recorded - record->calls] = copy_place(record, &call->place);
	answer->status = recorded->status;
	buf_add(&answer->out, recorded->out, recorded->out_len);
	buf_add(&answer->err, recorded->err, recorded->err_len);
}

static bool is_same_place(const struct sandbox_place *a, const struct sandbox_place *b)
{
	if (a->line != b->line || a->other_line != b->other_line)
		return false;
	return (!a->other_file && !b->other_file) ||
	       (a->other_file && b->other_file && strcmp(a->other_file, b->other_file) == 0);
}

const struct sandbox_unanswered *record_unanswered(const struct record *record, size_t *n)
{
	struct sandbox_unanswered *list =
		arena_alloc(record->arena, MAX_UNANSWERED * sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < record->n_calls; i++) {
		const char *what = record->calls[i].what;
		size_t at = 0;

		if (!what)
			continue;
		while (at < *n && !(strcmp(list[at].what, what) == 0 &&
				    is_same_place(&list[at].place, &record->places[i])))
			at++;
		if (at == MAX_UNANSWERED)
			continue;
		if (at == *n)
			list[(*n)++] = (struct sandbox_unanswered){ what, record->places[i], 0 };
		list[at].count++;
	}
	return list;
}
