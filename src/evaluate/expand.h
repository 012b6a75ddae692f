/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expansions of words, in the order that POSIX gives them: braces (bash), tilde,
 * parameters, commands, arithmetic, field splitting, pathnames, quotes.  All results
 * live in scratch memory.
 *
 * False means that the script does not go on: sh->flow says how.
 */
#ifndef EVALUATE_EXPAND_H
#define EVALUATE_EXPAND_H

#include "base/buf.h"
#include "evaluate/machine.h"
#include "evaluate/pattern.h"

struct field {
	struct shell_value value;
	const char *shape; /* of an unknown one: a pattern that it matches, or "" */
	struct span span;
	bool many; /* unknown, and not quoted: any number of fields */
};

struct fields {
	struct field *items;
	size_t n, capacity;
	const struct shell_origin *many; /* how many there are is not known */
};

/* Words of a command, or of a list. */
bool expand_words(struct machine *sh, const struct shell_word *words, struct fields *fields);
/* A here-document: as in double quotes. */
bool expand_document(struct machine *sh, const struct shell_word *word, struct shell_value *value);
/* Without splitting and pathnames: the word of case, "[[ x ]]". */
bool expand_one(struct machine *sh, const struct shell_word *word, struct shell_value *value);
/* The same with '~' after each ':' too. */
bool expand_assigned(struct machine *sh, const struct shell_word *word, struct shell_value *value);
/* What is quoted has a backslash before it where it would be special. */
bool expand_pattern(struct machine *sh, const struct shell_word *word, struct shell_value *value);
/* The same for regular expressions. */
bool expand_regex(struct machine *sh, const struct shell_word *word, struct shell_value *value);
/* The same for what ${x/p/s} puts in: a '&' that is quoted is one. */
bool expand_replacement(struct machine *sh, const struct shell_word *word,
			struct shell_value *value);
/* One word, or an error: the target of a redirection. */
bool expand_target(struct machine *sh, const struct shell_word *word, struct field *field);
/* $((...)) and the like. */
bool expand_arithmetic(struct machine *sh, const struct shell_word *word, struct span span,
		       enum fatal fatal, struct shell_value *value);

unsigned pattern_flags(const struct machine *sh);

/* ---- a=( ... ) ---- */

struct array_item {
	struct shell_value value, subscript;
	bool has_subscript;
};

struct array_list {
	struct array_item *items;
	size_t n;
	const struct shell_origin *unknown;
};

bool expand_array(struct machine *sh, const struct shell_word *words, struct array_list *list);

/* ---- between the files of the expansions ---- */

/* What a byte is, in a word that is being expanded. */
enum mark {
	MARK_QUOTED = 1,   /* no pattern, not split */
	MARK_SPLIT = 2,	   /* from an expansion that is not quoted */
	MARK_BREAK = 4,	   /* not a byte: here ends a field, as between those of "$@" */
	MARK_QUOTES = 8,   /* not a byte: quotes stood here, so the field is there */
	MARK_UNKNOWN = 16, /* not a byte: something that is not known */
};

struct expansion {
	struct machine *sh;
	struct buf bytes, marks;
	const struct shell_origin *unknown;
	struct span span;
	bool fields; /* the result is split: "$@" makes several */
	bool tilde_after_colon;
};

void expansion_add(struct expansion *x, const char *bytes, size_t len, unsigned mark);
void expansion_mark(struct expansion *x, unsigned mark);
void expansion_value(struct expansion *x, const struct shell_value *value, bool quoted);
bool expansion_parts(struct expansion *x, const struct shell_part *part, bool quoted,
		     bool argument);
bool expand_parameter(struct expansion *x, const struct shell_parameter *parameter,
		      struct span span, bool quoted);
/* Cuts it into fields. */
bool expansion_split(struct expansion *x, struct fields *fields);
void fields_add(struct machine *sh, struct fields *fields, struct field field);
/* The words that the braces of WORD make, linked by next; WORD itself without any. */
const struct shell_word *expand_braces(struct machine *sh, const struct shell_word *word);

#endif
