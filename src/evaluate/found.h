/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a parameter's name stands for: one value, or a list as of "$@".
 */
#ifndef EVALUATE_FOUND_H
#define EVALUATE_FOUND_H

#include "evaluate/machine.h"

struct found {
	struct shell_value *values;
	size_t n;
	const struct shell_origin *unknown; /* how many there are is not known */
	const struct shell_origin *order;   /* in which order they come is not known */
	bool list;			    /* of "@" and "*" */
	bool star;
	bool set;
	char single[48]; /* memory for a number */
	struct shell_value value;
};

/* What is asked for, with ${!x} behind us. */
struct wanted {
	const char *name;
	size_t len;
	const struct shell_word *subscript;
	struct shell_value text; /* of the subscript, if it is not a word */
	bool has_text;
};

/* False: an error, sh->flow says how to go on.  KEYS: ${!a[@]}. */
bool found_fetch(struct machine *sh, struct found *found, const struct wanted *wanted,
		 struct span span, bool keys);
/* ${!x}: the name that x holds.  False: FOUND is all; nobody knows that name, or it is none. */
bool found_follow(struct machine *sh, struct wanted *wanted, struct found *found, struct span span);
void found_one(struct found *found, struct shell_value value, bool set);
void found_number(struct found *found, long value);

#endif
