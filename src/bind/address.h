/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What -s and -d take: one address, a network, or a list of them.
 *
 * Every spelling that iptables-restore takes without asking a name server is
 * read; a host name is kept as a name.
 */
#ifndef BIND_ADDRESS_H
#define BIND_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

enum address_result {
	ADDRESS_OK,
	ADDRESS_ANY,	  /* a mask of no bits: every address */
	ADDRESS_HOST,	  /* a name: prefix_host() */
	ADDRESS_BAD,	  /* neither an address nor a name */
	ADDRESS_BAD_MASK, /* what stands after the last '/' */
	ADDRESS_OTHER_FAMILY,
};

struct address_reading {
	struct prefix prefix;
	bool octal;	/* a part like 010 was read as octal, and means another number so */
	bool host_bits; /* the address had bits outside the mask, as 10.0.0.5/24 has */
};

/* Makes ADDRESS, that of the name in PREFIX, an address with the mask that stands behind the
 * name. */
struct prefix address_of_host(struct arena *arena, enum family family, const struct prefix *prefix,
			      const union address *address);

/* Reads one address, TEXT[0, LEN). */
enum address_result address_read(struct arena *arena, enum family family, const char *text,
				 size_t len, struct address_reading *reading);

/*
 * The common spelling only: dotted decimal without leading zeros (RFC 4291 text for
 * IPv6) and, at most, "/length", and no bits outside of that.  False: address_read() has to look at
 * it.
 */
bool address_read_plain(enum family family, const char *text, struct prefix *prefix, bool *any);

#endif
