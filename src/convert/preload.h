/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a file as the beginning of a session.
 */
#ifndef CONVERT_PRELOAD_H
#define CONVERT_PRELOAD_H

#include "pipeline/unit.h"

/*
 * What FROM leaves in the kernel, as a ruleset whose names are those of FRAME and whose
 * rules come from no place in the script.
 */
struct ruleset *preload(const struct unit *frame, const struct source *from);

#endif
