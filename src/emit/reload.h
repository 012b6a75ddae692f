/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the text that is to be printed read as the same rules again?
 */
#ifndef EMIT_RELOAD_H
#define EMIT_RELOAD_H

#include <stdbool.h>

#include "emit/save.h"

/*
 * Reports each rule of RULESET whose saved text, as SAVER prints it, means something
 * else or does not load, as an error of save-changes-meaning; true if there is none.
 * The unit's own records of that name are not to be dropped before.
 */
bool reload_check(const struct saver *saver, const struct ruleset *ruleset, struct diags *reasons);

#endif
