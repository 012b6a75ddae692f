/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only the kernel checks when a ruleset is committed: tables, hooks,
 * protocols and value limits of extensions, loops of chains.
 *
 * Table, protocol and value limits hold for every rule; hook limits and loops
 * for what the hooks reach, as each back end walks it.
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "ruleset/ruleset.h"
#include "source/diag.h"

/*
 * Checks the final rulesets the way the kernel side of each back end does and
 * reports each refusal: why, and where it would be legal.  What both back ends
 * refuse for the same reason is one record.
 */
void kernel_check(const struct ruleset_pair *rulesets, const struct tools *tools,
		  struct diags *diags);

#endif
