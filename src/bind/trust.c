/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about the save callbacks of libxtables' extensions, measured by reading
 * back what they print; tests/unit/bind_test.c tries each row.
 */
#include "bind/trust.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/xt_connlimit.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_recent.h>

/* Their text is always read back as the same rule, control characters apart. */
static const char *const faithful[] = {
	"CONNMARK", "DNAT",	"LOG",	     "MARK",	  "MASQUERADE", "REDIRECT",
	"REJECT",   "SET",	"SNAT",	     "TCPMSS",	  "TPROXY",	"addrtype",
	"comment",  "connmark", "conntrack", "icmp",	  "icmp6",	"iprange",
	"limit",    "mac",	"mark",	     "multiport", "owner",	"pkttype",
	"set",	    "state",	"statistic", "tcp",	  "udp",
};

/* Files such as /etc/iproute2/rt_realms, or what changed between releases. */
static const char *const varying[] = { "NFQUEUE", "connlabel", "devgroup", "realm" };

static int compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

#define contains(list, name) \
	(bsearch((name), (list), sizeof(list) / sizeof(*(list)), sizeof(*(list)), compare) != NULL)

bool trust_saved_text(const char *real_name, const char *text, bool had_options)
{
	/* A newline ends the line wherever it stands. */
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			return false;
	/* "! --sport 0:65535" is saved as nothing at all. */
	if (had_options && !strstr(text, " --"))
		return false;
	return contains(faithful, real_name);
}

/* Masks that an extension sets in full, and its option only for the family. */
static const struct {
	const char *name;
	size_t offset;
} masks[] = {
	{ "recent", offsetof(struct xt_recent_mtinfo_v1, mask) },
	{ "connlimit", offsetof(struct xt_connlimit_info, mask) },
	{ "conntrack", offsetof(struct xt_conntrack_mtinfo3, origsrc_mask) },
	{ "conntrack", offsetof(struct xt_conntrack_mtinfo3, origdst_mask) },
	{ "conntrack", offsetof(struct xt_conntrack_mtinfo3, replsrc_mask) },
	{ "conntrack", offsetof(struct xt_conntrack_mtinfo3, repldst_mask) },
};

bool trust_byte_counts(const char *real_name, enum family family, size_t i)
{
	if (family == FAMILY_IPV6)
		return true;
	for (size_t m = 0; m < sizeof(masks) / sizeof(*masks); m++)
		if (i >= masks[m].offset + sizeof(struct in_addr) &&
		    i < masks[m].offset + sizeof(union nf_inet_addr) &&
		    strcmp(masks[m].name, real_name) == 0)
			return false;
	return true;
}

static unsigned char byte_at(const struct match *match, uint32_t i)
{
	return i < match->data_len ? ((const unsigned char *)match->data)[i] : 0;
}

unsigned trust_differing_bytes(enum family family, const struct match *a, const struct match *b)
{
	uint32_t size = a->compare_size < a->data_size ? a->compare_size : a->data_size;
	unsigned n = 0;

	for (uint32_t i = 0; i < size && (i < a->data_len || i < b->data_len); i++)
		n += byte_at(a, i) != byte_at(b, i) && trust_byte_counts(a->real_name, family, i);
	return n;
}

bool trust_text_varies(const char *real_name)
{
	return contains(varying, real_name);
}
