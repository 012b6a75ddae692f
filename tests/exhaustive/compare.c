/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare [-4|-6] [--tables N] [--seed N] [--show]
 *
 * Compares what the program says of a small table and an edited one with what every packet
 * does in both.  A packet that ends otherwise, or meets another LOG on its way, has to be among
 * those that are called changed, in the right way; one that does not must not be.  Where
 * chance or what is written decides, "in doubt" is an answer, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include "analyse/facts.h"
#include "bind/bind.h"
#include "compare/compare.h"
#include "pipeline/unit.h"
#include "world.h"

/* ---- what comes out ---- */

enum ending {
	END_ACCEPT,
	END_DROP,
	END_REJECT,
	N_ENDINGS,
};

/* An ending, and how often (up to 3) a LOG, a MARK and a SET were met. */
#define N_FATES	   (N_ENDINGS * 64)
#define PATHS_MAX  3000
#define DEPTH	   (MAX_CHAINS + 1)
#define LOG_COUNT  1u
#define MARK_COUNT 4u
#define SET_COUNT  16u

struct fates {
	uint64_t bits[(N_FATES + 63) / 64];
	unsigned n_paths;
};

struct stop {
	unsigned chain, rule;
};

struct journey {
	const struct world *world;
	const struct packet *packet;
	enum ending policy;
	struct fates *fates;
	bool is_pure; /* nothing on the way was by chance or written */
};

static unsigned count(unsigned fate, unsigned what)
{
	return (fate / what) % 4 == 3 ? fate : fate + what;
}

static void arrive(struct journey *journey, unsigned fate, enum ending ending)
{
	fate += 64 * ending;
	journey->fates->bits[fate / 64] |= (uint64_t)1 << fate % 64;
	journey->fates->n_paths++;
}

static void go(struct journey *journey, struct stop at, const struct stop *stack, unsigned depth,
	       unsigned mutable, unsigned fate);

static void go_back(struct journey *journey, const struct stop *stack, unsigned depth,
		    unsigned mutable, unsigned fate)
{
	if (!depth)
		arrive(journey, fate, journey->policy);
	else
		go(journey, stack[depth - 1], stack, depth - 1, mutable, fate);
}

static bool is_possible(const struct world *world, unsigned mutable)
{
	return !(world->mark_is_complete && mutable / N_ANSWERS == NEITHER) &&
	       !(world->set_is_complete && mutable % N_ANSWERS == NEITHER);
}

static void write_any(struct journey *journey, struct stop next, const struct stop *stack,
		      unsigned depth, unsigned mutable, unsigned fate, bool mark)
{
	journey->is_pure = false;
	for (unsigned m = 0; m < N_MUTABLE; m++) {
		bool same = mark ? m % N_ANSWERS == mutable % N_ANSWERS
				 : m / N_ANSWERS == mutable / N_ANSWERS;

		/* SET may write marks, too */
		if (is_possible(journey->world, m) && (same || !mark))
			go(journey, next, stack, depth, m,
			   count(fate, mark ? MARK_COUNT : SET_COUNT));
	}
}

/* The packet has met the rule. */
static void act(struct journey *journey, const struct small_rule *rule, struct stop next,
		const struct stop *stack, unsigned depth, unsigned mutable, unsigned fate)
{
	struct stop called = { rule->to, 0 };
	struct stop deeper[DEPTH];

	switch ((enum act)rule->act) {
	case ACT_NOTHING:
		go(journey, next, stack, depth, mutable,
		   rule->logs ? count(fate, LOG_COUNT) : fate);
		break;
	case ACT_ACCEPT:
		arrive(journey, fate, END_ACCEPT);
		break;
	case ACT_DROP:
		arrive(journey, fate, rule->rejects ? END_REJECT : END_DROP);
		break;
	case ACT_RETURN:
		go_back(journey, stack, depth, mutable, fate);
		break;
	case ACT_JUMP:
		memcpy(deeper, stack, depth * sizeof(*stack));
		deeper[depth] = next;
		go(journey, called, deeper, depth + 1, mutable, fate);
		break;
	case ACT_GOTO:
		go(journey, called, stack, depth, mutable, fate);
		break;
	case ACT_MARK:
	case ACT_SET:
		write_any(journey, next, stack, depth, mutable, fate, rule->act == ACT_MARK);
		break;
	}
}

static void go(struct journey *journey, struct stop at, const struct stop *stack, unsigned depth,
	       unsigned mutable, unsigned fate)
{
	const struct small_chain *chain = &journey->world->chains[at.chain];

	while (at.rule < chain->n && journey->fates->n_paths < PATHS_MAX) {
		const struct small_rule *rule = &chain->rules[at.rule++];
		bool meets = true, is_free = false;

		for (unsigned i = 0; i < rule->n && meets; i++)
			meets = world_passes(journey->packet, &rule->tests[i], mutable, &is_free);
		if (!meets)
			continue;
		act(journey, rule, at, stack, depth, mutable, fate);
		if (!is_free)
			return;
		journey->is_pure = false;
	}
	if (at.rule >= chain->n)
		go_back(journey, stack, depth, mutable, fate);
}

/* ---- what the program says ---- */

struct said {
	struct difference difference;
	unsigned chain; /* number of the built-in one */
};

#define SAID_MAX 20000

static struct {
	struct world *worlds[N_SIDES];
	enum ending policies[N_SIDES][MAX_CHAINS];
	const struct alignment *alignment;
	struct said *said;
	unsigned n_said;
	unsigned chain; /* that is walked */
	bool gave_up[MAX_CHAINS];
	bool fails;
	/* for the figures */
	uint64_t packets, changed, doubtful, silent_doubts, given_up;
} test;

static void note(void *context, const struct difference *difference)
{
	(void)context;
	if (test.n_said == SAID_MAX) {
		test.gave_up[test.chain] = true;
		return;
	}
	test.said[test.n_said].difference = *difference;
	test.said[test.n_said++].chain = test.chain;
}

static wide address_of(const struct world *world, uint8_t number)
{
	union address base = { 0 };

	if (world->family == FAMILY_IPV6)
		base.v6.s6_addr[0] = 0xfd;
	else
		base.v4.s_addr = htonl(10u << 24);
	return space_address(test.alignment->space, &base) + (number == OUTSIDE ? 100 : number);
}

static wide interface_of(uint8_t number)
{
	static const char *const names[] = { "eth0", "eth1", "eth7", "wlan0" };

	return number == ABSENT
		       ? INTERFACE_ABSENT
		       : interfaces_number(space_interfaces(test.alignment->space), names[number]);
}

/* Of a variable in the packet; false: it has none, or any. */
static bool value_of(const struct world *world, const struct packet *p, unsigned mutable,
		     const struct constraint *each, wide *value)
{
	static const unsigned states[] = { CT_NEW, CT_RELATED, CT_ESTABLISHED, CT_UNTRACKED,
					   CT_INVALID };
	static const unsigned protocols[2][N_PROTOCOLS] = { { 6, 17, 1, 47 }, { 6, 17, 58, 47 } };
	const char *text;

	if (each->version)
		return false;
	switch (each->variable) {
	case VAR_SRC:
		*value = address_of(world, p->src);
		return true;
	case VAR_DST:
		*value = address_of(world, p->dst);
		return true;
	case VAR_PROTOCOL:
		*value = protocols[world->family == FAMILY_IPV6][p->protocol];
		return true;
	case VAR_FRAGMENT:
		*value = p->is_later_fragment;
		return true;
	case VAR_SPORT:
		*value = p->sport == OUTSIDE ? 99 : 10u + p->sport;
		return true;
	case VAR_DPORT:
		*value = p->dport == OUTSIDE ? 99 : 10u + p->dport;
		return true;
	case VAR_ICMP:
		*value =
			p->is_ping ? (world->family == FAMILY_IPV6 ? 128u << 8 : 8u << 8) : 99 << 8;
		return true;
	case VAR_FLAGS:
		*value = p->is_syn ? 2 : 16;
		return true;
	case VAR_IN:
		*value = interface_of(p->in);
		return true;
	case VAR_OUT:
		*value = interface_of(p->out);
		return true;
	case VAR_STATE:
		*value = states[p->state];
		return true;
	case VAR_TOOL:
		*value = TOOL_LEGACY;
		return true;
	default:
		text = space_literal_text(test.alignment->space, each->variable);
		*value = !strncmp(text, "length", 6) ? p->length
			 : !strncmp(text, "mark", 4) ? mutable / N_ANSWERS
						     : mutable % N_ANSWERS;
		return true;
	}
}

/* Is it, or (with IS_LOOSE, where versions are) may it be, in the region? */
static bool is_in(const struct world *world, const struct packet *p, unsigned mutable,
		  const struct region *region, bool *is_loose)
{
	for (uint32_t i = 0; i < region->n; i++) {
		const struct constraint *each = &region->constraints[i];
		wide value;

		if (!value_of(world, p, mutable, each, &value))
			*is_loose = true;
		else if (!set_has(each->set, value))
			return false;
	}
	return true;
}

/* What is said of a packet: a set of 1 << kind, and DOUBT. */
#define DOUBT (1u << N_CHANGE_KINDS)

static unsigned said_of(unsigned chain, const struct packet *p, unsigned mutable)
{
	unsigned result = test.gave_up[chain] ? DOUBT : 0;

	for (unsigned i = 0; i < test.n_said; i++) {
		const struct difference *difference = &test.said[i].difference;
		bool is_loose = difference->is_doubtful, is_there = true;

		if (test.said[i].chain != chain ||
		    !is_in(test.worlds[0], p, mutable, difference->region, &is_loose))
			continue;
		for (const struct taken *each = difference->taken; each; each = each->before) {
			bool may_be = false;

			if (!is_in(test.worlds[0], p, mutable, each->region, &may_be))
				continue;
			if (may_be)
				is_loose = true;
			else
				is_there = false;
		}
		if (is_there)
			result |= is_loose ? DOUBT : 1u << difference->kind;
	}
	return result;
}

/* ---- the judgement ---- */

static unsigned kind_of(unsigned old, unsigned new)
{
	enum ending before = (enum ending)(old / 64), after = (enum ending)(new / 64);

	if (before == after)
		return CHANGE_EFFECT;
	if (before == END_ACCEPT || after == END_ACCEPT)
		return before == END_ACCEPT ? CHANGE_DENIED : CHANGE_ACCEPTED;
	return CHANGE_VERDICT;
}

static void complain(const struct packet *p, unsigned chain, unsigned mutable, unsigned said,
		     const char *what)
{
	if (!test.fails)
		printf("%s: %s src=%u dst=%u proto=%u sport=%u dport=%u ping/syn=%u frag=%u in=%u "
		       "out=%u state=%u length=%u mutable=%u; said %x\n",
		       what, test.worlds[0]->chains[chain].name, p->src, p->dst, p->protocol,
		       p->sport, p->dport, p->is_syn, p->is_later_fragment, p->in, p->out, p->state,
		       p->length, mutable, said);
	test.fails = true;
}

static unsigned first_fate(const struct fates *fates)
{
	unsigned fate = 0;

	while (!(fates->bits[fate / 64] >> fate % 64 & 1))
		fate++;
	return fate;
}

static void judge_pure(const struct packet *p, unsigned chain, unsigned mutable, unsigned said,
		       const struct fates fates[N_SIDES])
{
	unsigned old = first_fate(&fates[SIDE_OLD]), new = first_fate(&fates[SIDE_NEW]);
	unsigned wanted = old == new ? 0 : 1u << kind_of(old, new);

	test.changed += wanted != 0;
	if ((said & ~DOUBT) == wanted && (wanted || !(said & DOUBT)))
		return;
	/* the other ruleset, or the rest of the region, may hold what is in doubt */
	if ((said & DOUBT) && !(said & ~DOUBT)) {
		test.silent_doubts++;
		return;
	}
	complain(p, chain, mutable, said, said ? "falsely changed" : "missed");
}

static void judge_any(const struct packet *p, unsigned chain, unsigned mutable, unsigned said,
		      const struct fates fates[N_SIDES])
{
	bool has_common = false, may_be = false;

	for (unsigned old = 0; old < N_FATES; old++) {
		if (!(fates[SIDE_OLD].bits[old / 64] >> old % 64 & 1))
			continue;
		for (unsigned new = 0; new < N_FATES; new ++) {
			if (!(fates[SIDE_NEW].bits[new / 64] >> new % 64 & 1))
				continue;
			has_common |= old == new;
			may_be |= old != new && (said >> kind_of(old, new) & 1);
		}
	}
	test.doubtful++;
	if (!said && !has_common)
		complain(p, chain, mutable, said, "missed, by chance");
	if ((said & ~DOUBT) && !may_be)
		complain(p, chain, mutable, said, "falsely changed, by chance");
}

static void judge_packet(struct world *world, const struct packet *p)
{
	for (unsigned chain = 0; chain < world->n && !test.fails; chain++) {
		if (world->chains[chain].hook == HOOK_NONE ||
		    !world_enters(world, p, world->chains[chain].hook))
			continue;
		for (unsigned m = 0; m < N_MUTABLE; m++) {
			struct fates fates[N_SIDES] = { 0 };
			bool is_pure = true;
			unsigned said;

			if (!is_possible(world, m))
				continue;
			for (unsigned side = 0; side < N_SIDES; side++) {
				struct journey journey = {
					.world = test.worlds[side],
					.packet = p,
					.policy = test.policies[side][chain],
					.fates = &fates[side],
					.is_pure = true,
				};
				struct stop stack[DEPTH] = { 0 };

				go(&journey, (struct stop){ chain, 0 }, stack, 0, m, 0);
				is_pure &= journey.is_pure;
			}
			if (fates[0].n_paths >= PATHS_MAX || fates[1].n_paths >= PATHS_MAX)
				continue;
			test.packets++;
			said = said_of(chain, p, m);
			if (is_pure)
				judge_pure(p, chain, m, said, fates);
			else
				judge_any(p, chain, m, said, fates);
		}
	}
}

/* ---- edits ---- */

static void insert_rule(struct small_chain *chain, unsigned at, const struct small_rule *rule)
{
	if (chain->n == MAX_RULES)
		chain->n--;
	if (at > chain->n)
		at = chain->n;
	memmove(&chain->rules[at + 1], &chain->rules[at],
		(chain->n - at) * sizeof(chain->rules[0]));
	chain->rules[at] = *rule;
	chain->n++;
}

static void delete_rule(struct small_chain *chain, unsigned at)
{
	memmove(&chain->rules[at], &chain->rules[at + 1],
		(chain->n - at - 1) * sizeof(chain->rules[0]));
	chain->n--;
}

static void edit(struct world *world, enum ending policies[MAX_CHAINS])
{
	unsigned number = chance(world->n);
	struct small_chain *chain = &world->chains[number];
	struct small_rule rule;
	unsigned at = chain->n ? chance(chain->n) : 0;

	switch (chance(6)) {
	case 0:
		if (chain->n)
			delete_rule(chain, at);
		break;
	case 1:
	case 2:
		generate_rule(world, number, &rule);
		insert_rule(chain, at, &rule);
		break;
	case 3:
		if (chain->n) {
			rule = chain->rules[at];
			delete_rule(chain, at);
			insert_rule(chain, chance(chain->n + 1), &rule);
		}
		break;
	case 4:
		if (chain->n) {
			delete_rule(chain, at);
			generate_rule(world, number, &rule);
			insert_rule(chain, at, &rule);
		}
		break;
	case 5:
		if (chain->hook != HOOK_NONE && world->table == TABLE_FILTER && !chance(3))
			policies[number] = policies[number] == END_DROP ? END_ACCEPT : END_DROP;
		break;
	}
}

/* The text of one side; rules may have moved. */
static char *write_text(const struct world *world, const enum ending policies[MAX_CHAINS])
{
	char *text = malloc(65536);
	size_t used = (size_t)sprintf(text, "*%s\n", table_name(world->table));

	for (unsigned i = 0; i < world->n; i++)
		used += (size_t)sprintf(text + used, ":%s %s [0:0]\n", world->chains[i].name,
					world->chains[i].hook == HOOK_NONE ? "-"
					: policies[i] == END_DROP	   ? "DROP"
									   : "ACCEPT");
	for (unsigned i = 0; i < world->n; i++) {
		for (unsigned j = 0; j < world->chains[i].n; j++) {
			const struct small_rule *rule = &world->chains[i].rules[j];

			used += (size_t)sprintf(text + used, "%.*s",
						(int)(rule->text_end - rule->text_start),
						world->text + rule->text_start);
		}
	}
	strcpy(text + used, "COMMIT\n");
	return text;
}

/* ---- one pair of tables ---- */

static struct unit *load(struct arena *arena, enum family family, const char *text)
{
	const struct unit_options options = { .tools.backends = BACKEND_LEGACY };
	struct unit *unit = unit_load(arena, source_new(arena, "table", text, strlen(text)),
				      binder_get(family), &options);

	if (unit->refused_by) {
		printf("a table was made that does not load: %s\n", unit->diags.first->message);
		test.fails = true;
	}
	return unit;
}

static void ask_program(struct arena *arena, char *const texts[N_SIDES])
{
	struct compared compared[N_SIDES];
	const struct world *world = test.worlds[SIDE_OLD];
	struct alignment *alignment;
	struct walk *walk;

	for (unsigned side = 0; side < N_SIDES; side++) {
		compared[side].unit = load(arena, world->family, texts[side]);
		compared[side].table = &compared[side].unit->legacy->tables[world->table];
	}
	if (test.fails)
		return;
	test.alignment = alignment = alignment_new(arena, BACKEND_LEGACY, compared);
	walk = walk_new(arena, alignment, note, NULL);
	for (uint32_t i = 0; i < alignment->n_old; i++) {
		const struct chain *chain = alignment->flow->chains[i].chain;

		if (chain->hook == HOOK_NONE)
			continue;
		for (test.chain = 0; test.chain < world->n; test.chain++) {
			if (!strcmp(world->chains[test.chain].name, chain->name))
				break;
		}
		/* what was too much to note is in doubt as well */
		if (test.chain < world->n)
			test.gave_up[test.chain] |= walk_chain(walk, alignment->pairs[i]) != NULL;
	}
}

static bool is_complete(const char *match)
{
	return match_facts(match)->negation == NEGATION_COMPLEMENTS;
}

static bool test_one(enum family family, bool show)
{
	static struct world old, new;
	struct arena *arena = arena_new();
	char *texts[N_SIDES];
	unsigned n_edits = chance(4);

	test.fails = false;
	test.n_said = 0;
	memset(test.policies, 0, sizeof(test.policies));
	memset(test.gave_up, 0, sizeof(test.gave_up));
	generate(&old, family);
	old.mark_is_complete = is_complete("mark");
	old.set_is_complete = is_complete("set");
	old.length_is_complete = is_complete("length");
	new = old;
	for (unsigned i = 0; i <= n_edits; i++)
		edit(&new, test.policies[SIDE_NEW]);
	memcpy(old.text, new.text, sizeof(old.text));
	test.worlds[SIDE_OLD] = &old;
	test.worlds[SIDE_NEW] = &new;
	for (unsigned side = 0; side < N_SIDES; side++)
		texts[side] = write_text(test.worlds[side], test.policies[side]);
	ask_program(arena, texts);
	for (unsigned i = 0; i < MAX_CHAINS; i++)
		test.given_up += test.gave_up[i];
	if (!test.fails)
		world_packets(&old, judge_packet);
	if (test.fails || show)
		printf("--- old\n%s--- new\n%s\n", texts[SIDE_OLD], texts[SIDE_NEW]);
	for (unsigned side = 0; side < N_SIDES; side++)
		free(texts[side]);
	arena_free(arena);
	return !test.fails;
}

int main(int argc, char **argv)
{
	enum family family = FAMILY_IPV4;
	unsigned long tables = 1000, seed = 1, passed = 0, failed = 0;
	bool show = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-6"))
			family = FAMILY_IPV6;
		else if (!strcmp(argv[i], "--show"))
			show = true;
		else if (!strcmp(argv[i], "--tables") && i + 1 < argc)
			tables = strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoul(argv[++i], NULL, 10);
	}
	test.said = calloc(SAID_MAX, sizeof(*test.said));
	for (unsigned long i = 0; i < tables && failed < 10; i++) {
		chance_seed(seed * 1000003 + i);
		if (test_one(family, show)) {
			passed++;
		} else {
			failed++;
			printf("seed %lu\n", i);
		}
	}
	free(test.said);
	printf("IPv%d: %lu pairs of tables, %llu packets, %llu changed for sure, %llu by chance, "
	       "%llu in doubt without need; %llu chains were too much\n",
	       family == FAMILY_IPV6 ? 6 : 4, passed + failed, (unsigned long long)test.packets,
	       (unsigned long long)test.changed, (unsigned long long)test.doubtful,
	       (unsigned long long)test.silent_doubts, (unsigned long long)test.given_up);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed != 0;
}
