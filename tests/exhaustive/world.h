/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small world of packets, and tables whose rules can tell no more of them apart than
 * the world has packets for.
 *
 * Completeness: each thing that a rule here can ask for is asked about values of which
 * the world has every one, and one value more that stands for all others ("outside").
 * So a rule that no packet of the world reaches is reached by none at all.
 */
#ifndef TESTS_EXHAUSTIVE_WORLD_H
#define TESTS_EXHAUSTIVE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset/netfilter.h"

#define MAX_CHAINS 8
#define MAX_RULES  8  /* of a chain */
#define MAX_TESTS  10 /* of a rule */
#define OUTSIDE	   4  /* of addresses and ports: none of the four that rules ask for */

/* What a packet has that no rule of the table can change. */
struct packet {
	uint8_t src, dst;	 /* 0 to 3, OUTSIDE */
	uint8_t protocol;	 /* enum protocol */
	uint8_t sport, dport;	 /* 0 to 3, OUTSIDE; of tcp and udp */
	uint8_t is_ping, is_syn; /* of icmp, of tcp */
	uint8_t is_later_fragment;
	uint8_t in, out; /* enum interface */
	uint8_t state;	 /* enum state */
	uint8_t length;	 /* enum reply, of an opaque match that nothing writes */
};

enum protocol {
	TCP,
	UDP,
	ICMP,
	OTHER_PROTOCOL,
	N_PROTOCOLS
};
enum interface {
	ETH0,
	ETH1,
	OTHER_ETH,
	OTHER_INTERFACE,
	ABSENT,
	N_INTERFACES
};
enum state {
	NEW,
	RELATED,
	ESTABLISHED,
	UNTRACKED,
	INVALID,
	N_STATES
};
enum reply {
	NO,
	YES,
	NEITHER,
	N_ANSWERS
};

/* What rules can change: the answers of two opaque matches, as mark * N_ANSWERS + set. */
#define N_MUTABLE (N_ANSWERS * N_ANSWERS)

enum test_kind {
	TEST_SRC, /* values: a set of the numbers that it takes */
	TEST_DST,
	TEST_PROTOCOL,
	TEST_SPORT,
	TEST_DPORT,
	TEST_PORTS, /* one of the two ports */
	TEST_PING,
	TEST_SYN,
	TEST_FRAGMENT,
	TEST_NO_FRAGMENT, /* of a -m tcp that asks for nothing else */
	TEST_IN,
	TEST_OUT,
	TEST_STATE,
	TEST_LENGTH, /* values: the set of answers that it takes */
	TEST_MARK,
	TEST_SET,
	TEST_CHANCE,
};

struct test {
	uint8_t kind;
	uint8_t values; /* set of 1 << value */
};

enum act {
	ACT_NOTHING, /* LOG, or no target */
	ACT_ACCEPT,
	ACT_DROP,
	ACT_RETURN,
	ACT_JUMP,
	ACT_GOTO,
	ACT_MARK, /* goes on; the answers about the mark are others */
	ACT_SET,  /* the same for the set */
};

struct small_rule {
	unsigned n;
	struct test tests[MAX_TESTS];
	uint8_t act;
	uint8_t to;   /* number of a chain */
	bool logs;    /* with ACT_NOTHING: LOG, and not no target */
	bool rejects; /* with ACT_DROP: REJECT */
	unsigned line;
	unsigned text_start, text_end; /* in the world's text */
	bool is_hit;		       /* by a packet, as the kernel would have it */
	bool is_hit_coarsely;	       /* if all that may be written is: see execute.c */
	bool is_reported;
};

struct small_chain {
	const char *name;
	enum hook hook; /* HOOK_NONE: user-defined */
	unsigned n;
	struct small_rule rules[MAX_RULES];
	unsigned line; /* of its declaration */
	bool is_reported;
	bool writes;	/* itself or a chain that it calls */
	bool is_called; /* there is a way of jumps to it */
};

struct world {
	enum family family;
	enum table_id table;
	unsigned n; /* chains; built-in ones first, and calls only lead to later ones */
	struct small_chain chains[MAX_CHAINS];
	unsigned active;       /* set of 1 << test_kind that rules may ask for */
	bool mark_is_complete; /* one of the match and its negation takes each packet */
	bool set_is_complete;
	bool length_is_complete;
	char text[16384];
};

/* A number below N, always the same ones for the same seed. */
unsigned chance(unsigned n);
void chance_seed(uint64_t seed);

/* Makes a table, and its text. */
void generate(struct world *world, enum family family);

/* A rule more for a chain, which stands in no chain yet; its text is added to the world's. */
void generate_rule(struct world *world, unsigned chain, struct small_rule *rule);

/* Calls VISIT with every packet that there is. */
typedef void world_visit(struct world *world, const struct packet *packet);
void world_packets(struct world *world, world_visit *visit);

/* Does the kernel send the packet to the hook? */
bool world_enters(const struct world *world, const struct packet *packet, enum hook hook);

/* What a test of the packet says; *IS_FREE: it may say anything. */
bool world_passes(const struct packet *packet, const struct test *test, unsigned mutable,
		  bool *is_free);

/* Sends every packet through it, with every answer of the matches that may answer anything. */
void execute(struct world *world);

#endif
