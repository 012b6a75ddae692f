/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches that look for something in the data of packets, and what is known of the packets
 * that come to them, for the lint rules that speak of such matches.
 *
 * Measured in the kernel (tests/kernel/nat_facts.py): the search of -m string begins at the
 * IP header, so header bytes count.
 */
#ifndef LINT_CONTENT_H
#define LINT_CONTENT_H

#include "lint/interest.h"

/* The headers of IPv4 and TCP with all options; in IPv6 the same without extension headers. */
#define HEADERS_MAX 120

struct content {
	const struct interest *at;
	const struct match *match;
	bool is_string;
	bool inverted;
	/* of the pattern of a string */
	const char *pattern;
	bool icase;
	/* Of all packets that may come to the rule: */
	bool all_tcp;
	bool some_tcp;
	bool all_udp;
	bool all_syn;	  /* tcp with SYN, and without ACK */
	bool all_new;	  /* the state is NEW */
	bool all_tls_in;  /* tcp from a port where TLS begins at once */
	bool all_tls_out; /* tcp to such a port */
	bool all_quic;	  /* udp from or to port 443 */
	const char *sample;
};

typedef void content_visit(void *context, const struct content *content);

/* Each match that can only mean data behind the headers, in a rule that packets reach. */
void content_each(const struct unit *unit, content_visit *visit, void *context);

#endif
