/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The single values that a rule names: one prefix, one protocol, one interface, one port,
 * one opaque match.  Knows nothing of chains or of what else a rule asks.
 */
#ifndef ANALYSE_RULE_VALUES_H
#define ANALYSE_RULE_VALUES_H

#include "analyse/space.h"

/* What a rule can name in a way that a key can be made of. */
enum named {
	NAMES_SRC = 1 << 0,
	NAMES_DST = 1 << 1,
	NAMES_PROTOCOL = 1 << 2,
	NAMES_IN = 1 << 3, /* one whole name */
	NAMES_OUT = 1 << 4,
	NAMES_DPORT = 1 << 5, /* a single one */
	NAMES_LITERAL = 1 << 6,
};

/* Only of what is in NAMES anything is known. */
struct values {
	uint8_t names;
	uint8_t src_len, dst_len;
	wide src, dst;
	uint32_t protocol, in, out, dport, literal;
};

/* What every packet that RULE takes has in common. */
void rule_values(struct space *space, const struct rule *rule, struct values *values);

#endif
