/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chains of a table that are in force after the load, and which of them packets
 * can reach.
 */
#ifndef ANALYSE_CHAINS_H
#define ANALYSE_CHAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "pipeline/unit.h"
#include "ruleset/ruleset.h"

struct chains;

/* Of one table of UNIT; lives in ARENA. */
struct chains *chains_new(struct arena *arena, const struct unit *unit, const struct table *table);

const struct table *chains_table(const struct chains *chains);
enum family chains_family(const struct chains *chains);

/* enum backend: those that load the file, or are asked for if none does. */
unsigned chains_backends(const struct chains *chains);

/* Does another program fill the chain of that name while the host runs? */
bool chain_is_external(const char *name);

/* For the units from now on: those patterns ("KUBE-*") too; ALONE: without those that are
 * known as such.  The patterns have to stay. */
void chains_set_external(const char *const *patterns, size_t n, bool alone);

/* With --noflush: rules that are loaded already may jump to every chain. */
bool chains_are_of_fragment(const struct chains *chains);

/* Is there a way of jumps from a built-in chain, or from one that other programs fill, and so jump
 * to; or a line that could not be read and that may be one? */
bool chain_is_reached(const struct chains *chains, const struct chain *chain);

/* May a line that could not be read be a jump to it? */
bool chain_is_named_by_errors(const struct chains *chains, const struct chain *chain);

#endif
