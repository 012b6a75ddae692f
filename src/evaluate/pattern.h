/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns of case, ${x#p}, ${x/p/s} and [[ == ]]: * ? [ ] with backslashes, and bash's
 * extended ones.  Bytes are characters.  Knows nothing of words or variables.
 */
#ifndef EVALUATE_PATTERN_H
#define EVALUATE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

enum pattern_flag {
	PATTERN_EXTENDED = 1, /* ?(a|b) *(a) +(a) @(a) !(a) */
	PATTERN_FOLD = 2,     /* case does not count */
	PATTERN_CARET = 4,    /* [^x] is [!x] */
};

struct pattern {
	const char *bytes; /* a backslash makes the next byte stand for itself */
	size_t len;
	unsigned flags;
};

/* Does it match all of TEXT? */
bool pattern_match(const struct pattern *pattern, const char *text, size_t len);

/* The length of the shortest or longest start (end) of TEXT that matches; false: none. */
bool pattern_prefix(const struct pattern *pattern, const char *text, size_t len, bool longest,
		    size_t *found);
bool pattern_suffix(const struct pattern *pattern, const char *text, size_t len, bool longest,
		    size_t *found);

/* Takes finding an end of a text a time that grows with its square? */
bool pattern_is_slow(const struct pattern *pattern);

#endif
