/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the form NAME=VALUE, in any order, with blanks between them.
 */
#include "trace/packet.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
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

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "icmp", 1 },	  { "igmp", 2 },  { "ipip", 4 },   { "tcp", 6 },    { "udp", 17 },
	{ "dccp", 33 },	  { "gre", 47 },  { "esp", 50 },   { "ah", 51 },    { "ipv6-icmp", 58 },
	{ "icmpv6", 58 }, { "ospf", 89 }, { "vrrp", 112 }, { "sctp", 132 }, { "udplite", 136 },
};

bool packet_find_protocol(const char *text, uint8_t *protocol)
{
	unsigned long number;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (!strcmp(protocols[i].name, text)) {
			*protocol = protocols[i].number;
			return true;
		}
	}
	if (!read_number(text, 255, &number))
		return false;
	*protocol = (uint8_t)number;
	return true;
}

const char *packet_protocol_name(uint8_t protocol)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (protocols[i].number == protocol)
			return protocols[i].name;
	}
	return NULL;
}

static bool read_protocol(struct reading *r, const char *name, const char *value)
{
	r->packet->known |= PACKET_PROTOCOL;
	return packet_find_protocol(value, &r->packet->protocol) ||
	       wrong(r, name, value, "name a protocol, or its number from 0 to 255");
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

static const char *const flag_names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };

bool packet_find_flags(struct arena *arena, const char *text, uint8_t *flags)
{
	char *list = arena_strdup(arena, text), *rest = NULL;

	*flags = 0;
	for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		size_t i = 0;

		while (i < 8 && strcasecmp(flag_names[i], word))
			i++;
		if (i == 8 && strcasecmp(word, "NONE"))
			return false;
		if (i < 8)
			*flags |= (uint8_t)(1u << i);
	}
	return true;
}

static bool read_flags(struct reading *r, const char *name, const char *value)
{
	r->packet->known |= PACKET_FLAGS;
	r->has_flags = true;
	return packet_find_flags(r->arena, value, &r->packet->flags) ||
	       wrong(r, name, value, "flags are FIN, SYN, RST, PSH, ACK and URG");
}

static const struct {
	const char *name;
	uint8_t atom;
} states[] = {
	{ "NEW", CT_NEW },	   { "ESTABLISHED", CT_ESTABLISHED }, { "RELATED", CT_RELATED },
	{ "INVALID", CT_INVALID }, { "UNTRACKED", CT_UNTRACKED },
};

bool packet_find_state(const char *text, uint8_t *atom)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcasecmp(states[i].name, text)) {
			*atom = states[i].atom;
			return true;
		}
	}
	return false;
}

static bool read_state(struct reading *r, const char *name, const char *value)
{
	r->has_state = true;
	return packet_find_state(value, &r->packet->state) ||
	       wrong(r, name, value,
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

uint8_t packet_usual_flags(uint8_t state)
{
	return state == CT_NEW ? 0x02 : 0x10;
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
		packet->flags = packet_usual_flags(packet->state);
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

static void write_transport(struct buf *text, const struct packet *packet)
{
	const char *protocol = packet_protocol_name(packet->protocol);

	if (!(packet->known & PACKET_PROTOCOL))
		return;
	if (protocol)
		buf_printf(text, " proto=%s", protocol);
	else
		buf_printf(text, " proto=%u", packet->protocol);
	if (packet->known & PACKET_SPORT)
		buf_printf(text, " sport=%u", packet->sport);
	if (packet->known & PACKET_DPORT)
		buf_printf(text, " dport=%u", packet->dport);
	if (packet->known & PACKET_ICMP)
		buf_printf(text, " icmp-type=%u/%u", packet->icmp / 256, packet->icmp % 256);
}

static void write_flags(struct buf *text, const struct packet *packet)
{
	const char *before = " tcp-flags=";

	if (!(packet->known & PACKET_FLAGS) || packet->flags == packet_usual_flags(packet->state))
		return;
	if (!packet->flags)
		buf_printf(text, "%sNONE", before);
	for (unsigned i = 0; i < 8; i++) {
		if (packet->flags >> i & 1) {
			buf_printf(text, "%s%s", before, flag_names[i]);
			before = ",";
		}
	}
}

const char *packet_write(struct arena *arena, const struct packet *packet)
{
	struct buf text = BUF_INIT;
	const char *result;

	if (packet->in)
		buf_printf(&text, " in=%s", packet->in);
	if (packet->out)
		buf_printf(&text, " out=%s", packet->out);
	if (packet->known & PACKET_SRC)
		buf_printf(&text, " src=%s", packet_address(arena, packet->family, packet->src));
	if (packet->known & PACKET_DST)
		buf_printf(&text, " dst=%s", packet_address(arena, packet->family, packet->dst));
	write_transport(&text, packet);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (states[i].atom == packet->state)
			buf_printf(&text, " state=%s", states[i].name);
	}
	write_flags(&text, packet);
	if (packet->is_later_fragment)
		buf_add_string(&text, " frag=yes");
	if (packet->mark)
		buf_printf(&text, " mark=%#x", packet->mark);
	if (packet->connmark)
		buf_printf(&text, " connmark=%#x", packet->connmark);
	result = arena_strdup(arena, buf_string(&text) + 1);
	buf_free(&text);
	return result;
}
