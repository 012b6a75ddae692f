/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A box as words: src=10.0.0.0/8 proto=tcp dport=22,80:90 state=NEW.
 *
 * The words say exactly what the box holds.  "!A,B" stands for all others, "A!B,C" for A without
 * these.
 */
#ifndef COMPARE_BOX_TEXT_H
#define COMPARE_BOX_TEXT_H

#include "analyse/space.h"
#include "base/buf.h"

/* One word. */
typedef void box_word(void *context, const char *name, const char *value);

/* Gives the words of the box, but not what all packets of WITHIN have in common with it. */
void box_words(const struct space *space, const struct region *box, const struct region *within,
	       box_word *word, void *context);

/* Adds them, with spaces between and no long lists; "every packet" if there are none. */
void box_text(struct buf *out, const struct space *space, const struct region *box,
	      const struct region *within);

#endif
