/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index leaves no rule out that may meet the packets: prefixes of all lengths, many near
 * each other, against a look at each of them.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyse/analysis.h"
#include "analyse/reach.h"
#include "analyse/rule_index.h"
#include "analyse/rule_values.h"
#include "base/buf.h"
#include "loaded.h"

#define N_RULES	  1500
#define N_PACKETS 4000

struct bounded {
	struct packets packets;
	wide low, high; /* of the source; all else may be anything, or 0 for a point */
};

static bool bounds(const struct packets *packets, uint32_t variable, uint32_t written, wide *low,
		   wide *high)
{
	const struct bounded *bounded = (const struct bounded *)packets;

	(void)written;
	*low = variable == VAR_SRC ? bounded->low : 0;
	*high = variable == VAR_SRC ? bounded->high : 0;
	return variable == VAR_SRC || packets->is_point;
}

static bool note(void *context, uint32_t position)
{
	((bool *)context)[position] = true;
	return true;
}

static bool wanted(const struct chain_flow *chain, uint32_t position)
{
	(void)chain, (void)position;
	return true;
}

/* Few different first bits, so that prefixes lie in each other. */
static wide random_address(unsigned bits)
{
	wide address = 0;

	for (unsigned i = 0; i < bits; i += 4)
		address = address << 4 | (wide)(rand() % (i < bits / 2 - 4 ? 2 : 16));
	return address;
}

static void add_rule(struct buf *text, enum family family, unsigned bits)
{
	unsigned len = 2 + (unsigned)rand() % (bits - 1);
	wide address = random_address(bits) >> (bits - len) << (bits - len);
	union address bytes;
	char name[INET6_ADDRSTRLEN];

	if (family == FAMILY_IPV4)
		bytes.v4.s_addr = htonl((uint32_t)address);
	for (unsigned i = 16; family == FAMILY_IPV6 && i-- > 0; address >>= 8)
		bytes.v6.s6_addr[i] = (uint8_t)address;
	inet_ntop(family == FAMILY_IPV4 ? AF_INET : AF_INET6, &bytes, name, sizeof(name));
	buf_printf(text, "-A INPUT -s %s/%u -j %s\n", name, len, rand() % 2 ? "DROP" : "ACCEPT");
}

static void compare(enum family family, bool is_point)
{
	unsigned bits = family == FAMILY_IPV4 ? 32 : 128;
	struct arena *arena = arena_new();
	struct buf text = { 0 };
	const struct reach *reach;
	const struct chain_flow *chain = NULL;
	const struct rule_index *index;
	unsigned n_meet = 0;

	srand(1);
	buf_add_string(&text, "*filter\n");
	for (unsigned i = 0; i < N_RULES; i++)
		add_rule(&text, family, bits);
	buf_add_string(&text, "COMMIT\n");
	reach = analysis_reach(
		analysis_new(arena, load(arena, family, BACKEND_LEGACY, buf_string(&text)), false),
		TABLE_FILTER);
	for (uint32_t i = 0; i < reach_flow(reach)->n; i++) {
		if (!strcmp(reach_flow(reach)->chains[i].chain->name, "INPUT"))
			chain = &reach_flow(reach)->chains[i];
	}
	cr_assert_eq(chain->n, N_RULES);
	index = rule_index_new(arena, reach_space(reach), chain, wanted);
	for (unsigned i = 0; i < N_PACKETS; i++) {
		unsigned free_bits = is_point ? 0 : (unsigned)rand() % bits;
		struct bounded asked = { .packets = { .bounds = bounds, .is_point = is_point } };
		bool found[N_RULES] = { false };

		asked.low = random_address(bits) >> free_bits << free_bits;
		asked.high = asked.low | (((wide)1 << free_bits) - 1);
		cr_assert(rule_index_find(index, &asked.packets, 0, N_RULES, note, found));
		for (uint32_t at = 0; at < N_RULES; at++) {
			struct values values;
			wide rest;

			rule_values(reach_space(reach), flow_rule(chain, at), &values);
			rest = ((wide)1 << (bits - values.src_len)) - 1;
			if (values.src > asked.high || (values.src | rest) < asked.low)
				continue;
			n_meet++;
			cr_assert(found[at], "packet %u, rule %u of %u bits", i, at,
				  values.src_len);
		}
	}
	cr_assert_gt(n_meet, N_PACKETS, "most packets meet several rules");
	buf_free(&text);
	arena_free(arena);
}

Test(rule_index, points_v4)
{
	compare(FAMILY_IPV4, true);
}

Test(rule_index, points_v6)
{
	compare(FAMILY_IPV6, true);
}

Test(rule_index, regions_v4)
{
	compare(FAMILY_IPV4, false);
}

Test(rule_index, regions_v6)
{
	compare(FAMILY_IPV6, false);
}
