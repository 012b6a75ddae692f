/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that say of themselves that they are for iptables-restore --noflush, by a comment
 * line "# iptlint: noflush".
 */
#ifndef PARSE_FRAGMENT_H
#define PARSE_FRAGMENT_H

#include <stdbool.h>

#include "source/source.h"

/* Has any comment line of SOURCE that word?  It holds for all of the file. */
bool fragment_declared(const struct source *source);

#endif
