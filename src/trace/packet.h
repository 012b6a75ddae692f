/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet as people write it down: "in=eth0 src=10.0.0.5 proto=tcp dport=22".
 */
#ifndef TRACE_PACKET_H
#define TRACE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/set.h"
#include "analyse/space.h"
#include "base/arena.h"
#include "ruleset/netfilter.h"

/* What is known of it. */
enum packet_field {
	PACKET_SRC = 1 << 0,
	PACKET_DST = 1 << 1,
	PACKET_PROTOCOL = 1 << 2,
	PACKET_SPORT = 1 << 3,
	PACKET_DPORT = 1 << 4,
	PACKET_ICMP = 1 << 5,
	PACKET_FLAGS = 1 << 6,
};

struct packet {
	enum family family; /* of the addresses; FAMILY_UNSPEC: none is given */
	unsigned known;	    /* set of enum packet_field */
	wide src, dst;	    /* as numbers, see space_address() */
	uint8_t protocol;
	uint16_t sport, dport;
	uint16_t icmp; /* type * 256 + code */
	uint8_t flags; /* of TCP */
	uint8_t state; /* enum conntrack_atom, without translation */
	bool is_snat, is_dnat;
	bool is_later_fragment;
	uint32_t mark, connmark;
	const char *in; /* NULL: none */
	const char *out;
};

/*
 * Reads TEXT, whose strings then live in ARENA.  What is not said: state=NEW, mark=0,
 * no fragment, and the flag SYN if it is a new TCP connection, else ACK.  False, with
 * *WHY in ARENA: a word is not known, or its value.
 */
bool packet_read(struct packet *packet, struct arena *arena, const char *text, const char **why);

/* The same packet as TEXT again, from ARENA; it has an interface. */
const char *packet_write(struct arena *arena, const struct packet *packet);

/* The flags of TCP that a packet has of which none are named. */
uint8_t packet_usual_flags(uint8_t state);

/* What the values stand for: a protocol by name or number, "SYN,ACK" or "NONE", and "NEW" (case
 * does not count).  False: nothing. */
bool packet_find_protocol(const char *text, uint8_t *protocol);
bool packet_find_flags(struct arena *arena, const char *text, uint8_t *flags);
bool packet_find_state(const char *text, uint8_t *atom);

/* NULL: it has none. */
const char *packet_protocol_name(uint8_t protocol);

/* An address as text, from ARENA. */
const char *packet_address(struct arena *arena, enum family family, wide address);

#endif
