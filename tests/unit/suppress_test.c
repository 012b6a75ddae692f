/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suppressions: what they silence, what not, and what is said about them.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lint/lint.h"
#include "parse/fragment.h"
#include "unit_by_hand.h"

/* How many records of RULE there are in DIAGS. */
static unsigned count(const struct diags *diags, const char *rule)
{
	unsigned n = 0;

	for (const struct diag *diag = diags->first; diag; diag = diag->next)
		n += !strcmp(diag->rule, rule);
	return n;
}

static const struct diag *first(const struct diags *diags, const char *rule)
{
	for (const struct diag *diag = diags->first; diag; diag = diag->next) {
		if (!strcmp(diag->rule, rule))
			return diag;
	}
	return NULL;
}

/* A unit with one finding of glued-option on that line, after the lint stage. */
static struct unit *run(const char *text, uint32_t line)
{
	struct unit *unit = unit_by_hand(text);

	diag_add(&unit->diags, "glued-option", line_of(unit, line), "found");
	lint_run(unit, NULL);
	return unit;
}

static void expect(const char *text, uint32_t line, unsigned silenced, const char *also)
{
	struct unit *unit = run(text, line);

	cr_assert_eq(count(&unit->silenced, "glued-option"), silenced, "in:\n%s", text);
	cr_assert_eq(count(&unit->diags, "glued-option"), !silenced, "in:\n%s", text);
	cr_assert_eq(unit->diags.count, !silenced + (also != NULL), "in:\n%s", text);
	if (also)
		cr_assert_eq(count(&unit->diags, also), 1, "%s in:\n%s", also, text);
	arena_free(unit->arena);
}

Test(suppress, the_next_line)
{
	expect("*filter\n# iptlint: ignore[glued-option] -- why\n-A X\n", 3, 1, NULL);
	expect("*filter\n#iptlint:ignore[glued-option]\n-A X\n", 3, 1, NULL);
	expect("*filter\n#  iptlint: ignore[ glued-option ,syntax-error ] \n-A X\n", 3, 1,
	       "unused-suppression");
	expect("*filter\n# iptlint: ignore[load] -- the group\n-A X\n", 3, 1, NULL);
	expect("*filter\n# iptlint: ignore[all]\n-A X\n", 3, 1, NULL);
}

Test(suppress, blank_lines_and_comments_do_not_count)
{
	expect("*filter\n# iptlint: ignore[glued-option]\n\n# more\n\n-A X\n", 6, 1, NULL);
	expect("*filter\n# iptlint: ignore[syntax-error]\n# iptlint: ignore[glued-option]\n-A X\n",
	       4, 1, "unused-suppression");
}

Test(suppress, only_that_line)
{
	expect("*filter\n# iptlint: ignore[glued-option]\n-A X\n-A Y\n", 4, 0,
	       "unused-suppression");
	expect("*filter\n-A X\n# iptlint: ignore[glued-option]\n", 2, 0, "unused-suppression");
}

Test(suppress, only_that_name)
{
	expect("*filter\n# iptlint: ignore[octal-address]\n-A X\n", 3, 0, "unused-suppression");
	expect("*filter\n# iptlint: ignore[glued]\n-A X\n", 3, 0, "unknown-suppression");
}

Test(suppress, every_kind_of_line_can_carry_one)
{
	expect("# iptlint: ignore[glued-option]\n*filter\n", 2, 1, NULL);
	expect("*filter\n# iptlint: ignore[glued-option]\n:INPUT DROP\n", 3, 1, NULL);
	expect("*filter\n# iptlint: ignore[glued-option]\nCOMMIT\n", 3, 1, NULL);
}

Test(suppress, the_whole_file)
{
	expect("# iptlint: file-ignore[glued-option] -- imported\n*filter\n-A X\n-A Y\n", 4, 1,
	       NULL);
	expect("*filter\n# iptlint: file-ignore[glued-option]\n-A X\n", 3, 0,
	       "malformed-suppression");
}

Test(suppress, in_the_comment_of_a_rule)
{
	expect("*filter\n-A X -m comment --comment \"iptlint: ignore[glued-option] why\"\n", 2, 1,
	       NULL);
	expect("*filter\n-A X -m comment --comment \"a, iptlint: ignore[load]\"\n-A Y\n", 3, 0,
	       "unused-suppression");
	expect("*filter\n-A X -j LOG --log-prefix \"iptlint: x\"\n", 2, 0, NULL);
}

Test(suppress, malformed)
{
	static const char *const bad[] = { "ignore",	   "ignore glued-option",
					   "ignore[]",	   "ignore[glued-option",
					   "ignore[a,]",   "ignore[glued-option] no dashes",
					   "disable[all]", "" };
	char text[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "*filter\n# iptlint: %s\n-A X\n", bad[i]);
		expect(text, 3, 0, "malformed-suppression");
	}
}

Test(suppress, other_comments_are_no_suppressions)
{
	expect("*filter\n# see iptlint: ignore[glued-option]\n-A X\n", 3, 0, NULL);
	expect("*filter\n# iptlint: noflush\n-A X\n", 3, 0, NULL);
}

Test(suppress, keeps_the_reason)
{
	struct unit *unit =
		run("# iptlint: ignore[glued-option] --  vendor needs it \n*filter\n", 2);

	cr_assert_str_eq(diag_extra(first(&unit->silenced, "glued-option"))->suppressed,
			 "vendor needs it");
	arena_free(unit->arena);
	unit = run("# iptlint: ignore[glued-option]\n*filter\n", 2);
	cr_assert_str_eq(diag_extra(first(&unit->silenced, "glued-option"))->suppressed, "");
	arena_free(unit->arena);
}

Test(suppress, an_unused_one_can_be_taken_away)
{
	const char *text = "*filter\n# iptlint: ignore[octal-address]\n-A X\n";
	struct unit *unit = run(text, 3);
	const struct diag *diag = first(&unit->diags, "unused-suppression");

	cr_assert(diag && diag_extra(diag)->fix && diag_extra(diag)->fix_is_safe);
	cr_assert_eq(diag_extra(diag)->fix->span.start, 8);
	cr_assert_eq(text[diag_extra(diag)->fix->span.end - 1], '\n');
	cr_assert_str_eq(diag_extra(diag)->fix->text, "");
	arena_free(unit->arena);
}

Test(suppress, a_rule_that_did_not_run_is_not_unused)
{
	struct unit *unit = unit_by_hand("*filter\n# iptlint: ignore[octal-address]\n-A X\n");
	struct lint_selection *selection = lint_selection_new(unit->arena);

	cr_assert(lint_ignore(selection, "octal-address"));
	lint_run(unit, selection);
	cr_assert_eq(unit->diags.count, 0);
	arena_free(unit->arena);
}

Test(suppress, a_slip_gets_a_proposal)
{
	struct unit *unit = run("# iptlint: ignore[glued-options]\n*filter\n", 2);
	const struct diag *diag = first(&unit->diags, "unknown-suppression");

	cr_assert(diag && diag_extra(diag)->hint);
	cr_assert(strstr(diag_extra(diag)->hint, "'glued-option'"), "%s", diag_extra(diag)->hint);
	cr_assert_eq(diag->span.start, 18);
	cr_assert_eq(diag->span.end, 31);
	arena_free(unit->arena);
}

Test(suppress, many_lines)
{
	char text[200 * 60] = "*filter\n";
	struct unit *unit;
	size_t len = strlen(text);

	for (unsigned i = 0; i < 200; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"# iptlint: ignore[glued-option] -- %u\n-A X\n", i);
	unit = unit_by_hand(text);
	for (unsigned i = 0; i < 200; i++)
		diag_add(&unit->diags, "glued-option", line_of(unit, 3 + 2 * i), "%u", i);
	lint_run(unit, NULL);
	cr_assert_eq(unit->diags.count, 0);
	cr_assert_eq(unit->silenced.count, 200);
	for (const struct diag *diag = unit->silenced.first; diag; diag = diag->next)
		cr_assert_str_eq(diag_extra(diag)->suppressed, diag->message);
	arena_free(unit->arena);
}

Test(suppress, fragments)
{
	static const struct {
		const char *text;
		bool fragment;
	} cases[] = {
		{ "# iptlint: noflush\n*filter\n", true },
		{ "# other\n#iptlint: noflush -- ufw\n*filter\n", true },
		{ "*filter\nCOMMIT\n # iptlint: noflush\n", false },
		{ "*filter\nCOMMIT\n#\tiptlint:\tnoflush", true },
		{ "# iptlint: noflushing\n*filter\n", false },
		{ "# iptlint: ignore[all]\n*filter\n", false },
		{ "*filter\n-A X -m comment --comment \"see noflush\"\n", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit *unit = unit_by_hand(cases[i].text);

		cr_assert_eq(fragment_declared(unit->source), cases[i].fragment, "%s",
			     cases[i].text);
		arena_free(unit->arena);
	}
}
