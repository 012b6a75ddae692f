/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls of a run in their order, with what they were answered.  A second run of the same
 * script by a shell that tells its lines is given the same answers, and so tells
 * from which lines the calls of the first came, though the two may differ in places.
 */
#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "sandbox/sandbox.h"

struct recorded {
	uint64_t digest;  /* of the words */
	const char *what; /* that was answered with nothing; NULL: it was not */
	int status;
	const char *out;
	size_t out_len;
	const char *err;
	size_t err_len;
	bool is_taken; /* its answer, by the second run */
};

/* A call of the second run. */
struct retold {
	uint64_t digest;
	struct sandbox_place place;
};

struct record {
	struct arena *arena;
	struct recorded *calls;
	struct sandbox_place *places; /* of each call */
	size_t n_calls;
	size_t capacity;
	size_t bytes;	   /* of the answers */
	bool is_too_long;  /* not all answers were kept: there can be no second run */
	bool lacks_places; /* the script was not always followed */
	bool is_second;
	bool is_of_sh;
	struct retold *retold;
	size_t n_retold;
	size_t next; /* the call whose answer the second run is likely to want */
	size_t looks;
	bool is_endless; /* the second run makes far more calls than the first */
};

void record_init(struct record *record, struct arena *arena);

/* WHAT: as in struct recorded. */
void record_add(struct record *record, const struct sandbox_call *call,
		const struct sandbox_answer *answer, const char *what);

/* In the second run: gives the answer that the first had. */
void record_answer(struct record *record, const struct sandbox_call *call,
		   struct sandbox_answer *answer);

/* After the second run: the places of the first one's calls, where they are not in doubt. */
void record_find_places(struct record *record);

/* The list of struct sandbox_outcome, in the order of the calls. */
const struct sandbox_unanswered *record_unanswered(const struct record *record, size_t *n);

#endif
