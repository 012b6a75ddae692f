/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line that tells how far the work is: on a terminal, once a second is over, and gone when
 * something else is printed and at the end.
 *
 * A timer draws it, since one file may take long.  Nothing is drawn between progress_hide() and
 * the next step, when what is printed has come to the end of a line.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stddef.h>

/* Does nothing unless standard error is a terminal; nor does what follows, then. */
void progress_begin(void);

/* There are so many files. */
void progress_total(size_t files);

/* One of them is done. */
void progress_step(void);

/* Before something is printed to a terminal. */
void progress_hide(void);

/* The same if standard output is one. */
void progress_hide_for_output(void);

void progress_end(void);

/* In a process that was forked: it is not the one that tells. */
void progress_leave(void);

#endif
