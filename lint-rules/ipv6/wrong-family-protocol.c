/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules about the ICMP of the other family: protocol 1 in an IPv6 file, 58 in an IPv4
 * one.
 */
#include <ctype.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/sibling.h"

static bool is_word_end(const char *at, const char *end)
{
	return at >= end || isspace((unsigned char)*at);
}

/* Where the line says -p, the word behind it; start == end: not found. */
static struct span protocol_word(const struct unit *unit, struct span line)
{
	static const char *const options[] = { "-p", "--protocol", "--proto" };
	const char *bytes = unit->source->bytes;
	const char *end = bytes + line.end;

	for (const char *at = bytes + line.start; at < end; at++) {
		if (at > bytes + line.start && !isspace((unsigned char)at[-1]))
			continue;
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
			const char *from = at + strlen(options[i]), *to;

			if ((size_t)(end - at) <= strlen(options[i]) ||
			    strncmp(at, options[i], strlen(options[i])) != 0 ||
			    !is_word_end(from, end))
				continue;
			while (from < end && isspace((unsigned char)*from))
				from++;
			for (to = from; !is_word_end(to, end);)
				to++;
			return (struct span){ (uint32_t)(from - bytes), (uint32_t)(to - bytes) };
		}
	}
	return (struct span){ line.start, line.start };
}

/* The file for IPv4 that this one for IPv6 is a copy of, or NULL. */
static const char *copied_file(const struct unit *unit)
{
	const struct sibling *sibling = unit->options.sibling;

	return unit->family == FAMILY_IPV6 && sibling && sibling->is_there &&
			       sibling->text == sibling_text(unit->source)
		       ? sibling->name
		       : NULL;
}

/* Do the bytes of the span name the protocol? */
static bool says(const struct unit *unit, struct span span, const char *const *names)
{
	size_t len = span.end - span.start;

	for (; *names; names++) {
		if (strlen(*names) == len &&
		    !strncasecmp(unit->source->bytes + span.start, *names, len))
			return true;
	}
	return false;
}

static void report(const struct unit *unit, const struct table *table, const struct chain *chain,
		   const struct rule *rule, const char *copied, struct diags *diags)
{
	static const char *const icmp[] = { "icmp", "1", NULL };
	static const char *const icmpv6[] = { "icmpv6", "ipv6-icmp", "icmp6", "58", NULL };
	bool v6 = unit->family == FAMILY_IPV6;
	bool inverted = rule->inverted & RULE_NOT_PROTOCOL;
	const char *other = v6 ? "ICMP of IPv4" : "ICMP of IPv6";
	const char *ours = v6 ? "ipv6-icmp" : "icmp";
	struct span word = protocol_word(unit, rule->origin->base.span);
	bool is_found = says(unit, word, v6 ? icmp : icmpv6);
	struct diag *diag =
		diag_add(diags, "wrong-family-protocol", is_found ? word : rule->origin->base.span,
			 inverted ? "'! -p' with the %s takes every packet: %s has a protocol of "
				    "its own"
				  : "no %s packet has this protocol: it is the %s",
			 inverted ? other : (v6 ? "IPv6" : "IPv4"),
			 inverted ? (v6 ? "IPv6" : "IPv4") : other);

	diag->table = table_name(table->id);
	diag->chain = chain->name;
	if (copied)
		diag_hint(diags, diag, "this file is a copy of '%s'; write -p %s", copied, ours);
	else
		diag_hint(diags, diag, "write -p %s", ours);
	if (is_found && !unit->is_script)
		diag_edit(diags, diag, word, ours);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct ruleset *ruleset = unit_ruleset(unit);
	unsigned wrong = unit->family == FAMILY_IPV6 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const struct command *last = NULL;
	const char *copied = copied_file(unit);

	for (unsigned id = 0; ruleset && id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++) {
			for_each_entry (entry, table->chains[i]) {
				const struct rule *rule = entry->rule;

				/* a list of addresses makes several rules of one line */
				if (rule->protocol == wrong && !rule->unbound &&
				    rule->origin != last) {
					report(unit, table, table->chains[i], rule, copied, diags);
					last = rule->origin;
				}
			}
		}
	}
}

const struct lint_rule lint_wrong_family_protocol = {
	.name = "wrong-family-protocol",
	.group = "ipv6",
	.summary = "-p icmp in an IPv6 file, or -p ipv6-icmp in an IPv4 one",
	.level = LEVEL_WARNING,
	.fixable = true,
	.check = check,
};
