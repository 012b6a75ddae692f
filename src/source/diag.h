/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics: what is to be said about an input, as records.
 *
 * Every stage adds records; nobody prints.  The lint stage puts in the level,
 * drops what is not selected and sorts; the report stage renders.
 *
 * A diagnostic names its lint rule by the name in lint-rules/.  A name that the
 * registry does not know is a bug in the program and stops it (lint_run()).
 */
#ifndef SOURCE_DIAG_H
#define SOURCE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "source/source.h"

/* The two programs behind the name iptables-restore; used as a bit set. */
enum backend {
	BACKEND_LEGACY = 1,
	BACKEND_NFT = 2,
	BACKEND_BOTH = 3,
};

enum level {
	LEVEL_DEFAULT, /* whatever the lint rule says */
	LEVEL_INFO,
	LEVEL_WARNING,
	LEVEL_ERROR,
};

/* A second place that belongs to a diagnostic. */
struct related {
	struct related *next;
	struct span span;
	const char *message;
};

/* Replace the bytes of SPAN by TEXT. */
struct edit {
	struct edit *next;
	struct span span;
	const char *text;
};

/* What few records have; a file may have a million others. */
struct diag_extra {
	const char *hint;	/* the way out, in a few words, or NULL */
	const char *witness;	/* a packet that shows it, as iptlint trace reads it; or NULL */
	struct edit *fix;	/* or NULL */
	const char *suppressed; /* the reason that a comment gives for silencing it ("" if it
				   gives none); NULL: not silenced */
	bool fix_is_safe;
};

struct diag {
	struct diag *next;
	const char *rule;	  /* name of the lint rule, never NULL */
	const char *message;	  /* lower case, no full stop, words of the file in '...' */
	const char *table;	  /* or NULL */
	const char *chain;	  /* or NULL */
	struct related *related;  /* in the order in which they were added */
	struct diag_extra *extra; /* or NULL; read it by diag_extra() */
	struct span span;
	unsigned char level;	 /* enum level */
	unsigned char refuses;	 /* enum backend: would not load the file for this reason */
	unsigned char undecided; /* enum backend: depends on a name looked up at load */
	bool is_once;		 /* about the whole input, see diags_keep_first() */
};

/* What there is of it: never NULL. */
const struct diag_extra *diag_extra(const struct diag *diag);

/* The same to be written to; made in ARENA if it is not there. */
struct diag_extra *diag_need_extra(struct arena *arena, struct diag *diag);

struct diags {
	struct arena *arena;
	struct diag *first;
	struct diag **last;
	size_t count;
};

void diags_init(struct diags *diags, struct arena *arena);

/* A new record at the end; the caller may set further fields of it. */
struct diag *diag_add(struct diags *diags, const char *rule, struct span span, const char *format,
		      ...) __attribute__((format(printf, 4, 5)));

/* Puts a record that stands in no other list at the end. */
void diags_append(struct diags *diags, struct diag *diag);

/* The same as diag_add() with a message that is made already; it has to live as long as the record.
 */
struct diag *diag_say(struct diags *diags, const char *rule, struct span span, const char *message);

/* What FROM says, once more; it has to live as long as the record. */
struct diag *diag_repeat(struct diags *diags, const struct diag *from);

/* All records of FROM, which has none then: behind those of TO. */
void diags_take(struct diags *to, struct diags *from);

/* The same as diag_add() for a reason why BACKENDS do not load the file. */
struct diag *diag_refuse(struct diags *diags, const char *rule, unsigned backends, struct span span,
			 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Formats without anything to fill in have to live as long as the record: literals. */
void diag_hint(struct diags *diags, struct diag *diag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_related(struct diags *diags, struct diag *diag, struct span span, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void diag_edit(struct diags *diags, struct diag *diag, struct span span, const char *text);

/* A fix of one edit; SAFE: what the file means stays the same, to the byte of what compile
 * prints, or it did not load and no word of a rule is touched. */
void diag_fix(struct diags *diags, struct diag *diag, struct span span, const char *text,
	      bool safe);

/* An unsafe fix, a guess: INSTEAD for WORD, if that is what stands in SPAN. */
void diag_fix_word(struct diags *diags, struct diag *diag, const struct source *source,
		   struct span span, const char *word, const char *instead);

/*
 * Moves all records of FROM to TO.  A record that says the same of the same place
 * as one of TO (same rule, span and message) is not added; its back ends are.
 */
void diags_merge(struct diags *to, struct diags *from);

/* Of the records that are about the whole input (is_once), keeps the first. */
void diags_keep_first(struct diags *diags);

/* Union of the refuses (undecided) fields of all records. */
unsigned diags_refusing(const struct diags *diags);
unsigned diags_undecided(const struct diags *diags);

/* The first record from FROM on that says why one of BACKENDS does not load the file, or NULL. */
const struct diag *diag_first_refusing(const struct diag *from, unsigned backends);

/* Stable sort by position, then by name of the lint rule. */
void diags_sort(struct diags *diags);

#endif
