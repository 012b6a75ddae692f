/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge: sends packets through the chains rule by rule, as the kernel does, and
 * follows every answer that a match may give.
 *
 * Each packet goes twice.  Once as it is: only a packet that meets a rule that writes is
 * changed by it.  A rule that this reaches must not be called dead.  And once coarsely:
 * behind every rule that may write something, itself or in a chain that it calls, the
 * answers about it are any, whether the packet has met the rule or not.  A rule that
 * this does not reach must be called dead.  Without rules that write the two are the
 * same.
 */
#include <string.h>

#include "world.h"

/* Answers, as a set of 1 << (mark * N_ANSWERS + set). */
typedef uint16_t answers;

struct run {
	struct world *world;
	const struct packet *packet;
	bool coarsely;
	answers any_mark[N_MUTABLE]; /* with another answer about the mark: which there are */
	answers any_set[N_MUTABLE];
	bool is_known[MAX_CHAINS][N_MUTABLE];
	answers back[MAX_CHAINS][N_MUTABLE]; /* what comes back from a chain */
};

static unsigned mark_of(unsigned mutable)
{
	return mutable / N_ANSWERS;
}

static unsigned set_of(unsigned mutable)
{
	return mutable % N_ANSWERS;
}

static bool has(unsigned values, unsigned value)
{
	return values >> value & 1;
}

bool world_passes(const struct packet *p, const struct test *test, unsigned mutable, bool *is_free)
{
	switch ((enum test_kind)test->kind) {
	case TEST_SRC:
		return has(test->values, p->src);
	case TEST_DST:
		return has(test->values, p->dst);
	case TEST_PROTOCOL:
		return has(test->values, p->protocol);
	case TEST_SPORT:
		return has(test->values, p->sport);
	case TEST_DPORT:
		return has(test->values, p->dport);
	case TEST_PORTS:
		return has(test->values, p->sport) || has(test->values, p->dport);
	case TEST_PING:
		return has(test->values, p->is_ping);
	case TEST_SYN:
		return has(test->values, p->is_syn);
	case TEST_FRAGMENT:
		return has(test->values, p->is_later_fragment);
	case TEST_NO_FRAGMENT:
		return !p->is_later_fragment;
	case TEST_IN:
		return has(test->values, p->in);
	case TEST_OUT:
		return has(test->values, p->out);
	case TEST_STATE:
		return has(test->values, p->state);
	case TEST_LENGTH:
		return has(test->values, p->length);
	case TEST_MARK:
		return has(test->values, mark_of(mutable));
	case TEST_SET:
		return has(test->values, set_of(mutable));
	case TEST_CHANCE:
		*is_free = true;
		return true;
	}
	return false;
}

static bool meets(const struct run *run, const struct small_rule *rule, unsigned mutable,
		  bool *is_free)
{
	*is_free = false;
	for (unsigned i = 0; i < rule->n; i++) {
		if (!world_passes(run->packet, &rule->tests[i], mutable, is_free))
			return false;
	}
	return true;
}

static answers any(const answers table[N_MUTABLE], answers from)
{
	answers result = 0;

	for (unsigned m = 0; m < N_MUTABLE; m++) {
		if (from >> m & 1)
			result |= table[m];
	}
	return result;
}

static answers call(struct run *run, unsigned chain, answers enter);

/* A packet with one set of answers at one rule: what goes on to the next rule, and what goes
 * back to the caller. */
static void step(struct run *run, struct small_rule *rule, unsigned mutable, answers *next,
		 answers *back)
{
	answers now = (answers)(1u << mutable), returned;
	bool is_free;

	if (!meets(run, rule, mutable, &is_free)) {
		*next |= now;
		return;
	}
	if (run->coarsely)
		rule->is_hit_coarsely = true;
	else
		rule->is_hit = true;
	if (is_free)
		*next |= now;
	switch ((enum act)rule->act) {
	case ACT_NOTHING:
		*next |= now;
		break;
	case ACT_ACCEPT:
	case ACT_DROP:
		break;
	case ACT_RETURN:
		*back |= now;
		break;
	case ACT_JUMP:
	case ACT_GOTO:
		returned = call(run, rule->to, now);
		if (rule->act == ACT_JUMP)
			*next |= returned;
		else
			*back |= returned;
		break;
	case ACT_MARK:
		*next |= any(run->any_mark, now);
		break;
	case ACT_SET:
		*next |= any(run->any_set, now);
		break;
	}
}

/* Coarsely: what the rule may write is anything behind it.  SET can write a mark too, and
 * there are sets of marks. */
static answers blur(const struct run *run, const struct small_rule *rule, answers next)
{
	bool calls = rule->act == ACT_JUMP || rule->act == ACT_GOTO;

	if (run->coarsely && (rule->act == ACT_MARK || rule->act == ACT_SET ||
			      (calls && run->world->chains[rule->to].writes)))
		return any(run->any_set, any(run->any_mark, next));
	return next;
}

static answers call_one(struct run *run, unsigned chain, unsigned mutable)
{
	struct small_chain *of = &run->world->chains[chain];
	answers here = (answers)(1u << mutable), back = 0;

	if (run->is_known[chain][mutable])
		return run->back[chain][mutable];
	for (unsigned i = 0; i < of->n; i++) {
		answers next = 0;

		for (unsigned m = 0; m < N_MUTABLE; m++) {
			if (here >> m & 1)
				step(run, &of->rules[i], m, &next, &back);
		}
		here = blur(run, &of->rules[i], next);
	}
	run->is_known[chain][mutable] = true;
	run->back[chain][mutable] = back | here;
	return run->back[chain][mutable];
}

static answers call(struct run *run, unsigned chain, answers enter)
{
	answers back = 0;

	for (unsigned m = 0; m < N_MUTABLE; m++) {
		if (enter >> m & 1)
			back |= call_one(run, chain, m);
	}
	return back;
}

/* ---- every packet ---- */

static unsigned values(const struct world *world, enum test_kind kind, unsigned n)
{
	return world->active >> kind & 1 ? n : 1;
}

bool world_enters(const struct world *world, const struct packet *p, enum hook hook)
{
	if (world->table == TABLE_NAT && p->state != NEW && p->state != RELATED)
		return false;
	switch (hook) {
	case HOOK_PREROUTING:
	case HOOK_INPUT:
		return p->in != ABSENT && p->out == ABSENT;
	case HOOK_FORWARD:
		return p->in != ABSENT && p->out != ABSENT;
	case HOOK_OUTPUT:
		return p->in == ABSENT && p->out != ABSENT;
	default: /* POSTROUTING: an input interface or none */
		return p->out != ABSENT;
	}
}

static bool is_possible(const struct world *world, unsigned mutable)
{
	return !(world->mark_is_complete && mark_of(mutable) == NEITHER) &&
	       !(world->set_is_complete && set_of(mutable) == NEITHER);
}

static void start(struct run *run)
{
	const struct world *world = run->world;

	memset(run->is_known, 0, sizeof(run->is_known));
	for (unsigned m = 0; m < N_MUTABLE; m++) {
		run->any_mark[m] = run->any_set[m] = 0;
		for (unsigned other = 0; other < N_MUTABLE; other++) {
			if (!is_possible(world, other))
				continue;
			if (set_of(other) == set_of(m))
				run->any_mark[m] |= (answers)(1u << other);
			if (mark_of(other) == mark_of(m))
				run->any_set[m] |= (answers)(1u << other);
		}
	}
}

static void send(struct world *world, const struct packet *p)
{
	for (int coarsely = 0; coarsely < 2; coarsely++) {
		struct run run = { .world = world, .packet = p, .coarsely = coarsely };

		start(&run);
		for (unsigned chain = 0; chain < world->n; chain++) {
			enum hook hook = world->chains[chain].hook;

			if (hook == HOOK_NONE || !world_enters(world, p, hook))
				continue;
			for (unsigned m = 0; m < N_MUTABLE; m++) {
				if (is_possible(world, m))
					call_one(&run, chain, m);
			}
		}
	}
}

/* All that a packet can have above the network layer. */
static void send_each_protocol(struct world *world, struct packet *p, world_visit *visit)
{
	unsigned n_ports = values(world, TEST_PROTOCOL, OUTSIDE + 1);
	unsigned n_sports = values(world, TEST_SPORT, OUTSIDE + 1);

	for (unsigned protocol = 0; protocol < values(world, TEST_PROTOCOL, N_PROTOCOLS);
	     protocol++) {
		bool has_ports = protocol == TCP || protocol == UDP;
		unsigned n_flags = protocol == TCP || protocol == ICMP ? 2 : 1;

		p->protocol = (uint8_t)protocol;
		for (unsigned i = 0; i < (has_ports ? n_ports * n_sports : 1); i++) {
			p->dport = (uint8_t)(i % n_ports);
			p->sport = (uint8_t)(i / n_ports);
			for (unsigned flag = 0; flag < n_flags; flag++) {
				p->is_ping = p->is_syn = (uint8_t)flag;
				visit(world, p);
			}
		}
	}
}

static void send_each_network(struct world *world, struct packet *p, world_visit *visit)
{
	unsigned n_fragments = values(world, TEST_PROTOCOL, 2);

	for (unsigned src = 0; src < values(world, TEST_SRC, OUTSIDE + 1); src++) {
		for (unsigned dst = 0; dst < values(world, TEST_DST, OUTSIDE + 1); dst++) {
			for (unsigned fragment = 0; fragment < n_fragments; fragment++) {
				p->src = (uint8_t)src;
				p->dst = (uint8_t)dst;
				p->is_later_fragment = (uint8_t)fragment;
				send_each_protocol(world, p, visit);
			}
		}
	}
}

static void send_each_connection(struct world *world, struct packet *p, world_visit *visit)
{
	unsigned n_lengths =
		values(world, TEST_LENGTH, world->length_is_complete ? NEITHER : N_ANSWERS);

	for (unsigned state = 0; state < values(world, TEST_STATE, N_STATES); state++) {
		for (unsigned length = 0; length < n_lengths; length++) {
			p->state = (uint8_t)state;
			p->length = (uint8_t)length;
			send_each_network(world, p, visit);
		}
	}
}

void world_packets(struct world *world, world_visit *visit)
{
	bool named = world->active >> TEST_IN & 1;
	struct packet p = { 0 };

	/* with nothing asked about interfaces, one name and none are all there is */
	for (unsigned in = 0; in < N_INTERFACES; in++) {
		for (unsigned out = 0; out < N_INTERFACES; out++) {
			if (!named &&
			    ((in != ABSENT && in != ETH0) || (out != ABSENT && out != ETH0)))
				continue;
			p.in = (uint8_t)in;
			p.out = (uint8_t)out;
			send_each_connection(world, &p, visit);
		}
	}
}

void execute(struct world *world)
{
	world_packets(world, send);
}
