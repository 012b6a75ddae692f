/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of the match recent: the only match that leaves something behind for packets to come,
 * whatever the rest of its rule says.
 */
#ifndef COMPARE_RECENT_H
#define COMPARE_RECENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "ruleset/rule.h"

/* May the rule change a list?  --rcheck only reads it. */
bool rule_changes_list(const struct rule *rule);

/*
 * The kernel asks the matches in their order: a list is changed for packets that the later ones
 * then refuse.  The rule without these, which is what may change the list; RULE itself if there
 * are none.
 */
const struct rule *rule_up_to_list(struct arena *arena, const struct rule *rule);

#endif
