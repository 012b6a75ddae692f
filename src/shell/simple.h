/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an assignment has its parts.  Inside shell/ only.
 */
#ifndef SHELL_SIMPLE_H
#define SHELL_SIMPLE_H

#include "shell/syntax.h"

struct assignment_place {
	uint32_t name_len;
	const struct shell_part *bracket_part; /* that holds the ']' of a[i]=; or NULL */
	uint32_t bracket;		       /* its place in the part */
	const struct shell_part *value_part;   /* the value begins in it ... */
	uint32_t value;			       /* ... here */
	bool append;
};

/* Is it of the form NAME=..., NAME+=... or NAME[...]=...?  PLACE may be NULL. */
bool assignment_find(const struct shell_word *word, bool is_bash, struct assignment_place *place);

#endif
