/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tries the default, and then what the rules themselves name.
 */
#include "lint/client.h"

#include <stdlib.h>
#include <string.h>

#include "lint/watch.h"
#include "trace/packet.h"

#define CLIENTS_MAX (WATCH_MAX / 2)

struct search {
	struct arena *arena;
	const struct unit *unit;
	struct client clients[CLIENTS_MAX];
	unsigned n;
};

static const struct client default_v4 = { "iptlint0", "93.184.216.34", "93.184.215.14" };
static const struct client default_v6 = { "iptlint0", "2606:2800:21f::34", "2606:2800:220::14" };

const struct client *client_default(enum family family)
{
	return family == FAMILY_IPV6 ? &default_v6 : &default_v4;
}

/* ---- who comes into question ---- */

static const char *address_text(struct search *search, const struct prefix *prefix, bool inverted)
{
	wide number = 0;
	unsigned n = search->unit->family == FAMILY_IPV6 ? 16 : 4;
	const unsigned char *bytes, *mask;
	bool is_one = true;

	if (!prefix || !prefix->mask || inverted)
		return NULL;
	bytes = n == 16 ? prefix->address.v6.s6_addr
			: (const unsigned char *)&prefix->address.v4.s_addr;
	mask = n == 16 ? prefix->mask->v6.s6_addr : (const unsigned char *)&prefix->mask->v4.s_addr;
	for (unsigned i = 0; i < n; i++) {
		number = number << 8 | bytes[i];
		is_one &= mask[i] == 255;
	}
	/* a host of the net rather than its first address */
	if (!is_one && !(mask[n - 1] & 1))
		number++;
	return packet_address(search->arena, search->unit->family, number);
}

static const char *interface_text(struct search *search, const struct rule *rule)
{
	size_t len = rule->in ? strlen(rule->in) : 0;

	if (!len || rule->inverted & RULE_NOT_IN || !strcmp(rule->in, "lo"))
		return NULL;
	if (rule->in[len - 1] != '+')
		return rule->in;
	return arena_printf(search->arena, "%.*s0", (int)(len - 1), rule->in);
}

static void add_client(struct search *search, const struct rule *rule)
{
	const struct client *fallback = client_default(search->unit->family);
	const char *in = interface_text(search, rule);
	const char *src = address_text(search, rule->src, rule->inverted & RULE_NOT_SRC);
	const char *dst = address_text(search, rule->dst, rule->inverted & RULE_NOT_DST);
	struct client client = { in ? in : fallback->in, src ? src : fallback->src,
				 dst ? dst : fallback->dst };

	for (unsigned i = 0; i < search->n; i++)
		if (!strcmp(search->clients[i].in, client.in) &&
		    !strcmp(search->clients[i].src, client.src) &&
		    !strcmp(search->clients[i].dst, client.dst))
			return;
	if (search->n < CLIENTS_MAX)
		search->clients[search->n++] = client;
}

static bool names_port(const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next)
		if (strstr(match->text, "dport") && strstr(match->text, "22"))
			return true;
	return false;
}

/* Rules that name the port, or (not ONLY_PORT) any that may be on the way. */
static void add_clients(struct search *search, bool only_port)
{
	const struct table *table = &unit_ruleset(search->unit)->tables[TABLE_FILTER];

	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			const struct rule *rule = entry->rule;
			bool lets_in = rule_verdict(rule) == VERDICT_ACCEPT;
			bool calls = rule->target_kind == TARGET_JUMP ||
				     rule->target_kind == TARGET_GOTO;

			if (rule->unbound || (rule->protocol && rule->protocol != IPPROTO_TCP))
				continue;
			if (only_port ? lets_in && names_port(rule) : lets_in || calls)
				add_client(search, rule);
		}
	}
}

/* ---- who comes in ---- */

static unsigned watch_client(struct search *search, struct watch *watch,
			     const struct client *client, const char *state)
{
	struct packet packet;
	const char *why;
	const char *text = arena_printf(
		search->arena, "in=%s src=%s dst=%s proto=tcp sport=50000 dport=22 state=%s",
		client->in, client->src, client->dst, state);

	if (!packet_read(&packet, search->arena, text, &why))
		abort(); /* made here */
	packet.family = search->unit->family;
	return watch_add(watch, &packet);
}

static const struct client *choose(struct search *search, struct watch *watch)
{
	unsigned first = 2;

	for (unsigned i = 0; i < search->n; i++) {
		watch_client(search, watch, &search->clients[i], "NEW");
		watch_client(search, watch, &search->clients[i], "ESTABLISHED");
	}
	for (unsigned state = 0; state < first; state++) {
		for (unsigned i = 0; i < search->n; i++) {
			enum watch_fate fate = watch_fate(watch, first * i + state);

			if (fate == WATCH_ACCEPTED || fate == WATCH_BY_POLICY)
				return arena_memdup(search->arena, &search->clients[i],
						    sizeof(search->clients[i]));
		}
	}
	return client_default(search->unit->family);
}

const struct client *client_find(struct arena *arena, const struct unit *unit)
{
	struct search search = { .arena = arena, .unit = unit };
	struct watch *watch = watch_new(arena, unit, unit_ruleset(unit), NULL);
	const struct client *found;

	search.clients[search.n++] = *client_default(unit->family);
	add_clients(&search, true);
	add_clients(&search, false);
	found = choose(&search, watch);
	watch_free(watch);
	return found;
}
