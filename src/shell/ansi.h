/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The escapes of $'...'.
 */
#ifndef SHELL_ANSI_H
#define SHELL_ANSI_H

#include "base/buf.h"

/* Adds what the LEN bytes between the quotes stand for; a NUL ends it. */
void ansi_decode(struct buf *out, const char *bytes, size_t len);

#endif
