/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks, addresses and ports, and the end of connection tracking.
 *
 * Sources: iptables-extensions(8) and the structures of linux/netfilter/xt_*.h.
 */
#include "trace/effect.h"

#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_mark.h>
#include <string.h>

#include "analyse/facts.h"

static void set_mark(struct packet *packet, const struct target *target)
{
	struct xt_mark_tginfo2 mark;

	if (target_data(target, &mark, sizeof(mark)))
		packet->mark = (packet->mark & ~mark.mask) ^ mark.mark;
}

static uint32_t shifted(uint32_t mark, const struct xt_connmark_tginfo2 *data)
{
	return data->shift_dir == D_SHIFT_RIGHT ? mark >> data->shift_bits
						: mark << data->shift_bits;
}

static void set_connmark(struct packet *packet, const struct target *target)
{
	struct xt_connmark_tginfo2 data = { .mode = XT_CONNMARK_SET };
	struct xt_connmark_tginfo1 old;

	if (packet->state == CT_INVALID || packet->state == CT_UNTRACKED)
		return;
	if (target->revision == 1 && target_data(target, &old, sizeof(old)))
		data = (struct xt_connmark_tginfo2){ .ctmark = old.ctmark,
						     .ctmask = old.ctmask,
						     .nfmask = old.nfmask,
						     .mode = old.mode };
	else if (!target_data(target, &data, sizeof(data)))
		return;
	switch (data.mode) {
	case XT_CONNMARK_SET:
		packet->connmark = shifted((packet->connmark & ~data.ctmask) ^ data.ctmark, &data);
		break;
	case XT_CONNMARK_SAVE:
		packet->connmark = (packet->connmark & ~data.ctmask) ^
				   shifted(packet->mark & data.nfmask, &data);
		break;
	case XT_CONNMARK_RESTORE:
		packet->mark = (packet->mark & ~data.nfmask) ^
			       shifted(packet->connmark & data.ctmask, &data);
		break;
	}
}

bool effect_range(const struct target *target, enum family family, struct nf_nat_range *range)
{
	struct nf_nat_ipv4_multi_range_compat old;
	struct nf_nat_range2 two;

	memset(range, 0, sizeof(*range));
	if (target->revision >= 2 && target_data(target, &two, sizeof(two))) {
		memcpy(range, &two, sizeof(*range));
		return true;
	}
	if (target->revision == 0 && family == FAMILY_IPV4 &&
	    target_data(target, &old, sizeof(old))) {
		range->flags = old.range[0].flags;
		range->min_addr.ip = old.range[0].min_ip;
		range->max_addr.ip = old.range[0].max_ip;
		range->min_proto = old.range[0].min;
		range->max_proto = old.range[0].max;
		return true;
	}
	return target_data(target, range, sizeof(*range));
}

static wide address_of(const struct space *space, const union nf_inet_addr *address)
{
	union address copy;

	memcpy(&copy, address, sizeof(copy));
	return space_address(space, &copy);
}

static uint16_t port_of(const union nf_conntrack_man_proto *port)
{
	return (uint16_t)((port->all & 0xff) << 8 | port->all >> 8);
}

/* The first address and the first port of the range; what it may choose becomes unknown. */
static void translate(struct packet *packet, const struct space *space,
		      const struct nf_nat_range *range, bool is_source)
{
	unsigned address_field = is_source ? PACKET_SRC : PACKET_DST;
	unsigned port_field = is_source ? PACKET_SPORT : PACKET_DPORT;

	if (range->flags & NF_NAT_RANGE_MAP_IPS) {
		*(is_source ? &packet->src : &packet->dst) = address_of(space, &range->min_addr);
		packet->known |= address_field;
		if (memcmp(&range->min_addr, &range->max_addr, sizeof(range->min_addr)) != 0)
			packet->known &= ~address_field;
	}
	if (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		*(is_source ? &packet->sport : &packet->dport) = port_of(&range->min_proto);
		packet->known |= port_field;
		if (range->min_proto.all != range->max_proto.all ||
		    (range->flags & NF_NAT_RANGE_PROTO_RANDOM))
			packet->known &= ~port_field;
	}
}

static void nat(struct packet *packet, const struct space *space, const struct target *target,
		bool *local)
{
	const char *name = target->real_name;
	bool is_source = !strcmp(name, "SNAT") || !strcmp(name, "MASQUERADE");
	struct nf_nat_range range;
	bool known = effect_range(target, space_family(space), &range);

	*(is_source ? &packet->is_snat : &packet->is_dnat) = true;
	if (!known || !strcmp(name, "NETMAP")) {
		packet->known &= ~(unsigned)(PACKET_SRC | PACKET_DST);
		return;
	}
	/* an address of the interface, which the file does not tell */
	if (!strcmp(name, "MASQUERADE"))
		packet->known &= ~(unsigned)PACKET_SRC;
	if (!strcmp(name, "REDIRECT")) {
		packet->known &= ~(unsigned)PACKET_DST;
		*local = true;
	}
	translate(packet, space, &range, is_source);
}

void effect_apply(struct packet *packet, const struct space *space, const struct target *target,
		  bool *local)
{
	static const char *const nats[] = { "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP" };
	const char *name = target->real_name;
	struct xt_ct_target_info_v1 ct;

	for (size_t i = 0; i < sizeof(nats) / sizeof(nats[0]); i++) {
		if (!strcmp(name, nats[i])) {
			nat(packet, space, target, local);
			return;
		}
	}
	if (!strcmp(name, "MARK"))
		set_mark(packet, target);
	else if (!strcmp(name, "CONNMARK"))
		set_connmark(packet, target);
	else if (!strcmp(name, "NOTRACK"))
		packet->state = CT_UNTRACKED;
	else if (!strcmp(name, "CT") && target_data(target, &ct, sizeof(ct)) &&
		 (ct.flags & XT_CT_NOTRACK))
		packet->state = CT_UNTRACKED;
	else if (!strcmp(name, "DNPT"))
		packet->known &= ~(unsigned)PACKET_DST;
	else if (!strcmp(name, "SNPT"))
		packet->known &= ~(unsigned)PACKET_SRC;
	else if (!strcmp(name, "TPROXY"))
		*local = true;
}
