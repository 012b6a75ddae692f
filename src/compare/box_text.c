/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set is written as its ranges, or as those that it leaves out if these are fewer.
 */
#include "compare/box_text.h"

#include <arpa/inet.h>
#include <string.h>

#define ITEMS_SHOWN 12 /* of a list */

struct writer {
	struct buf *out;
	const struct space *space;
	uint32_t variable;
	bool is_first;
};

static void begin(struct writer *to)
{
	if (!to->is_first)
		buf_add_string(to->out, ",");
	to->is_first = false;
}

/* ---- addresses ---- */

static void add_address(struct writer *to, wide address)
{
	bool v6 = space_family(to->space) == FAMILY_IPV6;
	unsigned char bytes[16];
	char shown[INET6_ADDRSTRLEN];

	for (unsigned i = v6 ? 16 : 4; i-- > 0; address >>= 8)
		bytes[i] = (unsigned char)address;
	inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, shown, sizeof(shown));
	buf_add_string(to->out, shown);
}

/* The length of the prefix that the range is; -1: none. */
static int prefix_length(const struct writer *to, const struct range *range)
{
	int bits = space_family(to->space) == FAMILY_IPV6 ? 128 : 32;
	wide size = range->high - range->low; /* less one */
	int host = 0;

	if ((size & (size + 1)) || (range->low & size))
		return -1;
	for (; size; size >>= 1)
		host++;
	return bits - host;
}

static void add_addresses(struct writer *to, const struct range *range)
{
	int length = prefix_length(to, range);

	begin(to);
	add_address(to, range->low);
	if (length >= 0 && range->low != range->high) {
		buf_printf(to->out, "/%d", length);
	} else if (range->low != range->high) {
		buf_add_string(to->out, "-");
		add_address(to, range->high);
	}
}

/* ---- numbers ---- */

static void add_ports(struct writer *to, const struct range *range)
{
	begin(to);
	buf_printf(to->out, "%u", (unsigned)range->low);
	if (range->low != range->high)
		buf_printf(to->out, ":%u", (unsigned)range->high);
}

static void add_protocols(struct writer *to, const struct range *range)
{
	static const struct {
		unsigned number;
		const char *name;
	} names[] = { { 1, "icmp" },   { 2, "igmp" },	   { 6, "tcp" },
		      { 17, "udp" },   { 33, "dccp" },	   { 47, "gre" },
		      { 50, "esp" },   { 51, "ah" },	   { 58, "ipv6-icmp" },
		      { 132, "sctp" }, { 136, "udplite" }, { PROTOCOL_NONE, "none" } };

	begin(to);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (range->low == range->high && names[i].number == range->low) {
			buf_add_string(to->out, names[i].name);
			return;
		}
	}
	buf_printf(to->out, "%u", (unsigned)range->low);
	if (range->low != range->high)
		buf_printf(to->out, ":%u", (unsigned)range->high);
}

static void add_types(struct writer *to, const struct range *range)
{
	unsigned low = (unsigned)range->low, high = (unsigned)range->high;

	begin(to);
	if (low % 256 == 0 && high % 256 == 255) {
		buf_printf(to->out, "%u", low / 256);
		if (low / 256 != high / 256)
			buf_printf(to->out, ":%u", high / 256);
		return;
	}
	buf_printf(to->out, "%u/%u", low / 256, low % 256);
	if (low != high)
		buf_printf(to->out, ":%u/%u", high / 256, high % 256);
}

static void add_flag_bits(struct writer *to, unsigned bits)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	bool is_first = true;

	for (unsigned i = 0; i < 8; i++) {
		if (!(bits >> i & 1))
			continue;
		buf_printf(to->out, "%s%s", is_first ? "" : "+", names[i]);
		is_first = false;
	}
	if (is_first)
		buf_add_string(to->out, "none");
}

/* Is the set that of all bytes with these bits under this mask? */
static bool find_mask(const struct set *set, unsigned *mask, unsigned *value)
{
	unsigned all = 0xff, any = 0, n = 0, size = 1;

	for (unsigned i = 0; i < 256; i++) {
		if (!set_has(set, i))
			continue;
		all &= i;
		any |= i;
		n++;
	}
	*mask = ~(all ^ any) & 0xff;
	*value = all;
	for (unsigned i = 0; i < 8; i++)
		size <<= !(*mask >> i & 1);
	return n == size;
}

/* As the option has it, --tcp-flags MASK COMP: COMP/MASK. */
static bool add_flags(struct writer *to, const struct set *set, const struct set *others)
{
	unsigned mask, value;

	if (!find_mask(set, &mask, &value)) {
		if (!others || !find_mask(others, &mask, &value))
			return false;
		buf_add_string(to->out, "!");
	}
	add_flag_bits(to, value);
	buf_add_string(to->out, "/");
	add_flag_bits(to, mask);
	return true;
}

static void add_number(struct writer *to, const struct range *range)
{
	begin(to);
	buf_printf(to->out, "0x%02x", (unsigned)range->low);
	if (range->low != range->high)
		buf_printf(to->out, ":0x%02x", (unsigned)range->high);
}

/* ---- interfaces ---- */

/* Names that the pattern takes, and that are not in the set. */
static void add_exceptions(struct writer *to, const struct set *set, uint32_t number)
{
	const struct interfaces *interfaces = space_interfaces(to->space);
	const struct set *pattern, *own;

	interfaces_text(interfaces, number, &pattern);
	for (wide i = number + 1; i <= set_high(pattern); i++) {
		if (!set_has(set, i))
			buf_printf(to->out, "!%s", interfaces_text(interfaces, (uint32_t)i, &own));
	}
}

static void add_interfaces(struct writer *to, const struct set *set)
{
	const struct interfaces *interfaces = space_interfaces(to->space);
	uint32_t n = interfaces_count(interfaces);

	for (uint32_t i = 0; i < n; i++) {
		const struct set *own;
		const char *name = interfaces_text(interfaces, i, &own);

		if (!set_has(set, i))
			continue;
		begin(to);
		if (!name) {
			buf_add_string(to->out, i == INTERFACE_ABSENT ? "none" : "other");
			continue;
		}
		buf_add_string(to->out, name);
		if (set_low(own) == set_high(own))
			continue;
		add_exceptions(to, set, i);
		while (i + 1 < n && set_has(own, i + 1))
			i++; /* what the pattern takes is told */
	}
}

/* ---- the rest ---- */

static void add_states(struct writer *to, const struct set *set)
{
	static const struct {
		const char *name;
		unsigned first;
	} states[] = { { "NEW", CT_NEW },
		       { "RELATED", CT_RELATED },
		       { "ESTABLISHED", CT_ESTABLISHED } };
	static const char *const translated[] = { "[]", "[SNAT]", "[DNAT]", "[SNAT+DNAT]" };

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		unsigned n = 0;

		for (unsigned j = 0; j < 4; j++)
			n += set_has(set, states[i].first + j);
		for (unsigned j = 0; j < 4 && n; j++) {
			if (!set_has(set, states[i].first + j))
				continue;
			begin(to);
			buf_printf(to->out, "%s%s", states[i].name, n == 4 ? "" : translated[j]);
			if (n == 4)
				break;
		}
	}
	if (set_has(set, CT_INVALID)) {
		begin(to);
		buf_add_string(to->out, "INVALID");
	}
	if (set_has(set, CT_UNTRACKED)) {
		begin(to);
		buf_add_string(to->out, "UNTRACKED");
	}
}

static void add_answers(struct writer *to, const struct set *set)
{
	static const char *const names[] = { "no", "yes", "neither" };

	for (unsigned i = 0; i < 3; i++) {
		if (!set_has(set, i))
			continue;
		begin(to);
		buf_add_string(to->out, names[i]);
	}
}

typedef void add_range(struct writer *to, const struct range *range);

static void add_ranges(struct writer *to, const struct set *set, add_range *add)
{
	for (uint32_t i = 0; i < set->n; i++)
		add(to, &set->ranges[i]);
	if (set->mask) {
		buf_add_string(to->out, "&");
		add_address(to, set->value);
		buf_add_string(to->out, "/");
		add_address(to, set->mask);
	}
}

/* The ranges that SET leaves out of ALL, or NULL if it leaves nothing out, or is more than
 * ranges. */
static const struct set *left_out(struct scratch *scratch, const struct set *all,
				  const struct set *set)
{
	struct range *ranges =
		scratch_alloc(scratch, (all->n + 1) * (set->n + 1) * sizeof(*ranges));
	uint32_t n = 0;

	if (set->mask || all->mask)
		return NULL;
	for (uint32_t i = 0; i < all->n; i++) {
		wide next = all->ranges[i].low;
		bool is_over = false;

		for (uint32_t j = 0; j < set->n && !is_over; j++) {
			const struct range *range = &set->ranges[j];

			if (range->high < next || range->low > all->ranges[i].high)
				continue;
			if (range->low > next)
				ranges[n++] = (struct range){ next, range->low - 1 };
			is_over = range->high >= all->ranges[i].high;
			next = range->high + 1;
		}
		if (!is_over)
			ranges[n++] = (struct range){ next, all->ranges[i].high };
	}
	return n ? set_of(scratch, ranges, n) : NULL;
}

/* What a range of addresses costs to read. */
static unsigned cost_of(const struct writer *to, const struct set *set)
{
	unsigned cost = set->n;

	for (uint32_t i = 0; i < set->n && (to->variable == VAR_SRC || to->variable == VAR_DST);
	     i++)
		cost += prefix_length(to, &set->ranges[i]) < 0;
	return cost;
}

static add_range *writer_of(uint32_t variable)
{
	switch (variable) {
	case VAR_SRC:
	case VAR_DST:
		return add_addresses;
	case VAR_PROTOCOL:
		return add_protocols;
	case VAR_ICMP:
		return add_types;
	case VAR_FLAGS:
		return add_number;
	default:
		return add_ports;
	}
}

/* "!A,B" is all but these, "A!B,C" is A without these. */
static void add_value(struct writer *to, const struct set *set, const struct set *others)
{
	const struct range hull = { set_low(set), set_high(set) };
	struct scratch *scratch;

	switch (to->variable) {
	case VAR_FLAGS:
		if (add_flags(to, set, others))
			return;
		break;
	case VAR_IN:
	case VAR_OUT:
		if (others && set_has(set, INTERFACE_OTHER)) {
			buf_add_string(to->out, "!");
			set = others;
		}
		add_interfaces(to, set);
		return;
	case VAR_STATE:
		add_states(to, set);
		return;
	case VAR_FRAGMENT:
		buf_add_string(to->out, set_has(set, 1) ? "yes" : "no");
		return;
	case VAR_TOOL:
		buf_add_string(to->out, set_has(set, TOOL_NFT) ? "nft" : "legacy");
		return;
	default:
		break;
	}
	if (to->variable >= VAR_LITERAL) {
		add_answers(to, set);
		return;
	}
	if (others && cost_of(to, others) < cost_of(to, set)) {
		buf_add_string(to->out, "!");
		add_ranges(to, others, writer_of(to->variable));
		return;
	}
	scratch = scratch_new();
	others = left_out(scratch, set_range(scratch, hull.low, hull.high), set);
	if (others && cost_of(to, others) + 1 < cost_of(to, set)) {
		writer_of(to->variable)(to, &hull);
		buf_add_string(to->out, "!");
		to->is_first = true;
		set = others;
	}
	add_ranges(to, set, writer_of(to->variable));
	scratch_free(scratch);
}

static const char *name_of(struct buf *buf, const struct space *space, uint32_t variable)
{
	static const char *const names[VAR_LITERAL] = {
		[VAR_SRC] = "src",	  [VAR_DST] = "dst",	     [VAR_PROTOCOL] = "proto",
		[VAR_FRAGMENT] = "frag",  [VAR_SPORT] = "sport",     [VAR_DPORT] = "dport",
		[VAR_ICMP] = "icmp-type", [VAR_FLAGS] = "tcp-flags", [VAR_IN] = "in",
		[VAR_OUT] = "out",	  [VAR_STATE] = "state",     [VAR_TOOL] = "backend",
	};
	const char *text, *match;

	if (variable < VAR_LITERAL)
		return names[variable];
	text = space_literal_text(space, variable);
	match = strstr(text, " -m ");
	buf_printf(buf, "[%s]", match ? match + 1 : text);
	return buf_string(buf);
}

/* Only the first fragment of a packet has them. */
static bool asks_for_first_fragment(const struct region *box)
{
	for (uint32_t i = 0; i < box->n; i++) {
		uint32_t variable = box->constraints[i].variable;

		if (variable == VAR_SPORT || variable == VAR_DPORT || variable == VAR_ICMP ||
		    variable == VAR_FLAGS)
			return true;
	}
	return false;
}

struct words {
	const struct space *space;
	const struct region *box, *within;
	box_word *word;
	void *context;
	struct scratch *scratch;
};

static void give_word(const struct words *words, const struct constraint *each)
{
	const struct set *all = region_get(words->within, each->variable, each->version);
	struct buf name = BUF_INIT, value = BUF_INIT;
	struct writer to = { &value, words->space, each->variable, true };

	if (!all)
		all = space_domain(words->space, each->variable);
	if (set_contains(each->set, all) ||
	    (each->variable == VAR_FRAGMENT && !set_has(each->set, 1) &&
	     asks_for_first_fragment(words->box)))
		return;
	add_value(&to, each->set, left_out(words->scratch, all, each->set));
	words->word(words->context, name_of(&name, words->space, each->variable),
		    buf_string(&value));
	buf_free(&name);
	buf_free(&value);
}

static bool is_interface(uint32_t variable)
{
	return variable == VAR_IN || variable == VAR_OUT;
}

void box_words(const struct space *space, const struct region *box, const struct region *within,
	       box_word *word, void *context)
{
	const struct words words = { space, box, within, word, context, scratch_new() };

	for (int interfaces = 1; interfaces >= 0; interfaces--) {
		for (uint32_t i = 0; i < box->n; i++) {
			if (is_interface(box->constraints[i].variable) == (interfaces == 1))
				give_word(&words, &box->constraints[i]);
		}
	}
	scratch_free(words.scratch);
}

/* Long lists are for programs. */
static void add_word(void *context, const char *name, const char *value)
{
	struct buf *out = context;
	unsigned n = 0, more = 0;
	size_t len = strlen(value);

	for (size_t i = 0; value[i]; i++) {
		if (value[i] != ',')
			continue;
		if (++n == ITEMS_SHOWN)
			len = i;
		more += n >= ITEMS_SHOWN;
	}
	buf_printf(out, "%s%s=%.*s", out->len ? " " : "", name, (int)len, value);
	if (more)
		buf_printf(out, "(and %u more)", more);
}

void box_text(struct buf *out, const struct space *space, const struct region *box,
	      const struct region *within)
{
	struct buf words = BUF_INIT;

	box_words(space, box, within, add_word, &words);
	buf_add_string(out, words.len ? buf_string(&words) : "every packet");
	buf_free(&words);
}
