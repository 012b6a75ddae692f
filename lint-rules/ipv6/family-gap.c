/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what is open over IPv6 and denied over IPv4, where a file of each family stands beside
 * the other one: at the rules of the IPv6 file, or, if that is not checked, at INPUT of the
 * IPv4 one.
 */
#include <netinet/in.h>
#include <string.h>

#include "analyse/analysis.h"
#include "base/buf.h"
#include "lint/blocked.h"
#include "lint/rules.h"
#include "lint/sibling.h"

#define NAMED_MAX 6	 /* ranges that a message names */
#define MOST	  60000u /* of 131,072 ports: the rule is not about single ones */

/* Ports that are open over IPv6 and closed over IPv4. */
struct gaps {
	uint32_t n;
	struct port_range ranges[2 * PORT_RANGES_MAX]; /* LINE is that of the IPv6 file */
};

static void add(struct gaps *gaps, const struct port_range *v6, uint16_t low, uint16_t high)
{
	struct port_range *last = gaps->n ? &gaps->ranges[gaps->n - 1] : NULL;

	if (last && last->protocol == v6->protocol && last->line == v6->line &&
	    last->high + 1 == low) {
		last->high = high;
		return;
	}
	gaps->ranges[gaps->n] = *v6;
	gaps->ranges[gaps->n].low = low;
	gaps->ranges[gaps->n++].high = high;
}

/* Both are the ports of tcp and then of udp, in order. */
static void compare(struct gaps *gaps, const struct open_ports *v4, const struct open_ports *v6)
{
	uint32_t i = 0, j = 0;

	gaps->n = 0;
	while (i < v4->n && j < v6->n) {
		const struct port_range *a = &v4->ranges[i], *b = &v6->ranges[j];

		if (a->answer == PORT_CLOSED && b->answer == PORT_OPEN)
			add(gaps, b, a->low > b->low ? a->low : b->low,
			    a->high < b->high ? a->high : b->high);
		i += a->high <= b->high;
		j += b->high <= a->high;
	}
}

/* In words: those of one line, or (NULL) all; the number of ports. */
static uint32_t name_ports(struct buf *out, const struct gaps *gaps, const uint32_t *line)
{
	uint32_t n_ports = 0, n_ranges = 0;

	for (uint32_t i = 0; i < gaps->n; i++) {
		const struct port_range *gap = &gaps->ranges[i];

		if (line && gap->line != *line)
			continue;
		n_ports += gap->high - gap->low + 1u;
		if (++n_ranges > NAMED_MAX)
			continue;
		buf_printf(out, "%s%u", n_ranges > 1 ? ", " : "", gap->low);
		if (gap->high > gap->low)
			buf_printf(out, "-%u", gap->high);
		buf_add_string(out, gap->protocol == IPPROTO_TCP ? "/tcp" : "/udp");
	}
	if (n_ranges > NAMED_MAX)
		buf_printf(out, " and %u more", n_ranges - NAMED_MAX);
	return n_ports;
}

/* "port 22/tcp", "ports 22/tcp, 53/udp", "most ports"; from ARENA. */
static const char *words_for(struct arena *arena, const struct gaps *gaps, const uint32_t *line)
{
	struct buf names = BUF_INIT;
	uint32_t n_ports = name_ports(&names, gaps, line);
	const char *words = n_ports > MOST
				    ? "most ports"
				    : arena_printf(arena, "port%s %s", n_ports > 1 ? "s" : "",
						   buf_string(&names));

	buf_free(&names);
	return words;
}

/* ---- findings ---- */

static const struct chain *input_of(const struct unit *unit)
{
	const struct reach *filter = analysis_reach(unit->analysis, TABLE_FILTER);

	return filter ? table_hook_chain(reach_flow(filter)->table, HOOK_INPUT) : NULL;
}

static struct span input_span(const struct unit *unit)
{
	const struct chain *input = input_of(unit);

	return input && input->declared ? input->declared->span : source_line_span(unit->source, 1);
}

static struct diag *report(const struct unit *unit, struct diags *diags, struct span span,
			   const char *message)
{
	struct diag *diag = diag_say(diags, "family-gap", span, message);

	(void)unit;
	diag->table = table_name(TABLE_FILTER);
	diag_hint(diags, diag, "both files need the same rules for what is the same service");
	return diag;
}

static bool is_first_of_line(const struct gaps *gaps, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++) {
		if (gaps->ranges[j].line == gaps->ranges[i].line)
			return false;
	}
	return true;
}

static void report_here(const struct unit *unit, const struct gaps *gaps, struct diags *diags)
{
	const char *other = unit->options.sibling->name;

	for (uint32_t i = 0; i < gaps->n; i++) {
		uint32_t line = gaps->ranges[i].line;

		if (!is_first_of_line(gaps, i))
			continue;
		report(unit, diags, line ? source_line_span(unit->source, line) : input_span(unit),
		       arena_printf(diags->arena,
				    "anybody can reach %s over IPv6, but nobody over IPv4: '%s' "
				    "denies it",
				    words_for(diags->arena, gaps, &line), other));
	}
}

static void report_there(const struct unit *unit, const struct gaps *gaps, struct diags *diags)
{
	const char *other = unit->options.sibling->name;

	if (gaps->n)
		report(unit, diags, input_span(unit),
		       arena_printf(diags->arena,
				    "'%s' lets anybody reach %s over IPv6, which is denied here",
				    other, words_for(diags->arena, gaps, NULL)));
}

/* A file for IPv4 that denies something, and none for IPv6. */
static void report_missing(const struct unit *unit, const struct open_ports *own,
			   struct diags *diags)
{
	bool denies = false;

	for (uint32_t i = 0; own->is_known && i < own->n; i++)
		denies |= own->ranges[i].answer == PORT_CLOSED;
	if (!denies)
		return;
	diag_add(diags, "family-gap", input_span(unit),
		 "there is no '%s' beside this file: nothing of this is denied over IPv6",
		 unit->options.sibling->name)
		->level = LEVEL_INFO;
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct sibling *sibling = unit->options.sibling;
	struct open_ports *own;
	struct gaps *gaps;

	if (!sibling || (unit->family == FAMILY_IPV4 && sibling->is_checked) ||
	    (sibling->is_there && !sibling->ports.is_known))
		return;
	own = arena_new_object(unit->arena, struct open_ports);
	open_ports_find(own, unit);
	if (!sibling->is_there) {
		if (unit->family == FAMILY_IPV4)
			report_missing(unit, own, diags);
		return;
	}
	if (!own->is_known)
		return;
	gaps = arena_new_object(unit->arena, struct gaps);
	if (unit->family == FAMILY_IPV6) {
		compare(gaps, &sibling->ports, own);
		report_here(unit, gaps, diags);
	} else {
		compare(gaps, own, &sibling->ports);
		report_there(unit, gaps, diags);
	}
}

const struct lint_rule lint_family_gap = {
	.name = "family-gap",
	.group = "ipv6",
	.summary = "the IPv6 file lets in what the IPv4 file beside it denies",
	.level = LEVEL_WARNING,
	.check = check,
};
