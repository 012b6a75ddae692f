/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that are there to record packets, for the lint rules that speak of them.
 */
#ifndef LINT_LOGS_H
#define LINT_LOGS_H

#include "analyse/reach.h"

/* LOG, NFLOG or ULOG. */
bool rule_logs(const struct rule *rule);

/*
 * Looks at the rules that record packets directly above POSITION (from 0) of the chain, one
 * behind the other, for one of the kind of RULE that is offered all of RULE's packets, and
 * records some of them only, by a rate.  NULL: there is none.
 */
const struct rule *limited_log_above(const struct reach *reach, const struct chain *chain,
				     uint32_t position, const struct rule *rule);

#endif
