/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a script gives names to: variables, functions, files that it wrote, traps,
 * aliases.  Every change can be taken back: subshells and conditions that are
 * followed both ways end by going back to a mark.
 */
#ifndef EVALUATE_VARIABLES_H
#define EVALUATE_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluate/text.h"
#include "shell/syntax.h"

enum name_space {
	NAME_VARIABLE,
	NAME_FUNCTION,
	NAME_FILE, /* by its path: what the script wrote to it */
	NAME_TRAP, /* by the name of the signal */
	NAME_ALIAS,
};

enum variable_flag {
	VARIABLE_EXPORTED = 1,
	VARIABLE_READONLY = 2,
	VARIABLE_INTEGER = 4,
	VARIABLE_LOWER = 8,
	VARIABLE_UPPER = 16,
	VARIABLE_ARGUMENT = 32, /* made of an argument of the script that was not given */
	VARIABLE_REMOVED = 64,	/* NAME_FILE: it is known not to be there */
	VARIABLE_REFERENCE = 128,
	VARIABLE_ASSOCIATIVE = 256,
};

struct element {
	long index;
	struct text *key; /* of an associative array */
	struct text *value;
};

/* Elements by index; associative ones in the order in which they came. */
struct array {
	unsigned references;
	size_t n, capacity;
	struct element *elements;
	const struct shell_origin *unknown; /* which elements there are is not known */
};

/* The text that a function, or a command being run, stands in. */
struct place {
	const struct source *source;
	struct span span; /* in the script, where SOURCE is another one */
	bool foreign;	  /* SOURCE is not the script */
};

struct content {
	struct text *value; /* NULL: not set */
	struct array *array;
	const struct shell_command *function;
	const struct place *place; /* of the function */
	unsigned flags;
};

struct variable {
	struct variable *next;
	struct content now;
	struct text *pinned; /* of -D: what every assignment assigns */
	const struct shell_origin
		*changing; /* a value that nobody can know, whatever is assigned */
	unsigned long stamp;
	unsigned hash;
	unsigned char space;
	char name[];
};

struct change {
	struct variable *variable;
	struct content before;
	unsigned long stamp;
};

struct variables {
	struct variable **buckets;
	size_t n_buckets, n;
	struct change *changes;
	size_t n_changes, capacity;
	unsigned holders; /* who may go back: nothing is written down without one */
	unsigned long serial, last_serial;
	size_t total; /* bytes of all texts */
};

void variables_init(struct variables *vars);
void variables_free(struct variables *vars);

/* NULL: never heard of. */
struct variable *variables_find(const struct variables *vars, enum name_space space,
				const char *name, size_t len);
/* The same, made if it is not there. */
struct variable *variables_get(struct variables *vars, enum name_space space, const char *name,
			       size_t len);

/* To be called before VARIABLE->now is changed. */
void variables_touch(struct variables *vars, struct variable *variable);
/* An array that may be changed in place, for a variable that was touched. */
struct array *variables_array(struct variable *variable);
/* Takes over the reference that CONTENT holds. */
void variables_replace(struct variables *vars, struct variable *variable, struct content content);

struct content content_keep(struct content content);
void content_drop(struct content *content);
bool content_same(const struct content *a, const struct content *b);

struct array *array_new(void);
struct array *array_keep(struct array *array);
void array_drop(struct array *array);
/* NULL: no such element.  KEY is for associative arrays. */
struct text *array_get(const struct array *array, long index, const struct text *key);
/* Takes over the reference to VALUE; keeps KEY. */
void array_set(struct array *array, long index, struct text *key, struct text *value);
void array_remove(struct array *array, long index, const struct text *key);

/* ---- marks ---- */

struct variables_mark {
	size_t n_changes;
	unsigned long serial;
	unsigned holders;
};

struct variables_mark variables_mark(struct variables *vars);
/* Back to the mark; it stays. */
void variables_undo(struct variables *vars, size_t n_changes);
/* Gives the mark back, after variables_undo() or where what was done since shall stay. */
void variables_release(struct variables *vars, struct variables_mark mark);
/* Changes are written down from now on, without a mark. */
void variables_hold(struct variables *vars);
void variables_unhold(struct variables *vars);
/* From here on, each variable that is changed stands behind this place in the log. */
void variables_fresh(struct variables *vars);

#endif
