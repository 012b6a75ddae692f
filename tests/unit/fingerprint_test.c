/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fingerprints: what changes them, what does not, and values that are in files of users.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "report/fingerprint.h"
#include "unit_by_hand.h"

static struct diag *find(struct unit *unit, uint32_t line, const char *chain)
{
	struct diag *diag = diag_add(&unit->diags, "shadowed-rule", line_of(unit, line), "found");

	diag->table = "filter";
	diag->chain = chain;
	return diag;
}

static uint64_t get(const struct unit *unit, const struct diag *diag, const char *path)
{
	struct fingerprints *all = fingerprints_new(unit->arena, unit, path);
	uint64_t value = fingerprint_get(all, diag);

	fingerprints_free(all);
	return value;
}

/* Of a finding in that line of that text. */
static uint64_t of_line(const char *text, uint32_t line)
{
	struct unit *unit = unit_by_hand(text);
	uint64_t value = get(unit, find(unit, line, "INPUT"), "rules.v4");

	arena_free(unit->arena);
	return value;
}

static uint64_t of_script(const char *text, uint32_t line)
{
	struct unit *unit = unit_by_hand(text);
	uint64_t value;

	unit->is_script = true;
	value = get(unit, find(unit, line, "INPUT"), "firewall.sh");
	arena_free(unit->arena);
	return value;
}

Test(fingerprint, values)
{
	char text[FINGERPRINT_TEXT];

	fingerprint_text(of_line("*filter\n-A INPUT -j DROP\n", 2), text);
	cr_expect_str_eq(text, "985d261a108a30e2");
	fingerprint_text(0xab, text);
	cr_expect_str_eq(text, "00000000000000ab");
}

Test(fingerprint, what_does_not_count)
{
	uint64_t value = of_line("-A INPUT -j DROP\n", 1);

	cr_expect_eq(of_line("*filter\n\n# a comment\n-A INPUT -j DROP\n", 4), value, "the place");
	cr_expect_eq(of_line("-A INPUT -j DROP\n-A INPUT -j DROP\n", 1), value, "what follows");
	cr_expect_eq(of_line(" -A  INPUT\t-j DROP \r\n", 1), value, "blanks");
	cr_expect_eq(of_line("[12:720] -A INPUT -j DROP\n", 1), value, "counters");
	cr_expect_eq(of_line(":INPUT DROP [0:0]\n", 1), of_line(":INPUT DROP [8:640]\n", 1),
		     "counters of a chain");
}

Test(fingerprint, what_counts)
{
	struct unit *unit = unit_by_hand("-A INPUT -j DROP\n");
	struct diag *diag = find(unit, 1, "INPUT");
	uint64_t value = get(unit, diag, "rules.v4");

	cr_expect_neq(get(unit, diag, "other.v4"), value, "the path");
	diag->rule = "duplicate-rule";
	cr_expect_neq(get(unit, diag, "rules.v4"), value, "the lint rule");
	diag->rule = "shadowed-rule";
	diag->table = "nat";
	cr_expect_neq(get(unit, diag, "rules.v4"), value, "the table");
	diag->table = "filter";
	diag->chain = "OUTPUT";
	cr_expect_neq(get(unit, diag, "rules.v4"), value, "the chain");
	diag->chain = "INPUT";
	unit->family = FAMILY_IPV6;
	cr_expect_neq(get(unit, diag, "rules.v4"), value, "the family");
	unit->family = FAMILY_IPV4;
	cr_expect_eq(get(unit, diag, "rules.v4"), value);
	cr_expect_neq(of_line("-A INPUT -j ACCEPT\n", 1), value, "the line");
	cr_expect_neq(of_line("-A IN PUT -j DROP\n", 1), value, "where words end");
	cr_expect_neq(of_line("[1:2 -A INPUT -j DROP\n", 1), value, "what is no counter");
	cr_expect_neq(of_line("[:] [1] -A INPUT -j DROP\n", 1), value, "what is no counter");
	arena_free(unit->arena);
}

/* Findings of one content are numbered as they stand in the file, whatever list they are in. */
Test(fingerprint, occurrences)
{
	struct unit *unit = unit_by_hand("-A X\n-A X\n-A X\n");
	struct diag *third = find(unit, 3, NULL), *first = find(unit, 1, NULL);
	struct diag *second = find(unit, 2, NULL);
	uint64_t values[] = { get(unit, first, "f"), get(unit, second, "f"),
			      get(unit, third, "f") };

	cr_expect_neq(values[0], values[1]);
	cr_expect_neq(values[1], values[2]);
	cr_expect_neq(values[0], values[2]);
	/* the first one is set aside, the third one silenced */
	diags_init(&unit->diags, unit->arena);
	second->next = first->next = third->next = NULL;
	unit->diags.first = second;
	unit->set_aside.first = first;
	unit->silenced.first = third;
	cr_expect_eq(get(unit, first, "f"), values[0]);
	cr_expect_eq(get(unit, second, "f"), values[1]);
	cr_expect_eq(get(unit, third, "f"), values[2]);
	arena_free(unit->arena);
}

/* Of a script, a finding is at its command, however that is broken into lines. */
Test(fingerprint, continued_commands)
{
	uint64_t value = of_script("iptables -A INPUT -j DROP\n", 1);

	cr_expect_eq(of_script("\tiptables -A INPUT \\\n\t\t-j DROP\n", 1), value);
	cr_expect_eq(of_script("\tiptables -A INPUT \\\n\t\t-j DROP\n", 2), value);
	cr_expect_neq(of_script("iptables -A INPUT \\\n\t-j ACCEPT\n", 1), value);
	cr_expect_neq(of_script("iptables -A INPUT\n-j DROP\n", 1), value);
}
