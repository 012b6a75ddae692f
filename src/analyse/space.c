/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables with a fixed number for what is understood, and one more for each opaque
 * match, in the order in which they are first met.
 */
#include "analyse/space.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fnv.h"
#include "bind/trust.h"

#define FIRST_SLOTS   64 /* a power of 2 */
#define KNOWN_BITS    6
#define KNOWN_MATCHES (1 << KNOWN_BITS)

/* Told apart in one rule, and in tables whose negated masks make more than so many together. */
#define ALTERNATIVES	 1024
#define ALTERNATIVES_FEW 8
#define ALTERNATIVES_ALL 16384

struct literal {
	const char *text; /* without the negation; names the kind of the match first */
	uint64_t hash;
	unsigned reads;
	bool is_complete; /* yes and no are all the answers there are */
	/* Matches that were met as it and as its negation, or NULL. */
	const struct match *examples[2];
};

struct space {
	struct arena *arena;
	enum family family;
	struct interfaces *interfaces;
	const struct set *domains[VAR_LITERAL];
	const struct set *two_answers, *three_answers;
	const struct set *answers[3]; /* by enum answer_value */
	struct literal *literals;
	uint32_t n_literals, capacity;
	struct match_knowledge known[KNOWN_MATCHES];
	uint32_t *slots; /* number of a literal + 1, or 0 for a free one */
	uint32_t n_slots;
	unsigned alternatives; /* that are told apart in one rule */
};

static void set_domain(struct space *space, enum variable variable, wide high)
{
	space->domains[variable] = set_keep(space->arena, 0, high);
}

/* Of how many alternatives a negated mask consists; 1 for one without holes, which is a range. */
static unsigned count_alternatives(const struct space *space, const struct prefix *prefix,
				   bool inverted)
{
	wide mask = prefix && prefix->mask && inverted ? space_address(space, prefix->mask) : 0;
	wide lowest = mask & (~mask + 1);
	unsigned n = 0;

	/* without holes the bits from the lowest one on are all there are */
	if (!((mask + lowest) & set_high(space->domains[VAR_SRC])))
		return 1;
	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

static unsigned find_alternatives(const struct space *space, const struct table *table)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			const struct rule *rule = entry->rule;

			if (!rule->unbound && rule->inverted & (RULE_NOT_SRC | RULE_NOT_DST))
				n += (uint64_t)count_alternatives(space, rule->src,
								  rule->inverted & RULE_NOT_SRC) *
				     count_alternatives(space, rule->dst,
							rule->inverted & RULE_NOT_DST);
		}
	}
	return n > ALTERNATIVES_ALL ? ALTERNATIVES_FEW : ALTERNATIVES;
}

struct space *space_new(struct arena *arena, enum family family, unsigned backends,
			const struct table *table)
{
	struct space *space = arena_new_object(arena, struct space);
	wide addresses = family == FAMILY_IPV6 ? ~(wide)0 : UINT32_MAX;

	space->arena = arena;
	space->family = family;
	space->interfaces = interfaces_new(arena, table);
	set_domain(space, VAR_SRC, addresses);
	set_domain(space, VAR_DST, addresses);
	set_domain(space, VAR_PROTOCOL,
		   family == FAMILY_IPV6 && backends != BACKEND_LEGACY ? PROTOCOL_NONE : 255);
	set_domain(space, VAR_FRAGMENT, 1);
	set_domain(space, VAR_SPORT, 65535);
	set_domain(space, VAR_DPORT, 65535);
	set_domain(space, VAR_ICMP, 65535);
	set_domain(space, VAR_FLAGS, 255);
	set_domain(space, VAR_IN, interfaces_count(space->interfaces) - 1);
	set_domain(space, VAR_OUT, interfaces_count(space->interfaces) - 1);
	set_domain(space, VAR_STATE, CT_ATOMS - 1);
	space->domains[VAR_TOOL] = set_keep(arena, backends == BACKEND_NFT ? TOOL_NFT : TOOL_LEGACY,
					    backends == BACKEND_LEGACY ? TOOL_LEGACY : TOOL_NFT);
	space->two_answers = set_keep(arena, ANSWER_NO, ANSWER_YES);
	space->three_answers = set_keep(arena, ANSWER_NO, ANSWER_NEITHER);
	for (wide answer = ANSWER_NO; answer <= ANSWER_NEITHER; answer++)
		space->answers[answer] = set_keep(arena, answer, answer);
	space->alternatives = find_alternatives(space, table);
	return space;
}

unsigned space_alternatives(const struct space *space)
{
	return space->alternatives;
}

enum family space_family(const struct space *space)
{
	return space->family;
}

wide space_address(const struct space *space, const union address *address)
{
	wide value = 0;

	if (space->family != FAMILY_IPV6)
		return ntohl(address->v4.s_addr);
	for (unsigned i = 0; i < 16; i++)
		value = value << 8 | address->v6.s6_addr[i];
	return value;
}

const struct interfaces *space_interfaces(const struct space *space)
{
	return space->interfaces;
}

const struct set *space_domain(const struct space *space, uint32_t variable)
{
	if (variable < VAR_LITERAL)
		return space->domains[variable];
	return space->literals[variable - VAR_LITERAL].is_complete ? space->two_answers
								   : space->three_answers;
}

unsigned space_reads(const struct space *space, uint32_t variable)
{
	switch (variable) {
	case VAR_SRC:
		return FIELD_SRC;
	case VAR_DST:
		return FIELD_DST;
	case VAR_IN:
	case VAR_OUT:
		return FIELD_LINK;
	case VAR_STATE:
		return FIELD_CONNTRACK;
	case VAR_TOOL:
		return 0;
	case VAR_FLAGS:
		return FIELD_TRANSPORT | FIELD_HEADER;
	default:
		return variable < VAR_LITERAL ? FIELD_TRANSPORT
					      : space->literals[variable - VAR_LITERAL].reads;
	}
}

uint32_t space_variables(const struct space *space)
{
	return VAR_LITERAL + space->n_literals;
}

const char *space_literal_text(const struct space *space, uint32_t variable)
{
	return space->literals[variable - VAR_LITERAL].text;
}

static uint64_t hash_text(const char *text)
{
	uint64_t hash = fnv_bytes(FNV_BASIS, text, strlen(text));

	return hash ^ hash >> 29;
}

static uint32_t *slot_of(const struct space *space, uint64_t hash, const char *text)
{
	uint32_t i = (uint32_t)hash & (space->n_slots - 1);

	while (space->slots[i]) {
		const struct literal *literal = &space->literals[space->slots[i] - 1];

		if (literal->hash == hash && !strcmp(literal->text, text))
			break;
		i = (i + 1) & (space->n_slots - 1);
	}
	return &space->slots[i];
}

/* Room for one literal more. */
static void grow(struct space *space)
{
	struct literal *old = space->literals;

	if (space->n_literals < space->capacity)
		return;
	space->capacity = space->capacity ? space->capacity * 2 : FIRST_SLOTS / 2;
	space->n_slots = space->capacity * 2;
	space->literals = arena_alloc(space->arena, space->capacity * sizeof(*old));
	space->slots = arena_alloc(space->arena, space->n_slots * sizeof(*space->slots));
	if (old)
		memcpy(space->literals, old, space->n_literals * sizeof(*old));
	for (uint32_t i = 0; i < space->n_literals; i++)
		*slot_of(space, space->literals[i].hash, space->literals[i].text) = i + 1;
}

static uint32_t intern_literal(struct space *space, const char *text, unsigned reads,
			       bool is_complete)
{
	uint64_t hash = hash_text(text);
	uint32_t *slot;

	grow(space);
	slot = slot_of(space, hash, text);
	if (!*slot) {
		struct literal *literal = &space->literals[space->n_literals];

		literal->text = arena_strdup(space->arena, text);
		literal->hash = hash;
		literal->reads = reads;
		literal->is_complete = is_complete;
		*slot = ++space->n_literals;
	}
	return VAR_LITERAL + *slot - 1;
}

/* What the text of a match says, outside of quotes. */
struct options {
	unsigned n;	    /* words that begin with -- */
	unsigned n_negated; /* "!" */
	const char *negation;
};

static struct options read_options(const char *text)
{
	struct options options = { 0, 0, NULL };
	bool quoted = false;

	for (const char *at = text; *at; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && !strncmp(at, " ! ", 3)) {
			options.n_negated++;
			options.negation = at;
		} else if (!quoted && !strncmp(at, " --", 3))
			options.n++;
	}
	return options;
}

static enum match_kind kind_of(const char *real_name)
{
	static const struct {
		const char *name;
		enum match_kind kind;
	} kinds[] = {
		{ "tcp", MATCH_TCP },
		{ "udp", MATCH_UDP },
		{ "multiport", MATCH_MULTIPORT },
		{ "iprange", MATCH_IPRANGE },
		{ "icmp", MATCH_ICMP },
		{ "icmp6", MATCH_ICMPV6 },
		{ "conntrack", MATCH_CONNTRACK },
		{ "set", MATCH_OFTEN_LISTED },
		{ "mac", MATCH_OFTEN_LISTED },
		{ "mark", MATCH_OFTEN_LISTED },
		{ "string", MATCH_OFTEN_LISTED },
		{ "owner", MATCH_OFTEN_LISTED },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, real_name))
			return kinds[i].kind;
	}
	return MATCH_OPAQUE;
}

const struct match_knowledge *space_know(struct space *space, const struct match *match)
{
	/* a file has few extensions, and each has one name */
	size_t i = (uintptr_t)match->real_name * 0x9e3779b97f4a7c15u >> (64 - KNOWN_BITS);
	struct match_knowledge *known = &space->known[i];

	if (known->real_name != match->real_name) {
		known->real_name = match->real_name;
		known->facts = match_facts(match->real_name);
		known->kind = kind_of(match->real_name);
	}
	return known;
}

/*
 * Is it the literal that its text says?  There are matches that are saved with a text
 * that means another one.  A negation differs from what it negates in one flag.
 */
static bool fits(enum family family, struct literal *literal, const struct match *match,
		 bool negated)
{
	const struct match *same = literal->examples[negated], *other = literal->examples[!negated];

	if (same == match)
		return true;
	if (same ? trust_differing_bytes(family, same, match) > 0
		 : other && trust_differing_bytes(family, other, match) > 1)
		return false;
	if (!same)
		literal->examples[negated] = match;
	return true;
}

static void add_data(struct buf *text, const struct match *match)
{
	const unsigned char *data = match->data;

	for (uint32_t i = 0; i < match->data_len; i++)
		buf_printf(text, " %02x", data[i]);
}

uint32_t space_literal(struct space *space, const struct match *match, const struct set **answer)
{
	const struct match_facts *facts = space_know(space, match)->facts;
	struct options options = read_options(match->text);
	bool negated = options.n_negated == 1 && facts->negation != NEGATION_UNRELATED;
	bool is_complete = facts->negation == NEGATION_COMPLEMENTS && options.n == 1;
	struct buf text = BUF_INIT;
	uint32_t variable;

	buf_printf(&text, "%s/%u", match->real_name, match->revision);
	if (negated) {
		buf_add(&text, match->text, (size_t)(options.negation - match->text));
		buf_add_string(&text, options.negation + 2);
	} else {
		buf_add_string(&text, match->text);
	}
	variable = intern_literal(space, buf_string(&text), facts->reads, is_complete);
	if (!fits(space->family, &space->literals[variable - VAR_LITERAL], match, negated)) {
		buf_printf(&text, negated ? " not" : "");
		add_data(&text, match);
		variable = intern_literal(space, buf_string(&text), facts->reads, is_complete);
	}
	buf_free(&text);
	*answer = space->answers[negated ? ANSWER_NO : ANSWER_YES];
	return variable;
}

uint32_t space_tcp_option(struct space *space, uint8_t option, bool inverted,
			  const struct set **answer)
{
	char text[sizeof("tcp --tcp-option 255")];

	sprintf(text, "tcp --tcp-option %u", option);
	*answer = space->answers[inverted ? ANSWER_NO : ANSWER_YES];
	return intern_literal(space, text, FIELD_TRANSPORT | FIELD_OPTIONS, true);
}
