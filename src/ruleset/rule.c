/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules compared as -D compares them, and access to the kernel's structures.
 */
#include "ruleset/rule.h"

#include <string.h>

/* ---- addresses ---- */

/* Filled in when it is first asked for: always with the same. */
static union address masks[2][129];

const union address *mask_of_length(enum family family, unsigned bits)
{
	union address *mask = &masks[family == FAMILY_IPV6][bits];
	unsigned char *bytes = (unsigned char *)mask;

	if (!bits || bytes[0])
		return mask;
	memset(bytes, 0xff, bits / 8);
	if (bits % 8)
		bytes[bits / 8] = (unsigned char)(0xff << (8 - bits % 8));
	return mask;
}

static bool same_mask(const union address *a, const union address *b)
{
	return a == b || memcmp(a, b, sizeof(*a)) == 0;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	if (!a->mask || !b->mask)
		return a->mask == b->mask && strcmp(a->host, b->host) == 0;
	return memcmp(&a->address, &b->address, sizeof(a->address)) == 0 &&
	       same_mask(a->mask, b->mask);
}

static bool is_everything(const struct prefix *prefix)
{
	static const union address zero;

	return !prefix || (prefix->mask && same_mask(prefix->mask, &zero));
}

static bool same_prefix(const struct prefix *a, const struct prefix *b)
{
	if (is_everything(a) || is_everything(b))
		return is_everything(a) && is_everything(b);
	return prefix_equal(a, b);
}

/* ---- the rest of a rule ---- */

bool counters_equal(const struct counters *a, const struct counters *b)
{
	static const struct counters zero;

	a = a ? a : &zero;
	b = b ? b : &zero;
	return a->packets == b->packets && a->bytes == b->bytes;
}

/* "+" is loaded as no interface at all. */
static const char *interface_name(const char *name)
{
	return name && strcmp(name, "+") == 0 ? NULL : name;
}

/* The first SIZE bytes of two structures whose trailing zeros were cut. */
static bool same_bytes(const unsigned char *a, uint32_t a_len, const unsigned char *b,
		       uint32_t b_len, uint32_t size)
{
	uint32_t common;

	if (a_len > size)
		a_len = size;
	if (b_len > size)
		b_len = size;
	common = a_len < b_len ? a_len : b_len;
	if (common && memcmp(a, b, common) != 0)
		return false;
	for (; common < a_len; common++)
		if (a[common])
			return false;
	for (; common < b_len; common++)
		if (b[common])
			return false;
	return true;
}

static bool same_match(const struct match *a, const struct match *b)
{
	return a->revision == b->revision && strcmp(a->real_name, b->real_name) == 0 &&
	       a->data_size == b->data_size &&
	       same_bytes(a->data, a->data_len, b->data, b->data_len, a->compare_size);
}

static bool same_matches(const struct match *a, const struct match *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (!same_match(a, b))
			return false;
	return !a && !b;
}

bool target_equal(const struct target *a, const struct target *b)
{
	return a->revision == b->revision && strcmp(a->real_name, b->real_name) == 0 &&
	       a->data_size == b->data_size &&
	       same_bytes(a->data, a->data_len, b->data, b->data_len, a->compare_size);
}

static bool same_target(const struct rule *a, const struct rule *b)
{
	if (a->target_kind != b->target_kind)
		return false;
	switch ((enum target_kind)a->target_kind) {
	case TARGET_NONE:
		return true;
	case TARGET_VERDICT:
		return a->verdict == b->verdict;
	case TARGET_JUMP:
	case TARGET_GOTO:
		return a->to.chain == b->to.chain;
	case TARGET_EXTENSION:
		return target_equal(a->to.extension, b->to.extension);
	}
	return false;
}

bool rule_equal(const struct rule *a, const struct rule *b)
{
	return a->protocol == b->protocol && a->inverted == b->inverted &&
	       a->fragment == b->fragment && interface_name(a->in) == interface_name(b->in) &&
	       interface_name(a->out) == interface_name(b->out) && same_prefix(a->src, b->src) &&
	       same_prefix(a->dst, b->dst) && same_target(a, b) &&
	       same_matches(a->matches, b->matches);
}

bool rule_matches_all(const struct rule *rule)
{
	return !rule->unbound && !rule->src && !rule->dst && !rule->in && !rule->out &&
	       !rule->matches && !rule->protocol && !rule->fragment && !rule->inverted;
}

const struct match *rule_find_match(const struct rule *rule, const char *real_name)
{
	const struct match *match = rule->matches;

	while (match && strcmp(match->real_name, real_name) != 0)
		match = match->next;
	return match;
}

bool rule_has_target(const struct rule *rule, const char *real_name)
{
	return !rule->unbound && rule->target_kind == TARGET_EXTENSION &&
	       !strcmp(rule->to.extension->real_name, real_name);
}

enum verdict rule_verdict(const struct rule *rule)
{
	if (rule_has_target(rule, "REJECT"))
		return VERDICT_DROP;
	if (!rule->unbound && rule->target_kind == TARGET_VERDICT &&
	    (rule->verdict == VERDICT_ACCEPT || rule->verdict == VERDICT_DROP))
		return (enum verdict)rule->verdict;
	return VERDICT_NONE;
}

static bool copy_data(const void *data, uint32_t len, uint32_t full, void *out, size_t size)
{
	size_t known = len < size ? len : size;

	if (full < size)
		return false;
	memset(out, 0, size);
	if (known)
		memcpy(out, data, known);
	return true;
}

bool match_data(const struct match *match, void *out, size_t size)
{
	return copy_data(match->data, match->data_len, match->data_size, out, size);
}

bool target_data(const struct target *target, void *out, size_t size)
{
	return copy_data(target->data, target->data_len, target->data_size, out, size);
}
