/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls are compared by their words only: what two shells make of "echo", say, may differ in
 * what a program reads.  Jobs in the background may come in another order.
 */
#include "sandbox/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fnv.h"

#define MAX_BYTES      ((size_t)64 << 20)
#define MAX_LOOKS      ((size_t)50000000) /* at calls, for those of the second run */
#define MORE_CALLS     1000
#define MAX_UNANSWERED 1000

void record_init(struct record *record, struct arena *arena)
{
	*record = (struct record){ .arena = arena };
}

static uint64_t digest_of(const struct sandbox_call *call)
{
	uint64_t digest = FNV_BASIS;

	for (size_t i = 0; i < call->n_words; i++)
		digest = fnv_bytes(digest, call->words[i], strlen(call->words[i]) + 1);
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

/* ---- the second run ---- */

/* The next call with these words whose answer was not given yet. */
static struct recorded *find(struct record *record, uint64_t digest)
{
	for (size_t i = 0; i < record->n_calls && record->looks < MAX_LOOKS; i++) {
		size_t at = (record->next + i) % record->n_calls;

		record->looks++;
		if (!record->calls[at].is_taken && record->calls[at].digest == digest)
			return &record->calls[at];
	}
	return NULL;
}

void record_answer(struct record *record, const struct sandbox_call *call,
		   struct sandbox_answer *answer)
{
	const size_t max = record->n_calls * 2 + MORE_CALLS;
	uint64_t digest = digest_of(call);
	struct recorded *recorded = find(record, digest);

	if (!record->retold)
		record->retold = arena_alloc(record->arena, max * sizeof(*record->retold));
	record->is_endless = record->n_retold == max;
	if (record->is_endless)
		return;
	record->retold[record->n_retold++] =
		(struct retold){ digest, copy_place(record, &call->place) };
	if (!recorded)
		return;
	recorded->is_taken = true;
	record->next = (size_t)(recorded - record->calls) + 1;
	answer->status = recorded->status;
	buf_add(&answer->out, recorded->out, recorded->out_len);
	buf_add(&answer->err, recorded->err, recorded->err_len);
}

struct numbered {
	uint64_t digest;
	size_t number;
};

static int compare(const void *a, const void *b)
{
	const struct numbered *one = a;
	const struct numbered *other = b;

	if (one->digest != other->digest)
		return one->digest < other->digest ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

static bool is_same_place(const struct sandbox_place *a, const struct sandbox_place *b)
{
	if (a->line != b->line || a->other_line != b->other_line)
		return false;
	return (!a->other_file && !b->other_file) ||
	       (a->other_file && b->other_file && strcmp(a->other_file, b->other_file) == 0);
}

/*
 * The same words, so often in the first run and so often in the second: as often in both, each
 * has its place; else all of them, if there is but one place.
 */
static void match(struct record *record, const struct numbered *calls, size_t n_calls,
		  const struct numbered *retold, size_t n_retold)
{
	const struct sandbox_place *first = &record->retold[retold[0].number].place;

	for (size_t i = 1; i < n_retold && n_calls != n_retold; i++)
		if (!is_same_place(first, &record->retold[retold[i].number].place))
			return;
	for (size_t i = 0; i < n_calls; i++)
		record->places[calls[i].number] =
			n_calls == n_retold ? record->retold[retold[i].number].place : *first;
}

static size_t same_digest(const struct numbered *list, size_t n)
{
	size_t i = 1;

	while (i < n && list[i].digest == list[0].digest)
		i++;
	return i;
}

void record_find_places(struct record *record)
{
	size_t n[2] = { record->n_calls, record->n_retold };
	struct numbered *lists[2];
	size_t at[2] = { 0, 0 };

	for (int k = 0; k < 2; k++)
		lists[k] = arena_alloc(record->arena, (n[k] + 1) * sizeof(*lists[k]));
	for (size_t i = 0; i < n[0]; i++)
		lists[0][i] = (struct numbered){ record->calls[i].digest, i };
	for (size_t i = 0; i < n[1]; i++)
		lists[1][i] = (struct numbered){ record->retold[i].digest, i };
	for (int k = 0; k < 2; k++)
		qsort(lists[k], n[k], sizeof(*lists[k]), compare);
	while (at[0] < n[0] && at[1] < n[1]) {
		const struct numbered *calls = lists[0] + at[0];
		const struct numbered *retold = lists[1] + at[1];
		size_t n_calls = same_digest(calls, n[0] - at[0]);
		size_t n_retold = same_digest(retold, n[1] - at[1]);

		if (calls->digest == retold->digest)
			match(record, calls, n_calls, retold, n_retold);
		at[0] += calls->digest <= retold->digest ? n_calls : 0;
		at[1] += retold->digest <= calls->digest ? n_retold : 0;
	}
}

/* ---- what was answered with nothing ---- */

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
