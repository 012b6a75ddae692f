/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do the two back ends make the same of one file, as their save commands tell it?
 */
#ifndef EMIT_DIFFER_H
#define EMIT_DIFFER_H

#include <stdbool.h>

#include "emit/save.h"

/*
 * Reports the first places where they differ as errors of backend-difference; true if
 * there is none.  Both have to load the file.  A table that is only named is no
 * difference, though only legacy prints it.
 */
bool differ_check(const struct unit *unit, struct diags *reasons);

#endif
