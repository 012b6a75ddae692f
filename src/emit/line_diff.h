/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified diff of two texts with the same number of lines, of which the Nth is
 * the other one's Nth: all that fmt ever makes.
 */
#ifndef EMIT_LINE_DIFF_H
#define EMIT_LINE_DIFF_H

#include <stddef.h>

#include "base/buf.h"

struct line_text {
	const char *bytes;
	size_t len;
};

/* Adds nothing if there is no difference. */
void line_diff(struct buf *out, const char *name, struct line_text from, struct line_text to);

#endif
