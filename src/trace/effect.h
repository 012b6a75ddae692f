/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What targets that change packets make of one.
 */
#ifndef TRACE_EFFECT_H
#define TRACE_EFFECT_H

#include "analyse/space.h"
#include "ruleset/rule.h"
#include "trace/packet.h"

/* Changes the packet as the target of the rule does; what it makes of it and is not known
 * from the rule becomes unknown.  LOCAL is set if the packet now is for this host. */
void effect_apply(struct packet *packet, const struct space *space, const struct target *target,
		  bool *local);

struct nf_nat_range; /* linux/netfilter/nf_nat.h */

/* What DNAT, SNAT and their like say, in one form for both families; false: it is not known. */
bool effect_range(const struct target *target, enum family family, struct nf_nat_range *range);

#endif
