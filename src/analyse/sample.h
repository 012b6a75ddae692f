/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet that shows something, as NAME=VALUE words that iptlint trace reads.
 */
#ifndef ANALYSE_SAMPLE_H
#define ANALYSE_SAMPLE_H

#include "analyse/proof.h"

/* The packet of a proof that gets past the rules, as it enters the table; from ARENA. */
const char *sample_of_proof(struct arena *arena, const struct space *space, struct prover *prover,
			    const struct proof *proof);

/* Some packet of a region. */
const char *sample_of_region(struct arena *arena, const struct space *space,
			     const struct region *region);

#endif
