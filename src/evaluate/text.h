/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that outlive a command: those of variables, parameters and files.  Never
 * changed after they were made, shared by counting.
 */
#ifndef EVALUATE_TEXT_H
#define EVALUATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluate/value.h"

struct text {
	const struct shell_origin *unknown;
	size_t *total; /* the bytes of all texts together: see text_new() */
	size_t len;
	unsigned references;
	char bytes[];
};

/* TOTAL counts the memory of all texts; it has to live as long as they do. */
struct text *text_new(size_t *total, const char *bytes, size_t len);
struct text *text_of(size_t *total, struct shell_value value);

/* NULL is allowed. */
struct text *text_keep(struct text *text);
void text_drop(struct text *text);

/* "" for NULL. */
struct shell_value text_value(const struct text *text);

/* All that is unknown is the same. */
bool text_same(const struct text *a, const struct text *b);
bool value_same(const struct shell_value *a, const struct shell_value *b);

struct shell_value value_of(const char *string);
struct shell_value value_unknown(const struct shell_origin *origin);

#endif
