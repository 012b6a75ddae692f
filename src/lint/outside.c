/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which interface leads to the world is not written anywhere.  Taken for it are those by which
 * addresses are translated, or else such as are called so; where there are none, any that no
 * rule names, and one that is the only one that rules name.
 */
#include "lint/outside.h"

#include <arpa/inet.h>
#include <string.h>

#include "analyse/analysis.h"

#define NETWORK_V4     8 /* bits of a network that is somebody's */
#define NETWORK_V6     20
#define INTERFACES_MAX 16

/* ---- the source ---- */

static unsigned bits_of(enum family family, const union address *mask)
{
	const unsigned char *bytes = (const unsigned char *)mask;
	unsigned bits = 0;

	for (unsigned i = 0; i < (family == FAMILY_IPV6 ? 16u : 4u); i++)
		bits += (unsigned)__builtin_popcount(bytes[i]);
	return bits;
}

static bool is_in(enum family family, const struct prefix *prefix, const union address *address)
{
	const unsigned char *mask = (const unsigned char *)prefix->mask;
	const unsigned char *network = (const unsigned char *)&prefix->address;
	const unsigned char *bytes = (const unsigned char *)address;

	for (unsigned i = 0; i < (family == FAMILY_IPV6 ? 16u : 4u); i++) {
		if ((bytes[i] & mask[i]) != network[i])
			return false;
	}
	return true;
}

/* Does a rule name a network that it is in, and that is smaller than half the world? */
static bool is_named(const struct table *table, enum family family, const union address *address)
{
	unsigned least = family == FAMILY_IPV6 ? NETWORK_V6 : NETWORK_V4;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			const struct prefix *src = entry->rule->unbound ? NULL : entry->rule->src;

			if (src && src->mask && is_in(family, src, address) &&
			    bits_of(family, src->mask) >= least)
				return true;
		}
	}
	return false;
}

/* Documentation addresses stand for any other, unless the rules speak of them. */
static wide find_source(const struct unit *unit, const struct reach *reach)
{
	static const char *const v4[] = { "203.0.113.77", "198.51.100.77", "192.0.2.77",
					  "5.45.77.77",	  "81.7.77.77",	   "45.77.77.77" };
	static const char *const v6[] = { "2001:db8:77::7", "2a02:7777::7", "2600:7777::7" };
	bool is_v6 = unit->family == FAMILY_IPV6;
	size_t n = is_v6 ? sizeof(v6) / sizeof(v6[0]) : sizeof(v4) / sizeof(v4[0]);
	union address address;

	for (size_t i = 0; i < n; i++) {
		inet_pton(is_v6 ? AF_INET6 : AF_INET, is_v6 ? v6[i] : v4[i], &address);
		if (!is_named(reach_flow(reach)->table, unit->family, &address))
			break;
	}
	return space_address(reach_space(reach), &address);
}

/* What packets can be sent to from anywhere. */
static const struct set *find_target(const struct unit *unit, struct scratch *scratch)
{
	static const struct range v4[] = {
		{ 0x01000000, 0x09ffffff }, { 0x0b000000, 0x643fffff }, /* not 10/8, 100.64/10 */
		{ 0x64800000, 0x7effffff }, { 0x80000000, 0xa9fdffff }, /* not 127/8, 169.254/16 */
		{ 0xa9ff0000, 0xac0fffff }, { 0xac200000, 0xc0a7ffff }, /* not 172.16/12 */
		{ 0xc0a90000, 0xdfffffff }, /* not 192.168/16, nor 224/4 */
	};
	const wide one = 1;

	if (unit->family == FAMILY_IPV6)
		return set_keep(unit->arena, one << 125, (one << 126) - 1); /* 2000::/3 */
	return set_copy(unit->arena, set_of(scratch, v4, sizeof(v4) / sizeof(v4[0])));
}

/* ---- interfaces ---- */

bool interface_is_inside(const char *name)
{
	static const char *const prefixes[] = {
		"docker",    "br",     "virbr", "veth", "tun",	 "tap",	    "wg",
		"lan",	     "vmbr",   "lxc",	"lxd",	"cni",	 "flannel", "cali",
		"tailscale", "podman", "vnet",	"zt",	"dummy", "ham",
	};

	if (!strcmp(name, "lo"))
		return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

/* Whose name alone says it. */
static bool leads_out(const char *name)
{
	static const char *const prefixes[] = { "ppp", "wan", "wwan", "inet", "internet" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

struct interface_list {
	const struct interfaces *interfaces;
	struct range *ranges;
	uint32_t n;
};

static void add_number(struct interface_list *list, wide low, wide high)
{
	if (list->n < INTERFACES_MAX)
		list->ranges[list->n++] = (struct range){ low, high };
}

static bool hides_sources(const struct rule *rule)
{
	return rule->out && !(rule->inverted & RULE_NOT_OUT) &&
	       (rule_has_target(rule, "MASQUERADE") || rule_has_target(rule, "SNAT"));
}

/* Those by which packets leave with a translated source; true if there are some. */
static bool add_translating(const struct unit *unit, struct interface_list *list)
{
	struct chains *chains = analysis_chains(unit->analysis, TABLE_NAT);
	const struct table *table = chains ? chains_table(chains) : NULL;
	uint32_t before = list->n;

	for (uint32_t i = 0; table && i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			uint32_t number;

			if (!hides_sources(entry->rule) || interface_is_inside(entry->rule->out))
				continue;
			number = interfaces_number(list->interfaces, entry->rule->out);
			add_number(list, number, number);
		}
	}
	return list->n > before;
}

/* Those that rules name and whose names say it; *ONLY is the one that is named alone, or
 * INTERFACE_ABSENT. */
static bool add_called_so(const struct unit *unit, struct interface_list *list, uint32_t *only)
{
	uint32_t n = interfaces_count(list->interfaces), n_named = 0, before = list->n;

	for (uint32_t number = INTERFACE_OTHER + 1; number < n; number++) {
		const char *name = interfaces_name(list->interfaces, unit->arena, number);

		if (!name || interface_is_inside(name))
			continue;
		*only = n_named++ ? INTERFACE_ABSENT : number;
		if (leads_out(name))
			add_number(list, number, number);
	}
	return list->n > before;
}

static const struct set *find_interfaces(const struct unit *unit, const struct reach *reach,
					 struct scratch *scratch, bool *is_guess)
{
	struct range ranges[INTERFACES_MAX];
	struct interface_list list = { space_interfaces(reach_space(reach)), ranges, 0 };
	uint32_t only = INTERFACE_ABSENT;

	*is_guess = !add_translating(unit, &list) && !add_called_so(unit, &list, &only);
	if (*is_guess)
		add_number(&list, INTERFACE_OTHER, INTERFACE_OTHER);
	if (*is_guess && only != INTERFACE_ABSENT)
		add_number(&list, only, only);
	return set_copy(unit->arena, set_of(scratch, ranges, list.n));
}

const struct set *outside_not_lo(const struct unit *unit, const struct reach *reach)
{
	const struct interfaces *interfaces = space_interfaces(reach_space(reach));
	wide lo = interfaces_number(interfaces, "lo");
	wide last = set_high(space_domain(reach_space(reach), VAR_IN));
	struct range ranges[] = { { 1, lo - 1 }, { lo + 1, last } };
	struct scratch *scratch;
	const struct set *set;
	const char *name = interfaces_name(interfaces, unit->arena, (uint32_t)lo);

	/* a pattern, or no rule at all, takes lo and others */
	if (!name || strcmp(name, "lo") != 0)
		return set_keep(unit->arena, 1, last);
	scratch = scratch_new();
	set = set_copy(unit->arena, set_of(scratch, ranges, 2));
	scratch_free(scratch);
	return set;
}

/* ---- the packets ---- */

void outside_find(struct outside *outside, const struct unit *unit, const struct reach *reach)
{
	struct scratch *scratch = scratch_new();
	wide source = find_source(unit, reach);

	outside->source = set_keep(unit->arena, source, source);
	outside->target = find_target(unit, scratch);
	outside->interfaces = find_interfaces(unit, reach, scratch, &outside->is_guess);
	outside->not_lo = outside_not_lo(unit, reach);
	outside->fresh = set_keep(unit->arena, CT_NEW, CT_NEW + (CT_SNAT | CT_DNAT));
	scratch_free(scratch);
}

static const struct region *narrow(struct scratch *scratch, const struct region *region,
				   uint32_t variable, const struct set *set)
{
	return region ? region_with(scratch, region, variable, 0, set) : NULL;
}

const struct region *outside_of(const struct outside *outside, struct scratch *scratch,
				const struct region *region)
{
	region = narrow(scratch, region, VAR_STATE, outside->fresh);
	region = narrow(scratch, region, VAR_SRC, outside->source);
	region = narrow(scratch, region, VAR_DST, outside->target);
	return narrow(scratch, region, VAR_IN, outside->interfaces);
}

const struct region *outside_any(const struct outside *outside, struct scratch *scratch,
				 const struct region *region)
{
	region = narrow(scratch, region, VAR_STATE, outside->fresh);
	region = narrow(scratch, region, VAR_SRC, outside->source);
	return narrow(scratch, region, VAR_IN,
		      outside->is_guess ? outside->not_lo : outside->interfaces);
}

const struct region *outside_prefer(const struct outside *outside, struct scratch *scratch,
				    const struct region *region)
{
	const struct {
		uint32_t variable;
		const struct set *set;
	} wishes[] = {
		{ VAR_STATE, outside->fresh },	 { VAR_SRC, outside->source },
		{ VAR_DST, outside->target },	 { VAR_IN, outside->not_lo },
		{ VAR_IN, outside->interfaces },
	};

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		const struct region *some =
			narrow(scratch, region, wishes[i].variable, wishes[i].set);

		if (some)
			region = some;
	}
	return region;
}

bool region_has_literals(const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		if (region->constraints[i].variable >= VAR_LITERAL)
			return true;
	}
	return false;
}

/* Only that the packet is for this host. */
static bool is_for_this_host(const char *text)
{
	return strstr(text, "--dst-type LOCAL") || strstr(text, "--pkt-type host");
}

bool region_has_opaque(const struct space *space, const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		uint32_t variable = region->constraints[i].variable;

		if (variable >= VAR_LITERAL &&
		    !is_for_this_host(space_literal_text(space, variable)))
			return true;
	}
	return false;
}
