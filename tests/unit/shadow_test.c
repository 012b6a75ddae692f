/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is reported as dead against runs of whole tables: chains by chance, with
 * jumps, gotos, targets that change what later rules test, and rules that nobody
 * knows; every packet of a small world goes through, many times, with another answer
 * of the free matches each time.  A rule that was called dead must never count.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "analyse/shadow.h"
#include "ruleset/chains.h"

#define N_CHAINS 4
#define N_RULES	 7

static uint64_t seed = 0x853c49e6748fea9bu;

static unsigned chance(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % n);
}

struct made {
	struct rule rule;
	struct command origin;
	struct prefix src, dst;
	struct match matches[2];
	struct target target;
	unsigned hits;
	bool dead;
};

struct world {
	struct arena *arena;
	struct unit unit;
	struct ruleset ruleset;
	struct table *table;
	struct chain *chains[N_CHAINS]; /* the first one is built in */
	struct made made[N_CHAINS][N_RULES];
};

/* ---- tables by chance ---- */

static void make_prefix(const struct prefix **where, struct prefix *prefix, struct rule *rule,
			uint8_t inversion)
{
	static const uint32_t masks[] = { 0xffffffffu, 0xfffffffeu, 0xfffffffdu };

	prefix->mask.v4.s_addr = htonl(masks[chance(3)]);
	prefix->address.v4.s_addr = htonl(0x0a000000u + chance(4)) & prefix->mask.v4.s_addr;
	*where = prefix;
	if (chance(4) == 0)
		rule->inverted |= inversion;
}

static void make_matches(struct made *made)
{
	static const char *const kinds[][2] = {
		{ "mark", " -m mark --mark 0x1" },
		{ "mark", " -m mark --mark 0x1" },
		{ "set", " -m set --match-set x src" },
		{ "set", " -m set --match-set x src" },
		{ "limit", " -m limit --limit 1/sec" },
		{ "comment", " -m comment --comment x" },
		{ "socket", " -m socket --restore-skmark" },
		{ "no-such", " -m no-such" },
	};
	unsigned n = chance(4) ? chance(2) : chance(3);

	for (unsigned i = 0; i < n; i++) {
		unsigned kind = chance(chance(3) ? 6 : 8);

		made->matches[i] = (struct match){
			.name = kinds[kind][0],
			.real_name = kinds[kind][0],
			.text = kinds[kind][1],
			.data = "",
		};
		if (i)
			made->matches[i - 1].next = &made->matches[i];
		else
			made->rule.matches = &made->matches[0];
	}
}

static void make_target(struct world *world, struct made *made, unsigned chain)
{
	static const char *const names[] = {
		"LOG", "MARK", "SET", "REJECT", "no-such", "SYNPROXY"
	};
	struct rule *rule = &made->rule;
	unsigned to;

	switch (chance(10)) {
	case 0:
		rule->target_kind = TARGET_NONE;
		break;
	case 1:
	case 2:
		rule->target_kind = TARGET_EXTENSION;
		made->target.name = made->target.real_name = names[chance(chance(3) ? 4 : 6)];
		rule->to.extension = &made->target;
		break;
	case 3:
	case 4:
	case 5:
		/* only forward, so that there are no loops */
		to = chain + 1 + chance(N_CHAINS);
		if (to < N_CHAINS) {
			rule->target_kind = chance(3) ? TARGET_JUMP : TARGET_GOTO;
			rule->to.chain = world->chains[to]->name;
			break;
		}
		/* fall through */
	default:
		rule->target_kind = TARGET_VERDICT;
		rule->verdict = (uint8_t)(chance(4) ? (chance(2) ? VERDICT_ACCEPT : VERDICT_DROP)
						    : VERDICT_RETURN);
	}
}

static void make_rule(struct world *world, struct made *made, unsigned chain)
{
	memset(made, 0, sizeof(*made));
	made->rule.origin = &made->origin;
	made->origin.n_rules = 1;
	made->origin.rules = &made->rule;
	if (chance(2))
		make_prefix(&made->rule.src, &made->src, &made->rule, RULE_NOT_SRC);
	if (chance(3) == 0)
		make_prefix(&made->rule.dst, &made->dst, &made->rule, RULE_NOT_DST);
	make_matches(made);
	make_target(world, made, chain);
	made->rule.unbound = chance(40) == 0;
}

static void make_world(struct world *world)
{
	static const char *const names[] = { "INPUT", "A", "B", "C" };

	memset(world, 0, sizeof(*world));
	world->arena = arena_new();
	world->ruleset.arena = world->arena;
	world->ruleset.family = FAMILY_IPV4;
	world->unit.arena = world->arena;
	world->unit.family = FAMILY_IPV4;
	world->unit.legacy = &world->ruleset;
	world->unit.source = source_new(world->arena, "none", "", 0);
	diags_init(&world->unit.diags, world->arena);
	world->table = &world->ruleset.tables[TABLE_FILTER];
	table_init(world->table, TABLE_FILTER, world->arena);
	world->chains[0] = world->table->chains[0];
	for (unsigned i = 1; i < N_CHAINS; i++)
		world->chains[i] = table_add_chain(world->table, world->arena, names[i]);
	for (unsigned i = 0; i < N_CHAINS; i++) {
		unsigned n = 1 + chance(N_RULES);

		for (unsigned j = 0; j < n; j++) {
			make_rule(world, &world->made[i][j], i);
			chain_append(world->chains[i], world->arena, &world->made[i][j].rule);
		}
	}
}

/* ---- the judge: one packet, step by step ---- */

struct packet {
	unsigned src, dst, mark, in_set;
};

enum fate {
	GONE, /* decided */
	BACK, /* to the caller */
};

static bool address_matches(const struct prefix *prefix, bool inverted, unsigned value)
{
	uint32_t address = htonl(0x0a000000u + value);

	return ((address & prefix->mask.v4.s_addr) == prefix->address.v4.s_addr) != inverted;
}

static void change_all(struct packet *p)
{
	p->src = chance(4);
	p->dst = chance(4);
	p->mark = chance(2);
	p->in_set = chance(2);
}

static bool one_match(const struct match *match, struct packet *p)
{
	if (!strcmp(match->name, "mark"))
		return p->mark;
	if (!strcmp(match->name, "set"))
		return p->in_set;
	if (!strcmp(match->name, "comment"))
		return true;
	if (!strcmp(match->name, "socket"))
		p->mark = chance(2);
	if (!strcmp(match->name, "no-such") && chance(2))
		change_all(p);
	return chance(2);
}

static bool rule_matches(const struct rule *rule, struct packet *p)
{
	if (rule->src && !address_matches(rule->src, rule->inverted & RULE_NOT_SRC, p->src))
		return false;
	if (rule->dst && !address_matches(rule->dst, rule->inverted & RULE_NOT_DST, p->dst))
		return false;
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (!one_match(match, p))
			return false;
	}
	return true;
}

static enum fate run_chain(struct world *world, const struct chain *chain, struct packet *p);

/* True if the packet leaves the chain, with *FATE. */
static bool run_extension(const struct rule *rule, struct packet *p, enum fate *fate)
{
	const char *name = rule->to.extension->name;

	*fate = GONE;
	if (!strcmp(name, "REJECT"))
		return true;
	if (!strcmp(name, "MARK"))
		p->mark = chance(2);
	if (!strcmp(name, "SET"))
		p->in_set = chance(2);
	if (!strcmp(name, "SYNPROXY"))
		return chance(2);
	if (!strcmp(name, "no-such")) {
		if (chance(2))
			change_all(p);
		*fate = chance(2) ? GONE : BACK;
		return chance(3) == 0;
	}
	return false;
}

static bool run_target(struct world *world, const struct rule *rule, struct packet *p,
		       enum fate *fate)
{
	const struct chain *to;

	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		return false;
	case TARGET_VERDICT:
		*fate = rule->verdict == VERDICT_RETURN ? BACK : GONE;
		return true;
	case TARGET_EXTENSION:
		return run_extension(rule, p, fate);
	case TARGET_JUMP:
	case TARGET_GOTO:
		break;
	}
	to = table_find_chain(world->table, rule->to.chain);
	*fate = run_chain(world, to, p);
	return *fate == GONE || rule->target_kind == TARGET_GOTO;
}

static enum fate run_chain(struct world *world, const struct chain *chain, struct packet *p)
{
	for_each_entry (entry, chain) {
		struct made *made = (struct made *)(void *)entry->rule; /* its first member */
		enum fate fate = BACK;

		if (entry->rule->unbound) {
			change_all(p);
			if (chance(3) == 0)
				return chance(2) ? GONE : BACK;
			continue;
		}
		if (!rule_matches(entry->rule, p))
			continue;
		made->hits++;
		if (run_target(world, entry->rule, p, &fate))
			return fate;
	}
	return BACK;
}

static void run_all(struct world *world)
{
	for (unsigned round = 0; round < 12; round++) {
		for (unsigned i = 0; i < 64; i++) {
			struct packet p = { i & 3, i >> 2 & 3, i >> 4 & 1, i >> 5 };

			/* every chain is also run alone, for whoever may jump to it */
			run_chain(world, world->chains[i % N_CHAINS], &p);
			p = (struct packet){ i & 3, i >> 2 & 3, i >> 4 & 1, i >> 5 };
			run_chain(world, world->chains[0], &p);
		}
	}
}

/* ---- the claims ---- */

static void found(void *context, const struct shadowed *shadowed)
{
	unsigned *count = context;
	struct made *made = (struct made *)(void *)shadowed->rule;

	made->dead = true;
	++*count;
	cr_assert_neq(shadowed->cover, shadowed->rule);
	cr_assert_not(shadowed->rule->unbound);
}

static unsigned claim(struct world *world)
{
	struct chains *chains = chains_new(world->arena, &world->unit, world->table);
	struct cover_index *index = cover_index_new(world->arena, FAMILY_IPV4);
	unsigned n = 0;

	for (unsigned i = 0; i < N_CHAINS; i++) {
		const struct entry *final = chain_first_final(chains, world->chains[i]);

		chain_find_shadowed(index, chains, world->chains[i], found, &n);
		for (const struct entry *entry = final ? final->next : NULL; entry;
		     entry = entry->next) {
			struct made *made = (struct made *)(void *)entry->rule;

			made->dead = !entry->rule->unbound;
			n++;
		}
	}
	return n;
}

Test(shadow, no_dead_rule_ever_counts)
{
	static struct world world;
	unsigned dead = 0, rules = 0, silent = 0;

	for (unsigned round = 0; round < 30000; round++) {
		make_world(&world);
		dead += claim(&world);
		run_all(&world);
		for (unsigned i = 0; i < N_CHAINS; i++) {
			for (unsigned j = 0; j < world.chains[i]->n_rules; j++) {
				const struct made *made = &world.made[i][j];

				cr_assert_not(made->dead && made->hits,
					      "table %u, rule %u of chain %u was called dead and "
					      "counts",
					      round, j + 1, i);
				silent += !made->hits;
				rules++;
			}
		}
		arena_free(world.arena);
	}
	/* of the rules that no packet reached, alone or together, a good part is found */
	cr_assert_gt(dead * 2, silent, "%u of %u silent ones of %u", dead, silent, rules);
}

/* ---- the index ---- */

Test(shadow, a_long_chain_of_single_addresses)
{
	static struct world world;
	unsigned n = 0, total = 20000;
	struct made *many;

	make_world(&world);
	table_flush(world.table);
	world.chains[0] = world.table->chains[0];
	many = arena_alloc(world.arena, total * sizeof(*many));
	for (unsigned i = 0; i < total; i++) {
		many[i].rule.origin = &many[i].origin;
		many[i].origin.n_rules = 1;
		many[i].src.mask.v4.s_addr = 0xffffffff;
		/* each address twice */
		many[i].src.address.v4.s_addr = htonl(0x0a000000u + i % (total / 2));
		many[i].rule.src = &many[i].src;
		many[i].rule.target_kind = TARGET_VERDICT;
		many[i].rule.verdict = VERDICT_DROP;
		chain_append(world.chains[0], world.arena, &many[i].rule);
	}
	chain_find_shadowed(cover_index_new(world.arena, FAMILY_IPV4),
			    chains_new(world.arena, &world.unit, world.table), world.chains[0],
			    found, &n);
	cr_assert_eq(n, total / 2);
	for (unsigned i = 0; i < total; i++)
		cr_assert_eq(many[i].dead, i >= total / 2);
	arena_free(world.arena);
}
