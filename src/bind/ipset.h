/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays the kernel's part towards the set and SET extensions: every set that a
 * rule names exists, unless somebody says which do.  Source: linux/netfilter/ipset/ip_set.h,
 * "get/setsockopt".
 */
#ifndef BIND_IPSET_H
#define BIND_IPSET_H

#include <stdbool.h>
#include <stddef.h>

#include "ruleset/netfilter.h"

/*
 * Answers getsockopt(SOL_IP, SO_IP_SET) with the SIZE bytes of request at DATA.
 * NFPROTO is the family that every set has.  0, or -1 with errno set.
 */
int ipset_answer(void *data, size_t size, int nfproto);

/* From here on the sets are those that HAS_SET knows; NULL: any. */
void ipset_limit(bool (*has_set)(const void *context, const char *name, enum family *family),
		 const void *context);

#endif
