/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables by chance.  Each test is written twice: as words of a rules file, and as the
 * set of values that it takes; nothing of the program decides what the words mean.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

static uint64_t state = 1;

void chance_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15u + 1;
}

unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

struct writer {
	struct world *world;
	struct small_rule *rule;
	size_t used;
};

static void put(struct writer *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	to->used += (size_t)vsnprintf(to->world->text + to->used,
				      sizeof(to->world->text) - to->used, format, args);
	va_end(args);
}

static void add_test(struct writer *to, enum test_kind kind, unsigned values)
{
	to->rule->tests[to->rule->n++] = (struct test){ (uint8_t)kind, (uint8_t)values };
}

static bool may_ask(const struct writer *to, enum test_kind kind)
{
	return to->world->active >> kind & 1;
}

/* ---- what a rule asks for ---- */

static void put_address(struct writer *to, const char *option, enum test_kind kind)
{
	static const struct {
		const char *v4, *v6;
		unsigned keeps; /* bits of the four addresses that the mask has */
	} masks[] = {
		{ "/32", "/128", 3 },
		{ "/31", "/127", 2 },
		{ "/30", "/126", 0 },
		{ "/255.255.255.253", "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd", 1 },
	};
	unsigned mask = chance(4), base = chance(4) & masks[mask].keeps, values = 0;
	bool inverted = !chance(4), v6 = to->world->family == FAMILY_IPV6;

	for (unsigned i = 0; i < OUTSIDE; i++) {
		if ((i & masks[mask].keeps) == base)
			values |= 1u << i;
	}
	if (inverted)
		values ^= (1u << (OUTSIDE + 1)) - 1;
	put(to, "%s %s %s%u%s", inverted ? " !" : "", option, v6 ? "fd00::" : "10.0.0.", base,
	    v6 ? masks[mask].v6 : masks[mask].v4);
	add_test(to, kind, values);
}

static void put_range(struct writer *to)
{
	unsigned low = chance(4), high = low + chance(4 - low), values = 0;
	bool inverted = !chance(4), v6 = to->world->family == FAMILY_IPV6;
	const char *base = v6 ? "fd00::" : "10.0.0.";

	for (unsigned i = low; i <= high; i++)
		values |= 1u << i;
	if (inverted)
		values ^= (1u << (OUTSIDE + 1)) - 1;
	put(to, " -m iprange%s --src-range %s%u-%s%u", inverted ? " !" : "", base, low, base, high);
	add_test(to, TEST_SRC, values);
}

/* Ports 10 to 13 are the numbers 0 to 3. */
static unsigned put_port_range(struct writer *to, const char *option)
{
	unsigned low = chance(4), high = low + chance(4 - low), values = 0;
	bool inverted = !chance(4);

	for (unsigned i = low; i <= high; i++)
		values |= 1u << i;
	put(to, "%s --%s %u", inverted ? " !" : "", option, 10 + low);
	if (high > low)
		put(to, ":%u", 10 + high);
	return inverted ? values ^ ((1u << (OUTSIDE + 1)) - 1) : values;
}

static void put_multiport(struct writer *to)
{
	static const char *const options[] = { "dports", "sports", "ports" };
	static const enum test_kind kinds[] = { TEST_DPORT, TEST_SPORT, TEST_PORTS };
	unsigned which = may_ask(to, TEST_SPORT) ? chance(3) : 0;
	unsigned first = chance(3), second = first + 1 + chance(3 - first);
	bool inverted = !chance(4);
	unsigned values = 1u << first | 1u << second;

	put(to, " -m multiport%s --%s %u,%u", inverted ? " !" : "", options[which], 10 + first,
	    10 + second);
	if (which == 2 && inverted) { /* neither of the two */
		values ^= (1u << (OUTSIDE + 1)) - 1;
		add_test(to, TEST_SPORT, values);
		add_test(to, TEST_DPORT, values);
		return;
	}
	if (inverted)
		values ^= (1u << (OUTSIDE + 1)) - 1;
	add_test(to, kinds[which], values);
}

static void put_tcp_udp(struct writer *to, enum protocol protocol)
{
	bool asks = false;

	if (!chance(4)) {
		put_multiport(to);
		add_test(to, TEST_NO_FRAGMENT, 0);
		return;
	}
	put(to, " -m %s", protocol == TCP ? "tcp" : "udp");
	if (may_ask(to, TEST_SPORT) && !chance(3)) {
		add_test(to, TEST_SPORT, put_port_range(to, "sport"));
		asks = true;
	}
	if (chance(4)) {
		add_test(to, TEST_DPORT, put_port_range(to, "dport"));
		asks = true;
	}
	if (protocol == TCP && !chance(4)) {
		bool inverted = chance(2);

		put(to, "%s --syn", inverted ? " !" : "");
		add_test(to, TEST_SYN, inverted ? 1 : 2);
		asks = true;
	}
	/* without any option: the text is legacy's, which keeps fragments out even so */
	(void)asks;
	add_test(to, TEST_NO_FRAGMENT, 0);
}

static void put_protocol(struct writer *to)
{
	static const char *const v4[] = { "tcp", "udp", "icmp", "gre" };
	static const char *const v6[] = { "tcp", "udp", "ipv6-icmp", "gre" };
	enum protocol protocol = (enum protocol)chance(N_PROTOCOLS - 1);
	bool is_v6 = to->world->family == FAMILY_IPV6;

	if (!chance(8)) {
		put(to, " ! -p %s", is_v6 ? v6[protocol] : v4[protocol]);
		add_test(to, TEST_PROTOCOL, 15u ^ 1u << protocol);
		return;
	}
	put(to, " -p %s", is_v6 ? v6[protocol] : v4[protocol]);
	add_test(to, TEST_PROTOCOL, 1u << protocol);
	if (chance(3) == 0)
		return;
	if (protocol == ICMP) {
		bool inverted = !chance(3);

		put(to, is_v6 ? " -m icmp6%s --icmpv6-type 128" : " -m icmp%s --icmp-type 8",
		    inverted ? " !" : "");
		add_test(to, TEST_PING, inverted ? 1 : 2);
		add_test(to, TEST_NO_FRAGMENT, 0);
	} else {
		put_tcp_udp(to, protocol);
	}
}

static void put_interface(struct writer *to, const char *option, enum test_kind kind)
{
	static const struct {
		const char *text;
		unsigned values;
	} patterns[] = {
		{ "eth0", 1u << ETH0 },
		{ "eth1", 1u << ETH1 },
		{ "eth+", 1u << ETH0 | 1u << ETH1 | 1u << OTHER_ETH },
	};
	unsigned i = chance(3);
	bool inverted = !chance(4);

	put(to, "%s %s %s", inverted ? " !" : "", option, patterns[i].text);
	add_test(to, kind, inverted ? patterns[i].values ^ 31u : patterns[i].values);
}

static void put_states(struct writer *to)
{
	static const char *const names[] = { "NEW", "RELATED", "ESTABLISHED", "UNTRACKED",
					     "INVALID" };
	unsigned values = 1 + chance(30);
	bool inverted = !chance(4), first = true;

	put(to, " -m conntrack%s --ctstate ", inverted ? " !" : "");
	for (unsigned i = 0; i < N_STATES; i++) {
		if (values >> i & 1) {
			put(to, "%s%s", first ? "" : ",", names[i]);
			first = false;
		}
	}
	add_test(to, TEST_STATE, inverted ? values ^ 31u : values);
}

static void put_literal(struct writer *to, const char *module, const char *option,
			enum test_kind kind)
{
	bool inverted = !chance(3);

	put(to, " -m %s%s --%s", module, inverted ? " !" : "", option);
	add_test(to, kind, inverted ? 1u << NO : 1u << YES);
}

static void put_matches(struct writer *to)
{
	if (may_ask(to, TEST_STATE) && !chance(3))
		put_states(to);
	if (may_ask(to, TEST_LENGTH) && !chance(3))
		put_literal(to, "length", "length 0:100", TEST_LENGTH);
	if (may_ask(to, TEST_MARK) && !chance(3))
		put_literal(to, "mark", "mark 0x1", TEST_MARK);
	if (may_ask(to, TEST_SET) && !chance(3))
		put_literal(to, "set", "match-set a src", TEST_SET);
	if (!chance(8)) {
		put(to, chance(2) ? " -m limit --limit 1/sec"
				  : " -m statistic --mode random --probability 0.5");
		add_test(to, TEST_CHANCE, 0);
	}
}

/* ---- what it does ---- */

static bool filters(const struct world *world)
{
	return world->table != TABLE_NAT;
}

static void put_act(struct writer *to, unsigned chain)
{
	struct world *world = to->world;
	struct small_rule *rule = to->rule;
	unsigned first = chain + 1;

	while (first < world->n && world->chains[first].hook != HOOK_NONE)
		first++;
	rule->act = (uint8_t)chance(12);
	if (rule->act >= ACT_JUMP && rule->act != ACT_MARK && rule->act != ACT_SET &&
	    first < world->n) {
		rule->to = (uint8_t)(first + chance(world->n - first));
		rule->act = chance(4) ? ACT_JUMP : ACT_GOTO;
		put(to, " %s %s", rule->act == ACT_JUMP ? "-j" : "-g",
		    world->chains[rule->to].name);
		return;
	}
	if (rule->act == ACT_MARK && may_ask(to, TEST_MARK)) {
		put(to, " -j MARK --set-xmark 0x1/0xffffffff");
	} else if (rule->act == ACT_SET && may_ask(to, TEST_SET)) {
		put(to, " -j SET --add-set a src");
	} else if (rule->act == ACT_RETURN) {
		put(to, " -j RETURN");
	} else if (rule->act == ACT_NOTHING) {
		rule->logs = chance(2);
		put(to, rule->logs ? " -j LOG" : "");
	} else if (rule->act == ACT_DROP && filters(world)) {
		rule->rejects = world->table == TABLE_FILTER && chance(2);
		put(to, rule->rejects ? " -j REJECT" : " -j DROP");
	} else {
		rule->act = ACT_ACCEPT;
		put(to, " -j ACCEPT");
	}
}

static bool may_ask_in(const struct small_chain *chain)
{
	return chain->hook != HOOK_OUTPUT && chain->hook != HOOK_POSTROUTING;
}

static bool may_ask_out(const struct small_chain *chain)
{
	return chain->hook != HOOK_INPUT && chain->hook != HOOK_PREROUTING;
}

static void put_rule(struct writer *to, unsigned chain)
{
	const struct small_chain *of = &to->world->chains[chain];

	to->rule->text_start = (unsigned)to->used;
	put(to, "-A %s", of->name);
	if (may_ask(to, TEST_SRC) && chance(2))
		put_address(to, "-s", TEST_SRC);
	if (may_ask(to, TEST_DST) && chance(2))
		put_address(to, "-d", TEST_DST);
	if (may_ask(to, TEST_IN) && may_ask_in(of) && !chance(3))
		put_interface(to, "-i", TEST_IN);
	if (may_ask(to, TEST_OUT) && may_ask_out(of) && !chance(3))
		put_interface(to, "-o", TEST_OUT);
	if (may_ask(to, TEST_FRAGMENT) && to->world->family == FAMILY_IPV4 && !chance(6)) {
		bool inverted = chance(2);

		put(to, "%s -f", inverted ? " !" : "");
		add_test(to, TEST_FRAGMENT, inverted ? 1 : 2);
	}
	if (may_ask(to, TEST_PROTOCOL) && chance(2))
		put_protocol(to);
	if (may_ask(to, TEST_SRC) && !chance(8))
		put_range(to);
	put_matches(to);
	put_act(to, chain);
	put(to, "\n");
	to->rule->text_end = (unsigned)to->used;
}

void generate_rule(struct world *world, unsigned chain, struct small_rule *rule)
{
	struct writer to = { world, rule, strlen(world->text) };

	memset(rule, 0, sizeof(*rule));
	put_rule(&to, chain);
}

/* ---- the table ---- */

static const unsigned groups[] = {
	1u << TEST_SRC,
	1u << TEST_DST,
	1u << TEST_PROTOCOL | 1u << TEST_FRAGMENT,
	1u << TEST_PROTOCOL | 1u << TEST_SPORT,
	1u << TEST_IN | 1u << TEST_OUT,
	1u << TEST_STATE,
	1u << TEST_LENGTH,
	1u << TEST_MARK,
	1u << TEST_SET,
};

static void choose_chains(struct world *world)
{
	static const char *const names[] = { "A", "B", "C", "D", "E" };
	static const enum table_id tables[] = { TABLE_FILTER, TABLE_FILTER, TABLE_MANGLE, TABLE_NAT,
						TABLE_RAW };
	unsigned hooks, user = 1 + chance(5);

	world->table = tables[chance(5)];
	hooks = table_hooks(world->table);
	for (unsigned hook = 0; hook < HOOK_COUNT; hook++) {
		/* at most three, so that calls are many */
		if ((hooks >> hook & 1) && world->n < 3 && (chance(2) || !world->n)) {
			world->chains[world->n].name = hook_name((enum hook)hook);
			world->chains[world->n++].hook = (enum hook)hook;
		}
	}
	for (unsigned i = 0; i < user; i++) {
		world->chains[world->n].name = names[i];
		world->chains[world->n++].hook = HOOK_NONE;
	}
}

/* Later chains call none that stand before them, so the last one is done first. */
static void find_writers(struct world *world)
{
	for (unsigned i = world->n; i-- > 0;) {
		struct small_chain *chain = &world->chains[i];

		for (unsigned j = 0; j < chain->n; j++) {
			const struct small_rule *rule = &chain->rules[j];
			bool calls = rule->act == ACT_JUMP || rule->act == ACT_GOTO;

			chain->writes |= rule->act == ACT_MARK || rule->act == ACT_SET ||
					 (calls && world->chains[rule->to].writes);
		}
	}
	for (unsigned i = 0; i < world->n; i++) {
		struct small_chain *chain = &world->chains[i];

		chain->is_called |= chain->hook != HOOK_NONE;
		for (unsigned j = 0; j < chain->n && chain->is_called; j++) {
			if (chain->rules[j].act == ACT_JUMP || chain->rules[j].act == ACT_GOTO)
				world->chains[chain->rules[j].to].is_called = true;
		}
	}
}

void generate(struct world *world, enum family family)
{
	struct writer to = { .world = world };
	unsigned line = 1, n_groups = 2 + chance(3);

	memset(world, 0, offsetof(struct world, text));
	world->family = family;
	for (unsigned i = 0; i < n_groups; i++)
		world->active |= groups[chance(sizeof(groups) / sizeof(groups[0]))];
	choose_chains(world);
	put(&to, "*%s\n", table_name(world->table));
	for (unsigned i = 0; i < world->n; i++) {
		world->chains[i].line = ++line;
		put(&to, ":%s %s [0:0]\n", world->chains[i].name,
		    world->chains[i].hook == HOOK_NONE ? "-" : "ACCEPT");
	}
	for (unsigned i = 0; i < world->n; i++) {
		unsigned n = 1 + chance(MAX_RULES);

		for (unsigned j = 0; j < n; j++) {
			to.rule = &world->chains[i].rules[j];
			to.rule->line = ++line;
			put_rule(&to, i);
		}
		world->chains[i].n = n;
	}
	put(&to, "COMMIT\n");
	find_writers(world);
}
