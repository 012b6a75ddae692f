/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DNAT and REDIRECT make of the destination of a packet, for the lint rules that speak
 * of them.
 */
#ifndef LINT_TRANSLATION_H
#define LINT_TRANSLATION_H

#include "lint/interest.h"
#include "lint/paths.h"

struct translation {
	bool is_redirect; /* to this host */
	bool has_address;
	bool has_port;
	wide low, high; /* addresses, as in VAR_DST */
	uint16_t port_low, port_high;
};

/* False: the rule is no DNAT or REDIRECT, or it is not known what it does. */
bool translation_read(struct translation *translation, const struct unit *unit,
		      const struct interest *interest);

/* Is it to an address of the loopback? */
bool translation_is_to_loopback(const struct translation *translation, const struct unit *unit);

/* "127.0.0.1:80", "port 3128" ...; from ARENA. */
const char *translation_text(struct arena *arena, const struct unit *unit,
			     const struct translation *translation);

/* 127.0.0.0/8 or ::1 */
const struct set *loopback_addresses(struct scratch *scratch, enum family family);

/* Does the rule ask for nothing but protocol, ports, flags and states, and what stands in
 * the rule itself (addresses, interfaces)?  Rates and chance count as something else. */
bool rule_is_plain(const struct rule *rule);

/* The numbers of the interface NAME in a space; NULL: of all that can be to a network, which
 * are all but lo. */
const struct set *network_interfaces(struct scratch *scratch, const struct space *space,
				     const char *name);

/* The one interface that the packets of the way come from, as its rules name it; NULL: there
 * is none such. */
const char *path_interface(const struct path *path);

#endif
