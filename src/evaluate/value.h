/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a word or variable stands for: bytes, or something that cannot be known.
 *
 * A value any part of which is not known is not known as a whole.  Unknown values
 * remember where they came from, so that a message can name the place at which
 * the script asked the host for something.
 */
#ifndef EVALUATE_VALUE_H
#define EVALUATE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "source/source.h"

/* Where something that cannot be known entered the script. */
struct shell_origin {
	struct span span; /* in the script */
	const char *what; /* for messages: "the output of 'ip'", "the files that match '*.conf'" */
	const char *way_out; /* a hint, or NULL: "-D NAME=VALUE" */
	const char *pattern; /* the names of files are not known, but they match this; or NULL */
	bool may_lack;	     /* of a variable: there may be none */
};

struct shell_value {
	const char *bytes; /* NUL behind the last one; "" where unknown */
	size_t len;
	const struct shell_origin *unknown; /* NULL: known */
};

/* The same for the exit status of a command. */
struct shell_status {
	int code; /* 0..255 */
	const struct shell_origin *unknown;
};

#endif
