/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified diffs of two texts.  They add nothing if there is no difference.
 */
#ifndef EMIT_TEXT_DIFF_H
#define EMIT_TEXT_DIFF_H

#include <stddef.h>

#include "base/buf.h"

struct line_text {
	const char *bytes;
	size_t len;
};

/* Of any two texts. */
void text_diff(struct buf *out, const char *name, struct line_text from, struct line_text to);

/* Of two with the same number of lines, of which the Nth is the other one's Nth: all that fmt
 * ever makes, of files of any size. */
void line_diff(struct buf *out, const char *name, struct line_text from, struct line_text to);

#endif
