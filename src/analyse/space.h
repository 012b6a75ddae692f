/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet space of one table: the variables that its rules ask about, and what
 * each of them can be.
 *
 * A packet has one value of each variable.  Interfaces are numbered so that a
 * pattern is a range; an opaque match is a variable of its own with the answers yes
 * and no, and for most a third one: there are packets that neither the match nor its
 * negation takes.
 */
#ifndef ANALYSE_SPACE_H
#define ANALYSE_SPACE_H

#include "analyse/facts.h"
#include "analyse/interfaces.h"
#include "analyse/region.h"
#include "analyse/set.h"
#include "base/arena.h"
#include "ruleset/ruleset.h"

enum variable {
	VAR_SRC,
	VAR_DST,
	VAR_PROTOCOL,
	VAR_FRAGMENT, /* is it a later fragment? 0 or 1 */
	VAR_SPORT,
	VAR_DPORT,
	VAR_ICMP,  /* type * 256 + code */
	VAR_FLAGS, /* the byte of the TCP header */
	VAR_IN,	   /* numbers of interfaces */
	VAR_OUT,
	VAR_STATE,   /* enum conntrack_atom */
	VAR_TOOL,    /* no packet's: which back end made the rules, enum tool_value */
	VAR_LITERAL, /* this and all above: opaque matches, enum answer_value */
};

/* What --ctstate asks about: the state, and whether addresses are translated.  What rules
 * take early stands last, so that the lowest value is the one that they leave most often. */
enum conntrack_atom {
	CT_NEW, /* and the same with SNAT, with DNAT, with both */
	CT_RELATED = CT_NEW + 4,
	CT_ESTABLISHED = CT_RELATED + 4,
	CT_UNTRACKED = CT_ESTABLISHED + 4,
	CT_INVALID,
	CT_ATOMS,
};

/*
 * The protocol of what has none: a later fragment whose next header is another extension.  In nft
 * neither "-p X" nor "! -p X" takes it; legacy drops it at each of them.
 */
#define PROTOCOL_NONE 256

/* Added to CT_NEW, CT_RELATED and CT_ESTABLISHED. */
enum conntrack_translation {
	CT_SNAT = 1,
	CT_DNAT = 2,
};

enum tool_value {
	TOOL_LEGACY,
	TOOL_NFT,
};

enum answer_value {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_NEITHER,
};

struct space;

/* Of the rules of TABLE, as made by BACKENDS (enum backend); lives in ARENA. */
struct space *space_new(struct arena *arena, enum family family, unsigned backends,
			const struct table *table);

enum family space_family(const struct space *space);

/* An address as the number that it is in VAR_SRC and VAR_DST. */
wide space_address(const struct space *space, const union address *address);

/* All values that the variable can have. */
const struct set *space_domain(const struct space *space, uint32_t variable);

/* What is read to know the variable: a set of enum field. */
unsigned space_reads(const struct space *space, uint32_t variable);

const struct interfaces *space_interfaces(const struct space *space);

/*
 * The variable of an opaque match, the same for the same text but for "!"; *ANSWER
 * is what it has to be for the match to take the packet.
 */
uint32_t space_literal(struct space *space, const struct match *match, const struct set **answer);

/* The same for --tcp-option NUMBER. */
uint32_t space_tcp_option(struct space *space, uint8_t option, bool inverted,
			  const struct set **answer);

/* How a match is taken apart. */
enum match_kind {
	MATCH_OPAQUE,
	MATCH_OFTEN_LISTED, /* the same; files have long lists of such: sets, addresses, marks */
	MATCH_TCP,
	MATCH_UDP,
	MATCH_MULTIPORT,
	MATCH_IPRANGE,
	MATCH_ICMP,
	MATCH_ICMPV6,
	MATCH_CONNTRACK,
};

/* What is known of an extension, by its name; quicker than match_facts() where many are
 * asked for. */
struct match_knowledge {
	const char *real_name;
	const struct match_facts *facts;
	enum match_kind kind;
};

const struct match_knowledge *space_know(struct space *space, const struct match *match);

/* The text of an opaque match without its negation, the kernel's name of it first; for the
 * variable of a literal only. */
const char *space_literal_text(const struct space *space, uint32_t variable);

/*
 * Of how many alternatives one rule may consist to be read as all of them.  A negated mask with
 * holes makes one for each of its bits, two of them in one rule the product; in tables with
 * thousands of these fewer are told apart.
 */
unsigned space_alternatives(const struct space *space);

/* How many variables there are. */
uint32_t space_variables(const struct space *space);

#endif
