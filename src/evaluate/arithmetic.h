/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $(( )), (( )) and let: C's expressions over 64 bits, after the expansions were made.
 */
#ifndef EVALUATE_ARITHMETIC_H
#define EVALUATE_ARITHMETIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evaluate/machine.h"

struct number {
	int64_t value;
	const struct shell_origin *unknown; /* NULL: known */
};

/* False: *WHY is what is wrong with it.  Assigns variables on the way. */
bool arithmetic(struct machine *sh, struct span span, const char *text, size_t len,
		struct number *number, const char **why);

#endif
