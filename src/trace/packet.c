/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the form NAME=VALUE, in any order, with blanks between them.
 */
#include "trace/packet.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/similar.h"

struct reading {
	struct packet *packet;
	struct arena *arena;
	const char **why;
	bool has_state, has_flags;
};

typedef bool read_word(struct reading *r, const char *name, const char *value);

static bool wrong(struct reading *r, const char *name, const char *value, const char *wanted)
{
	*r->why = arena_printf(r->arena, "%s=%s: %s", name, value, wanted);
	return false;
}

static bool read_address(struct reading *r, const char *name, const char *value)
{
	bool is_src = !strcmp(name, "src");
	unsigned char bytes[16];
	enum family family = FAMILY_IPV4;
	unsigned n = 4;
	wide address = 0;

	if (inet_pton(AF_INET, value, bytes) != 1) {
		family = FAMILY_IPV6;
		n = 16;
		if (inet_pton(AF_INET6, value, bytes) != 1)
			return wrong(r, name, value, "this is no address");
	}
	if (r->packet->family != FAMILY_UNSPEC && r->packet->family != family)
		return wrong(r, name, value, "the other address is of the other family");
	r->packet->family = family;
	for (unsigned i = 0; i < n; i++)
		address = address << 8 | bytes[i];
	*(is_src ? &r->packet->src : &r->packet->dst) = address;
	r->packet->known |= is_src ? PACKET_SRC : PACKET_DST;
	return true;
}

static bool read_number(const char *value, unsigned long max, unsigned long *number)
{
	char *end;

	*number = strtoul(value, &end, 0);
	return end != value && !*end && *value != '-' && *number <= max;
}

static bool read_protocol(struct reading *r, const char *name, const char *value)
{
	static const struct {
		const char *name;
		uint8_t number;
	} protocols[] = {
		{ "icmp", 1 },	 { "igmp", 2 },	      { "ipip", 4 },	  { "tcp", 6 },
		{ "udp", 17 },	 { "dccp", 33 },      { "gre", 47 },	  { "esp", 50 },
		{ "ah", 51 },	 { "ipv6-icmp", 58 }, { "icmpv6", 58 },	  { "ospf", 89 },
		{ "vrrp", 112 }, { "sctp", 132 },     { "udplite", 136 },
	};
	unsigned long number;

	r->packet->known |= PACKET_PROTOCOL;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (!strcmp(protocols[i].name, value)) {
			r->packet->protocol = protocols[i].number;
			return true;
		}
	}
	if (!read_number(value, 255, &number))
		return wrong(r, name, value, "name a protocol, or its number from 0 to 255");
	r->packet->protocol = (uint8_t)number;
	return true;
}

static bool read_port(struct reading *r, const char *name, const char *value)
{
	bool is_source = !strcmp(name, "sport");
	unsigned long number;

	if (!read_number(value, 65535, &number))
		return wrong(r, name, value, "a port is a number from 0 to 65535");
	*(is_source ? &r->packet->sport : &r->packet->dport) = (uint16_t)number;
	r->packet->known |= is_source ? PACKET_SPORT : PACKET_DPORT;
	return true;
}

static bool read_icmp(struct reading *r, const char *name, const char *value)
{
	char *type = arena_strdup(r->arena, value), *code = strchr(type, '/');
	unsigned long numbers[2] = { 0, 0 };

	if (code)
		*code++ = '\0';
	if (!read_number(type, 255, &numbers[0]) || (code && !read_number(code, 255, &numbers[1])))
		return wrong(r, name, value, "say TYPE or TYPE/CODE, as numbers");
	r->packet->icmp = (uint16_t)(numbers[0] * 256 + numbers[1]);
	r->packet->known |= PACKET_ICMP;
	return true;
}

static bool read_flags(struct reading *r, const char *name, const char *value)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	char *list = arena_strdup(r->arena, value), *rest = NULL;

	r->packet->flags = 0;
	r->packet->known |= PACKET_FLAGS;
	r->has_flags = true;
	for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		size_t i = 0;

		while (i < 8 && strcasecmp(names[i], word))
			i++;
		if (i == 8 && strcasecmp(word, "NONE"))
			return wrong(r, name, value, "flags are FIN, SYN, RST, PSH, ACK and URG");
		if (i < 8)
			r->packet->flags |= (uint8_t)(1u << i);
	}
	return true;
}

static bool read_state(struct reading *r, const char *name, const char *value)
{
	static const struct {
		const char *name;
		uint8_t atom;
	} states[] = {
		{ "NEW", CT_NEW },
		{ "ESTABLISHED", CT_ESTABLISHED },
		{ "RELATED", CT_RELATED },
		{ "INVALID", CT_INVALID },
		{ "UNTRACKED", CT_UNTRACKED },
	};

	r->has_state = true;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcasecmp(states[i].name, value)) {
			r->packet->state = states[i].atom;
			return true;
		}
	}
	return wrong(r, name, value,
		     "it is one of NEW, ESTABLISHED, RELATED, INVALID and UNTRACKED");
}

static bool read_mark(struct reading *r, const char *name, const char *value)
{
	unsigned long number;

	if (!read_number(value, UINT32_MAX, &number))
		return wrong(r, name, value, "a mark is a number of 32 bits");
	*(!strcmp(name, "mark") ? &r->packet->mark : &r->packet->connmark) = (uint32_t)number;
	return true;
}

static bool read_fragment(struct reading *r, const char *name, const char *value)
{
	r->packet->is_later_fragment = !strcmp(value, "yes");
	return r->packet->is_later_fragment || !strcmp(value, "no") ||
	       wrong(r, name, value, "yes for a second or later fragment, else no");
}

static bool read_interface(struct reading *r, const char *name, const char *value)
{
	if (!*value || strlen(value) > 15)
		return wrong(r, name, value, "the name of an interface has 1 to 15 characters");
	*(!strcmp(name, "in") ? &r->packet->in : &r->packet->out) = arena_strdup(r->arena, value);
	return true;
}

static const struct {
	const char *name;
	read_word *read;
} words[] = {
	{ "in", read_interface },  { "out", read_interface },  { "src", read_address },
	{ "dst", read_address },   { "proto", read_protocol }, { "sport", read_port },
	{ "dport", read_port },	   { "icmp-type", read_icmp }, { "tcp-flags", read_flags },
	{ "state", read_state },   { "mark", read_mark },      { "connmark", read_mark },
	{ "frag", read_fragment },
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

static bool unknown(struct reading *r, const char *name)
{
	struct similar similar;

	similar_init(&similar, name);
	for (size_t i = 0; i < N_WORDS; i++)
		similar_offer(&similar, words[i].name);
	*r->why =
		similar_result(&similar)
			? arena_printf(r->arena, "a packet has no '%s'; did you mean '%s='?", name,
				       similar_result(&similar))
			: arena_printf(r->arena,
				       "a packet has no '%s'; there are in= out= src= dst= proto= "
				       "sport= dport= icmp-type= tcp-flags= state= mark= "
				       "connmark= and frag=",
				       name);
	return false;
}

static bool read_one(struct reading *r, char *word)
{
	char *value = strchr(word, '=');

	if (!value) {
		*r->why = arena_printf(r->arena, "'%s' is not of the form NAME=VALUE", word);
		return false;
	}
	*value++ = '\0';
	for (size_t i = 0; i < N_WORDS; i++) {
		if (!strcmp(words[i].name, word))
			return words[i].read(r, word, value);
	}
	return unknown(r, word);
}

bool packet_read(struct packet *packet, struct arena *arena, const char *text, const char **why)
{
	struct reading r = { .packet = packet, .arena = arena, .why = why };
	char *copy = arena_strdup(arena, text), *rest = NULL;

	memset(packet, 0, sizeof(*packet));
	packet->state = CT_NEW;
	for (char *word = strtok_r(copy, " \t\r\n", &rest); word;
	     word = strtok_r(NULL, " \t\r\n", &rest)) {
		if (!read_one(&r, word))
			return false;
	}
	if (!packet->in && !packet->out) {
		*why = "say in= for a packet that comes in, out= for one that this host sends, and "
		       "both for one that is forwarded";
		return false;
	}
	if (!r.has_flags && (packet->known & PACKET_PROTOCOL) && packet->protocol == IPPROTO_TCP) {
		packet->flags = packet->state == CT_NEW ? 0x02 : 0x10;
		packet->known |= PACKET_FLAGS;
	}
	return true;
}

const char *packet_address(struct arena *arena, enum family family, wide address)
{
	unsigned n = family == FAMILY_IPV6 ? 16 : 4;
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];

	for (unsigned i = n; i-- > 0; address >>= 8)
		bytes[i] = (unsigned char)address;
	inet_ntop(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, bytes, text, sizeof(text));
	return arena_strdup(arena, text);
}
