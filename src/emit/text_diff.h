/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified diff of any two texts.
 */
#ifndef EMIT_TEXT_DIFF_H
#define EMIT_TEXT_DIFF_H

#include "base/buf.h"
#include "emit/line_diff.h"

/* Adds nothing if there is no difference. */
void text_diff(struct buf *out, const char *name, struct line_text from, struct line_text to);

#endif
