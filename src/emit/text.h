/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and addresses as text, without printf(): a file of 100,000 rules holds
 * some millions of them.
 */
#ifndef EMIT_TEXT_H
#define EMIT_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

void text_decimal(struct buf *out, uint64_t number);

/* Dotted decimal, or the text that inet_ntop(3) makes of an IPv6 address. */
void text_address(struct buf *out, enum family family, const union address *address);

/* "24"; a mask that is no prefix as an address: "255.0.255.0". */
void text_mask(struct buf *out, enum family family, const union address *mask);

/* "[12:3456]"; NULL is zero. */
void text_counters(struct buf *out, const struct counters *counters);

#endif
