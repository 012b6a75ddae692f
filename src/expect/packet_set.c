/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words are looked up in a table; a value is a list of single ones, ranges and prefixes.
 */
#include "expect/packet_set.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/similar.h"
#include "trace/packet.h"

/* A value, or one of a list of them, that is being read. */
struct value {
	const struct words *words;
	struct packet_set *set;
	const char *name; /* of the word */
	const char *text;
	struct span span; /* of TEXT */
	uint32_t variable;
};

static bool wrong(const struct value *value, const char *reason, const char *hint)
{
	struct diag *diag = diag_add(value->words->diags, "expectation", value->span, "'%s': %s",
				     value->text, reason);

	diag_hint(value->words->diags, diag, "%s", hint);
	return false;
}

static void add_range(const struct value *value, wide low, wide high)
{
	struct values *values = &value->set->values[value->variable];
	struct range *ranges =
		arena_alloc(value->words->arena, (values->n + 1) * sizeof(struct range));

	if (values->n)
		memcpy(ranges, values->ranges, values->n * sizeof(struct range));
	ranges[values->n++] = (struct range){ low, high };
	values->ranges = ranges;
}

/* ---- addresses ---- */

static bool parse_address(const char *text, enum family *family, wide *address)
{
	unsigned char bytes[16];
	unsigned n = 4;

	*family = FAMILY_IPV4;
	*address = 0;
	if (inet_pton(AF_INET, text, bytes) != 1) {
		*family = FAMILY_IPV6;
		n = 16;
		if (inet_pton(AF_INET6, text, bytes) != 1)
			return false;
	}
	for (unsigned i = 0; i < n; i++)
		*address = *address << 8 | bytes[i];
	return true;
}

static bool parse_number(const char *text, unsigned long max, unsigned long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*number = strtoul(text, &end, 0);
	return !*end && *number <= max;
}

static bool is_of_family(const struct value *value, enum family family)
{
	struct packet_set *set = value->set;

	if (set->family != FAMILY_UNSPEC && set->family != family)
		return wrong(value,
			     family == FAMILY_IPV4 ? "this is of IPv4, a word before it of IPv6"
						   : "this is of IPv6, a word before it of IPv4",
			     "a packet is of one family: make two lines of it");
	set->family = family;
	set->family_at = value->span;
	return true;
}

#define ADDRESSES "say an address, ADDRESS/LENGTH, or FIRST-LAST"

static bool read_prefix(const struct value *value, char *address, const char *length)
{
	enum family family;
	unsigned long bits;
	wide low, rest;
	unsigned size;

	if (!parse_address(address, &family, &low))
		return wrong(value, "this is no address", ADDRESSES);
	size = family == FAMILY_IPV6 ? 128 : 32;
	if (!parse_number(length, size, &bits))
		return wrong(value,
			     size == 32 ? "the length of a prefix is a number from 0 to 32"
					: "the length of a prefix is a number from 0 to 128",
			     "masks are not understood here: 10.0.0.0/255.0.0.0 is 10.0.0.0/8");
	rest = bits == 0 && size == 128 ? ~(wide)0 : ((wide)1 << (size - bits)) - 1;
	if (low & rest)
		return wrong(value, "the address has bits outside of the prefix",
			     "write the first address of it, or leave the length out");
	if (!is_of_family(value, family))
		return false;
	add_range(value, low, low | rest);
	return true;
}

static bool read_address(const struct value *value)
{
	char *copy = arena_strdup(value->words->arena, value->text);
	char *slash = strchr(copy, '/'), *dash = strchr(copy, '-');
	enum family family, other;
	wide low, high;

	if (slash) {
		*slash = '\0';
		return read_prefix(value, copy, slash + 1);
	}
	if (dash)
		*dash = '\0';
	if (!parse_address(copy, &family, &low) ||
	    !parse_address(dash ? dash + 1 : copy, &other, &high) || family != other)
		return wrong(value, "this is no address", ADDRESSES);
	if (low > high)
		return wrong(value, "the first address is behind the last", "swap them");
	if (!is_of_family(value, family))
		return false;
	add_range(value, low, high);
	return true;
}

/* ---- numbers ---- */

static bool read_protocol(const struct value *value)
{
	uint8_t protocol;

	if (!packet_find_protocol(value->text, &protocol))
		return wrong(value, "there is no such protocol here",
			     "name one, such as tcp, udp or icmp, or say its number from 0 to 255");
	add_range(value, protocol, protocol);
	return true;
}

static bool read_port(const struct value *value)
{
	char *copy = arena_strdup(value->words->arena, value->text);
	char *colon = strchr(copy, ':');
	unsigned long low, high;

	if (colon)
		*colon = '\0';
	if (!parse_number(copy, 65535, &low) ||
	    !parse_number(colon ? colon + 1 : copy, 65535, &high))
		return wrong(value, "a port is a number from 0 to 65535",
			     "say PORT, or FIRST:LAST; names of services are not looked up");
	if (low > high)
		return wrong(value, "the first port is behind the last", "swap them");
	add_range(value, low, high);
	return true;
}

static bool read_icmp(const struct value *value)
{
	char *copy = arena_strdup(value->words->arena, value->text);
	char *slash = strchr(copy, '/');
	unsigned long type, code = 0;

	if (slash)
		*slash = '\0';
	if (!parse_number(copy, 255, &type) || (slash && !parse_number(slash + 1, 255, &code)))
		return wrong(value, "this is no type of ICMP",
			     "say TYPE, for every code of it, or TYPE/CODE, as numbers");
	add_range(value, type * 256 + code, type * 256 + (slash ? code : 255));
	return true;
}

static bool read_state(const struct value *value)
{
	uint8_t atom;

	if (!packet_find_state(value->text, &atom))
		return wrong(value, "there is no such state",
			     "it is one of NEW, ESTABLISHED, RELATED, INVALID and UNTRACKED");
	add_range(value, atom, atom);
	return true;
}

/* The whole value: "SYN,ACK" are the flags of one packet. */
static bool read_flags(const struct value *value)
{
	uint8_t flags;

	if (!packet_find_flags(value->words->arena, value->text, &flags))
		return wrong(value, "there is no such flag",
			     "flags are FIN, SYN, RST, PSH, ACK, URG, ECE and CWR, or NONE alone; "
			     "'any' for all that there may be");
	add_range(value, flags, flags);
	return true;
}

static bool read_fragment(const struct value *value)
{
	bool is_later = !strcmp(value->text, "yes");

	if (!is_later && strcmp(value->text, "no") != 0)
		return wrong(value, "this is yes, no, or any",
			     "yes for a second or later fragment, else no");
	add_range(value, is_later, is_later);
	return true;
}

static bool read_mark(const struct value *value)
{
	struct mark_value *mark =
		!strcmp(value->name, "mark") ? &value->set->mark : &value->set->connmark;
	unsigned long number;

	mark->is_any = !strcmp(value->text, "any");
	if (mark->is_any)
		return true;
	if (!parse_number(value->text, UINT32_MAX, &number))
		return wrong(value, "a mark is a number of 32 bits", "say one, or any");
	mark->value = (uint32_t)number;
	return true;
}

static bool read_interface(const struct value *value)
{
	struct names *names = !strcmp(value->name, "in") ? &value->set->in : &value->set->out;
	const char **list;

	if (!*value->text || strlen(value->text) > 15 ||
	    strcspn(value->text, "/ ") < strlen(value->text))
		return wrong(value, "this is no name of an interface",
			     "it has 1 to 15 characters; eth+ stands for all that begin with eth");
	if (!strcmp(value->text, "+"))
		return wrong(value, "this stands for every interface", "write any");
	list = arena_alloc(value->words->arena, (names->n + 1) * sizeof(*list));
	if (names->n)
		memcpy(list, names->list, names->n * sizeof(*list));
	list[names->n++] = value->text;
	names->list = list;
	return true;
}

/* ---- words ---- */

static const struct word {
	const char *name;
	bool (*read)(const struct value *value);
	int variable;	/* -1: none that has a list of values */
	bool is_single; /* no list of several */
} known_words[] = {
	{ "in", read_interface, -1, false },
	{ "out", read_interface, -1, false },
	{ "src", read_address, VAR_SRC, false },
	{ "dst", read_address, VAR_DST, false },
	{ "proto", read_protocol, VAR_PROTOCOL, false },
	{ "sport", read_port, VAR_SPORT, false },
	{ "dport", read_port, VAR_DPORT, false },
	{ "icmp-type", read_icmp, VAR_ICMP, false },
	{ "tcp-flags", read_flags, VAR_FLAGS, true },
	{ "state", read_state, VAR_STATE, false },
	{ "frag", read_fragment, VAR_FRAGMENT, true },
	{ "mark", read_mark, -1, true },
	{ "connmark", read_mark, -1, true },
};

#define N_WORDS (sizeof(known_words) / sizeof(known_words[0]))

static bool unknown_word(const struct words *words, struct span span, const char *name)
{
	struct diag *diag;
	struct similar similar;

	similar_init(&similar, name);
	for (size_t i = 0; i < N_WORDS; i++)
		similar_offer(&similar, known_words[i].name);
	diag = diag_add(words->diags, "expectation", span, "'%s': a packet has no such word", name);
	if (similar_result(&similar))
		diag_hint(words->diags, diag, "did you mean '%s='?", similar_result(&similar));
	else
		diag_hint(words->diags, diag,
			  "there are in= out= src= dst= proto= sport= dport= icmp-type= "
			  "tcp-flags= state= frag= mark= and connmark=");
	return false;
}

/* One after the other of what commas part. */
static bool read_list(const struct word *word, struct value *value)
{
	struct span whole = value->span;
	const char *text = value->text;

	for (;;) {
		size_t len = word->is_single ? strlen(text) : strcspn(text, ",");

		value->text = arena_strndup(value->words->arena, text, len);
		value->span.start = whole.end - (uint32_t)strlen(text);
		value->span.end = value->span.start + (uint32_t)len;
		if (!len)
			return wrong(value, "here is no value",
				     "leave the comma or the word out, or "
				     "write any");
		if (!word->read(value))
			return false;
		if (!text[len])
			return true;
		text += len + 1;
	}
}

static bool *given(const struct word *word, struct packet_set *set)
{
	if (word->variable >= 0)
		return &set->values[word->variable].is_given;
	if (word->read == read_interface)
		return !strcmp(word->name, "in") ? &set->in.is_given : &set->out.is_given;
	return NULL;
}

bool packet_set_read(const struct words *words, struct packet_set *set, struct span span,
		     bool is_exception)
{
	const char *text = arena_strndup(words->arena, words->source->bytes + span.start,
					 span.end - span.start);
	const char *equals = strchr(text, '=');
	struct value value = { .words = words, .set = set, .span = span };
	const struct word *word = NULL;
	bool *is_given;

	value.name = equals ? arena_strndup(words->arena, text, (size_t)(equals - text)) : text;
	for (size_t i = 0; i < N_WORDS; i++) {
		if (!strcmp(known_words[i].name, value.name))
			word = &known_words[i];
	}
	value.text = text;
	if (!equals)
		return wrong(&value, "this is not of the form NAME=VALUE",
			     "a promise, then the packets: accept in=eth0 proto=tcp dport=22");
	if (!word)
		return unknown_word(words, span, value.name);
	is_given = given(word, set);
	if (is_given && *is_given)
		return wrong(&value, "the line says this twice",
			     "several values of one word are parted by commas: dport=22,80");
	if (is_given)
		*is_given = true;
	else if (is_exception)
		return wrong(&value, "what is taken out has no mark",
			     "make a line of its own of it");
	if (word->variable >= 0)
		set->at[word->variable] = span;
	value.text = equals + 1;
	value.span.start = span.start + (uint32_t)(equals + 1 - text);
	if (word->variable >= 0)
		value.variable = (uint32_t)word->variable;
	if (!strcmp(value.text, "any") && is_given)
		return true;
	return read_list(word, &value);
}

/* ---- what follows ---- */

/* Are all protocols of the set among those of the N ranges?  If none is given, it has these. */
static bool needs_protocol(const struct words *words, struct packet_set *set, uint32_t variable,
			   const struct range *ranges, uint32_t n, const char *which)
{
	struct values *protocols = &set->values[VAR_PROTOCOL];
	struct diag *diag;

	if (!set->values[variable].is_given)
		return true;
	if (!protocols->is_given) {
		protocols->is_given = true;
		protocols->ranges = arena_memdup(words->arena, ranges, n * sizeof(*ranges));
		protocols->n = n;
		return true;
	}
	for (uint32_t i = 0; i < protocols->n || !protocols->n; i++) {
		bool has = false;

		for (uint32_t j = 0; j < n && protocols->n; j++)
			has |= ranges[j].low == protocols->ranges[i].low;
		if (has)
			continue;
		diag = diag_add(words->diags, "expectation", set->at[variable],
				"'%.*s': not every protocol of proto= has this",
				(int)(set->at[variable].end - set->at[variable].start),
				words->source->bytes + set->at[variable].start);
		diag_hint(words->diags, diag, "%s", which);
		return false;
	}
	return true;
}

bool packet_set_finish(const struct words *words, struct packet_set *set)
{
	static const struct range with_ports[] = {
		{ 6, 6 }, { 17, 17 }, { 33, 33 }, { 132, 132 }, { 136, 136 }
	};
	static const struct range tcp[] = { { 6, 6 } };
	static const struct range icmp[] = { { 1, 1 }, { 58, 58 } };

	set->is_any_icmp = set->values[VAR_ICMP].is_given && !set->values[VAR_PROTOCOL].is_given;
	return needs_protocol(words, set, VAR_SPORT, with_ports, 5,
			      "ports are those of tcp, udp, dccp, sctp and udplite") &&
	       needs_protocol(words, set, VAR_DPORT, with_ports, 5,
			      "ports are those of tcp, udp, dccp, sctp and udplite") &&
	       needs_protocol(words, set, VAR_FLAGS, tcp, 1, "say proto=tcp, or leave it out") &&
	       needs_protocol(words, set, VAR_ICMP, icmp, 2,
			      "say proto=icmp or proto=ipv6-icmp, or leave it out");
}

/* ---- regions ---- */

static const struct region *with_names(struct scratch *scratch, const struct space *space,
				       const struct region *region, uint32_t variable,
				       const struct names *names)
{
	struct range *ranges = scratch_alloc(scratch, (names->n + 1) * sizeof(*ranges));
	uint32_t n = 0;

	for (uint32_t i = 0; i < names->n; i++) {
		const struct set *set = interfaces_find(space_interfaces(space), names->list[i]);

		if (set)
			ranges[n++] = set->ranges[0];
	}
	if (!names->n)
		ranges[n++] =
			(struct range){ INTERFACE_OTHER, set_high(space_domain(space, variable)) };
	return region_with(scratch, region, variable, 0, set_of(scratch, ranges, n));
}

static const struct region *with_values(struct scratch *scratch, const struct region *region,
					uint32_t variable, const struct values *values)
{
	if (!values->n)
		return region;
	return region_with(scratch, region, variable, 0,
			   set_of(scratch, values->ranges, values->n));
}

static const struct region *with_value(struct scratch *scratch, const struct region *region,
				       uint32_t variable, wide value)
{
	return region_with(scratch, region, variable, 0, set_range(scratch, value, value));
}

/* What the words say, and no more. */
static const struct region *named(const struct packet_set *set, const struct space *space,
				  struct scratch *scratch)
{
	const struct region *region = &region_all;

	for (uint32_t variable = 0; variable < VAR_TOOL && region; variable++)
		region = with_values(scratch, region, variable, &set->values[variable]);
	if (region && set->is_any_icmp)
		region = with_value(scratch, region, VAR_PROTOCOL,
				    space_family(space) == FAMILY_IPV6 ? IPPROTO_ICMPV6
								       : IPPROTO_ICMP);
	if (region && set->in.is_given)
		region = with_names(scratch, space, region, VAR_IN, &set->in);
	if (region && set->out.is_given)
		region = with_names(scratch, space, region, VAR_OUT, &set->out);
	return region;
}

struct regions {
	const struct region **list;
	uint32_t n, capacity;
	struct scratch *scratch;
};

static void add_region(void *context, const struct region *region)
{
	struct regions *regions = context;

	if (regions->n == regions->capacity) {
		const struct region **old = regions->list;

		regions->capacity = regions->capacity ? regions->capacity * 2 : 16;
		regions->list =
			scratch_alloc(regions->scratch, regions->capacity * sizeof(*regions->list));
		if (regions->n)
			memcpy(regions->list, old, regions->n * sizeof(*old));
	}
	regions->list[regions->n++] = region;
}

static bool has_state(const struct packet_set *set, uint8_t atom)
{
	const struct values *states = &set->values[VAR_STATE];

	if (!states->is_given)
		return atom == CT_NEW;
	for (uint32_t i = 0; i < states->n; i++) {
		if (states->ranges[i].low == atom)
			return true;
	}
	return !states->n;
}

/* Of one state; those that are later fragments apart from those that are not. */
static void add_of_state(struct regions *regions, const struct packet_set *set,
			 const struct space *space, const struct region *region, uint8_t atom)
{
	const struct values *fragment = &set->values[VAR_FRAGMENT];
	const struct region *part = with_value(regions->scratch, region, VAR_STATE, atom);

	if (!set->in.is_given)
		part = with_value(regions->scratch, part, VAR_IN, INTERFACE_ABSENT);
	if (!set->out.is_given)
		part = with_value(regions->scratch, part, VAR_OUT, INTERFACE_ABSENT);
	if (!set->values[VAR_FLAGS].is_given)
		part = with_value(regions->scratch, part, VAR_FLAGS, packet_usual_flags(atom));
	for (wide later = 0; later <= 1; later++) {
		const struct region *one;

		if (fragment->is_given ? fragment->n && fragment->ranges[0].low != later : later)
			continue;
		one = with_value(regions->scratch, part, VAR_FRAGMENT, later);
		/* only what has no transport header in it is of no protocol */
		if (!later && set_high(space_domain(space, VAR_PROTOCOL)) == PROTOCOL_NONE)
			one = region_with(regions->scratch, one, VAR_PROTOCOL, 0,
					  set_range(regions->scratch, 0, 255));
		if (one)
			add_region(regions, one);
	}
}

const struct region **packet_set_regions(const struct packet_set *set,
					 const struct packet_set *exceptions, uint32_t n_exceptions,
					 struct space *space, struct scratch *scratch, uint32_t *n)
{
	static const uint8_t atoms[] = { CT_NEW, CT_RELATED, CT_ESTABLISHED, CT_UNTRACKED,
					 CT_INVALID };
	struct packet_set open = *set;
	struct regions now = { .scratch = scratch };
	const struct region *region;

	open.values[VAR_STATE].n = open.values[VAR_FRAGMENT].n = 0;
	region = named(&open, space, scratch);
	for (unsigned i = 0; i < sizeof(atoms) && region; i++) {
		if (has_state(set, atoms[i]))
			add_of_state(&now, set, space, region, atoms[i]);
	}
	for (uint32_t i = 0; i < n_exceptions; i++) {
		const struct region *without = named(&exceptions[i], space, scratch);
		struct regions left = { .scratch = scratch };

		for (uint32_t j = 0; j < now.n; j++)
			region_subtract(scratch, space, now.list[j], without, add_region, &left);
		now = left;
	}
	*n = now.n;
	return now.list;
}
