/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What messages say of rules, for all lint rules that speak of them.
 */
#ifndef LINT_WORDS_H
#define LINT_WORDS_H

#include <stdbool.h>

#include "base/arena.h"
#include "ruleset/ruleset.h"

/* "ACCEPT", "DROP", "jump to 'FOO'", "LOG" ...; from ARENA or static. */
const char *rule_action(struct arena *arena, const struct rule *rule);

/* ACCEPT or DROP if the rule decides so (REJECT is a DROP, RETURN in a built-in chain its
 * policy), else VERDICT_NONE. */
enum verdict rule_decision(const struct chain *chain, const struct rule *rule);

/* Does one of them let a packet through and the other one not? */
bool verdicts_differ(const struct chain *chain, const struct rule *a, const struct rule *b);

#endif
