/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes a value of each variable and writes down those that a packet shows.
 */
#include "analyse/sample.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"

static void add_address(struct buf *text, const struct space *space, const char *name, wide address)
{
	bool v6 = space_family(space) == FAMILY_IPV6;
	unsigned char bytes[16];
	char shown[INET6_ADDRSTRLEN];

	for (unsigned i = v6 ? 16 : 4; i-- > 0; address >>= 8)
		bytes[i] = (unsigned char)address;
	inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, shown, sizeof(shown));
	buf_printf(text, " %s=%s", name, shown);
}

static void add_interface(struct buf *text, struct arena *arena, const struct space *space,
			  const char *name, wide number)
{
	const char *interface = interfaces_name(space_interfaces(space), arena, (uint32_t)number);

	if (interface)
		buf_printf(text, " %s=%s", name, interface);
}

static void add_protocol(struct buf *text, const wide values[VAR_LITERAL])
{
	unsigned protocol = (unsigned)values[VAR_PROTOCOL];

	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		buf_printf(text, " proto=%s sport=%u dport=%u",
			   protocol == IPPROTO_TCP ? "tcp" : "udp", (unsigned)values[VAR_SPORT],
			   (unsigned)values[VAR_DPORT]);
	else if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		buf_printf(text, " proto=%s icmp-type=%u/%u",
			   protocol == IPPROTO_ICMP ? "icmp" : "ipv6-icmp",
			   (unsigned)values[VAR_ICMP] / 256, (unsigned)values[VAR_ICMP] % 256);
	else if (protocol != PROTOCOL_NONE)
		buf_printf(text, " proto=%u", protocol);
}

static const char *state_name(wide atom)
{
	if (atom == CT_INVALID)
		return "INVALID";
	if (atom == CT_UNTRACKED)
		return "UNTRACKED";
	return atom >= CT_ESTABLISHED ? "ESTABLISHED" : atom >= CT_RELATED ? "RELATED" : "NEW";
}

static const char *write_down(struct arena *arena, const struct space *space,
			      const wide values[VAR_LITERAL])
{
	struct buf text = BUF_INIT;
	const char *result;

	add_interface(&text, arena, space, "in", values[VAR_IN]);
	add_interface(&text, arena, space, "out", values[VAR_OUT]);
	add_address(&text, space, "src", values[VAR_SRC]);
	add_address(&text, space, "dst", values[VAR_DST]);
	add_protocol(&text, values);
	buf_printf(&text, " state=%s", state_name(values[VAR_STATE]));
	if (values[VAR_FRAGMENT])
		buf_add_string(&text, " frag=yes");
	result = arena_strdup(arena, buf_string(&text) + 1);
	buf_free(&text);
	return result;
}

const char *sample_of_proof(struct arena *arena, const struct space *space, struct prover *prover,
			    const struct proof *proof)
{
	wide values[VAR_LITERAL];

	for (uint32_t variable = 0; variable < VAR_LITERAL; variable++)
		values[variable] = proof_packet(prover, proof, variable, 0);
	return write_down(arena, space, values);
}

const char *sample_of_region(struct arena *arena, const struct space *space,
			     const struct region *region)
{
	wide values[VAR_LITERAL];

	for (uint32_t variable = 0; variable < VAR_LITERAL; variable++) {
		const struct set *set = region_get(region, variable, 0);

		values[variable] = set_low(set ? set : space_domain(space, variable));
	}
	return write_down(arena, space, values);
}
