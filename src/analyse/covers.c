/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares two conditions test by test.  Each function here answers yes only if
 * every packet that passes B's test certainly passes A's.
 */
#include <string.h>

#include "analyse/condition.h"

#define ADDRESS_BYTES(family) ((family) == FAMILY_IPV6 ? 16 : 4)

/* Is every bit of A's mask in B's, with the same values?  Then B is inside A. */
static bool prefix_inside(const struct prefix *b, const struct prefix *a, unsigned bytes)
{
	const unsigned char *mask_a = (const unsigned char *)&a->mask;
	const unsigned char *mask_b = (const unsigned char *)&b->mask;
	const unsigned char *value_a = (const unsigned char *)&a->address;
	const unsigned char *value_b = (const unsigned char *)&b->address;

	for (unsigned i = 0; i < bytes; i++) {
		if ((mask_a[i] & ~mask_b[i]) || ((value_a[i] ^ value_b[i]) & mask_a[i]))
			return false;
	}
	return true;
}

static bool prefixes_apart(const struct prefix *a, const struct prefix *b, unsigned bytes)
{
	const unsigned char *mask_a = (const unsigned char *)&a->mask;
	const unsigned char *mask_b = (const unsigned char *)&b->mask;
	const unsigned char *value_a = (const unsigned char *)&a->address;
	const unsigned char *value_b = (const unsigned char *)&b->address;

	for (unsigned i = 0; i < bytes; i++) {
		if ((value_a[i] ^ value_b[i]) & mask_a[i] & mask_b[i])
			return true;
	}
	return false;
}

static bool prefix_is_any(const struct prefix *prefix, bool inverted, unsigned bytes)
{
	static const union address nothing;

	return !prefix || (!inverted && !prefix->host && !memcmp(&prefix->mask, &nothing, bytes));
}

static bool addresses_cover(const struct prefix *a, bool not_a, const struct prefix *b, bool not_b,
			    unsigned bytes)
{
	if (prefix_is_any(a, not_a, bytes))
		return true;
	if (!b || a->host || b->host)
		return false;
	if (not_a && not_b)
		return prefix_inside(a, b, bytes);
	if (not_a)
		return prefixes_apart(a, b, bytes);
	return !not_b && prefix_inside(b, a, bytes);
}

/* Names that the pattern "eth0" or "eth+" stands for. */
static bool interface_inside(const char *b, const char *a)
{
	size_t len = strlen(a);

	if (a[len - 1] == '+')
		return !strncmp(a, b, len - 1);
	return !strcmp(a, b);
}

static bool interfaces_apart(const char *a, const char *b)
{
	return !interface_inside(a, b) && !interface_inside(b, a);
}

static bool interface_is_any(const char *name)
{
	return !name || !name[0] || !strcmp(name, "+");
}

static bool interfaces_cover(const char *a, bool not_a, const char *b, bool not_b)
{
	if (interface_is_any(a))
		return !not_a;
	if (interface_is_any(b))
		return false;
	if (not_a && not_b)
		return interface_inside(a, b);
	if (not_a)
		return interfaces_apart(a, b);
	return !not_b && interface_inside(b, a);
}

static bool protocols_cover(const struct rule *a, const struct rule *b)
{
	bool not_a = a->inverted & RULE_NOT_PROTOCOL, not_b = b->inverted & RULE_NOT_PROTOCOL;

	if (!a->protocol)
		return true;
	if (!b->protocol)
		return false;
	if (not_a && !not_b)
		return a->protocol != b->protocol;
	return not_a == not_b && a->protocol == b->protocol;
}

/* Whether a packet may be, or has to be, a later fragment. */
static bool fragments_cover(const struct condition *a, const struct condition *b)
{
	bool b_not_later = b->rule->fragment && (b->rule->inverted & RULE_NOT_FRAGMENT);
	bool b_later = b->rule->fragment && !(b->rule->inverted & RULE_NOT_FRAGMENT);

	if (a->rule->fragment) {
		if (a->rule->inverted & RULE_NOT_FRAGMENT) {
			if (!b_not_later && !b->transport)
				return false;
		} else if (!b_later) {
			return false;
		}
	}
	if (a->transport && !b->transport)
		return false;
	return !a->bare || b->transport || b->bare || b_not_later;
}

static bool flags_cover(const struct condition *a, const struct condition *b)
{
	if (!a->has_flags)
		return true;
	for (unsigned i = 0; i < 4; i++) {
		uint64_t allowed = b->has_flags ? b->flags[i] : UINT64_MAX;

		if (allowed & ~a->flags[i])
			return false;
	}
	return true;
}

static bool icmp_inside(const struct icmp_test *b, const struct icmp_test *a)
{
	return a->any || (!b->any && a->type == b->type && a->low <= b->low && a->high >= b->high);
}

static bool icmp_apart(const struct icmp_test *a, const struct icmp_test *b)
{
	return !a->any && !b->any && (a->type != b->type || a->high < b->low || b->high < a->low);
}

static bool icmp_covers(const struct icmp_test *a, const struct icmp_test *b)
{
	if (!a->given)
		return true;
	if (!b->given)
		return false;
	if (a->inverted && b->inverted)
		return icmp_inside(a, b);
	if (a->inverted)
		return icmp_apart(a, b);
	if (b->inverted)
		return a->any;
	return icmp_inside(b, a);
}

static bool options_cover(const struct condition *a, const struct condition *b)
{
	return !a->tcp_option ||
	       (a->tcp_option == b->tcp_option && a->tcp_option_inverted == b->tcp_option_inverted);
}

bool literal_equal(const struct match *a, const struct match *b)
{
	size_t compared = a->data_len < a->compare_size ? a->data_len : a->compare_size;

	if (a == b)
		return true;
	return a->revision == b->revision && a->data_size == b->data_size &&
	       a->data_len == b->data_len && !strcmp(a->real_name, b->real_name) &&
	       !strcmp(a->text, b->text) && !memcmp(a->data, b->data, compared);
}

/* Each of A's is one of B's. */
static bool literals_cover(const struct condition *a, const struct condition *b)
{
	for (unsigned i = 0; i < a->n_literals; i++) {
		unsigned j = 0;

		while (j < b->n_literals && !literal_equal(a->literals[i], b->literals[j]))
			j++;
		if (j == b->n_literals)
			return false;
	}
	return true;
}

/* Is every port of INNER in OUTER?  The pieces of OUTER do not touch each other. */
static bool ports_within(const struct port_set *inner, const struct port_set *outer)
{
	unsigned j = 0;

	if (outer->any)
		return true;
	if (inner->any)
		return false;
	for (unsigned i = 0; i < inner->n; i++) {
		while (j < outer->n && outer->ranges[j].high < inner->ranges[i].low)
			j++;
		if (j == outer->n || outer->ranges[j].low > inner->ranges[i].low ||
		    outer->ranges[j].high < inner->ranges[i].high)
			return false;
	}
	return true;
}

bool condition_covers(const struct condition *a, const struct condition *b)
{
	const struct rule *x = a->rule, *y = b->rule;
	unsigned bytes = ADDRESS_BYTES(a->family);

	if (!a->exact || a->silent || b->silent)
		return false;
	return addresses_cover(x->src, x->inverted & RULE_NOT_SRC, y->src,
			       y->inverted & RULE_NOT_SRC, bytes) &&
	       addresses_cover(x->dst, x->inverted & RULE_NOT_DST, y->dst,
			       y->inverted & RULE_NOT_DST, bytes) &&
	       protocols_cover(x, y) &&
	       interfaces_cover(x->in, x->inverted & RULE_NOT_IN, y->in,
				y->inverted & RULE_NOT_IN) &&
	       interfaces_cover(x->out, x->inverted & RULE_NOT_OUT, y->out,
				y->inverted & RULE_NOT_OUT) &&
	       fragments_cover(a, b) && ports_within(&b->sport, &a->sport) &&
	       ports_within(&b->dport, &a->dport) && flags_cover(a, b) && options_cover(a, b) &&
	       icmp_covers(&a->icmp, &b->icmp) && !(b->states & ~a->states) && literals_cover(a, b);
}

bool condition_is_everything(const struct condition *c)
{
	const struct rule *rule = c->rule;
	unsigned bytes = ADDRESS_BYTES(c->family);

	return c->exact && !c->silent && !c->empty && !c->transport && !c->bare &&
	       prefix_is_any(rule->src, rule->inverted & RULE_NOT_SRC, bytes) &&
	       prefix_is_any(rule->dst, rule->inverted & RULE_NOT_DST, bytes) &&
	       interface_is_any(rule->in) && interface_is_any(rule->out) && !rule->protocol &&
	       !rule->fragment && c->states == STATE_ANY && c->n_literals == 0;
}
