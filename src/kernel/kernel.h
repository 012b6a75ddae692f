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

/*
 * The same for a ruleset that is changed by commands, of one back end: is it still in order
 * after COMMAND in the table?  It was before.  OPENS: the command took a rule away that took
 * every packet, so that legacy walks on behind it.  Looks at the new rules only, where more
 * cannot have changed.
 */
void kernel_check_command(const struct ruleset *ruleset, enum table_id table,
			  const struct command *command, bool opens, struct diags *diags);

/*
 * "tcp" or "udp", if iptables-nft itself refuses the rule since it has that match without its
 * protocol; NULL: it does not (the kernel may).
 */
const char *kernel_unmet_protocol(enum family family, const struct rule *rule);

/* ... after the commit of a whole table. */
void kernel_check_table(const struct ruleset *ruleset, enum table_id table, struct diags *diags);

#endif
