/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registry, the selection of lint rules, and the levels of what is reported.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <signal.h>

#include "lint/lint.h"
#include "unit_by_hand.h"

Test(lint, names_are_well_formed_and_sorted)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		const struct lint_rule *rule = lint_rules[i];

		cr_assert(strchr(rule->name, '-'), "%s has no hyphen", rule->name);
		for (const char *c = rule->name; *c; c++)
			cr_assert(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-',
				  "%s", rule->name);
		cr_assert(lint_has_group(rule->group));
		cr_assert(islower((unsigned char)rule->summary[0]) || rule->summary[0] == '-', "%s",
			  rule->summary);
		cr_assert_neq(rule->summary[strlen(rule->summary) - 1], '.');
		cr_assert_neq(rule->level, LEVEL_DEFAULT, "%s", rule->name);
		cr_assert_eq(lint_find(rule->name), rule);
		if (i) {
			int order = strcmp(lint_rules[i - 1]->group, rule->group);

			cr_assert_leq(order, 0, "%s", rule->name);
			if (order == 0)
				cr_assert_lt(strcmp(lint_rules[i - 1]->name, rule->name), 0);
		}
	}
	cr_assert_null(lint_find("no-such"));
	cr_assert_not(lint_has_group("no-such"));
}

Test(lint, every_rule_has_its_document)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		const char *text = lint_document(lint_rules[i]);
		size_t len = strlen(lint_rules[i]->name);

		cr_assert(!strncmp(text, "# ", 2) && !strncmp(text + 2, lint_rules[i]->name, len) &&
				  text[2 + len] == '\n',
			  "%s", lint_rules[i]->name);
		cr_assert(strstr(text, "\nBad:\n"), "%s", lint_rules[i]->name);
		cr_assert(strstr(text, "\nGood:\n"), "%s", lint_rules[i]->name);
	}
}

Test(lint, suggestions)
{
	cr_assert_str_eq(lint_suggest("shadowd-rule"), "shadowed-rule");
	cr_assert_str_eq(lint_suggest("polcy"), "policy");
	cr_assert_null(lint_suggest("nothing-like-it-at-all"));
}

/* Names of all records that are left, with blanks between. */
static const char *names_left(struct unit *unit)
{
	static char text[500];

	text[0] = '\0';
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		strcat(text, diag->rule);
		if (diag->next)
			strcat(text, " ");
	}
	return text;
}

static struct unit *three_findings(void)
{
	struct unit *unit = unit_by_hand("*filter\n-A X\n-A Y\n-A Z\n");

	diag_add(&unit->diags, "shadowed-rule", line_of(unit, 4), "c");
	diag_add(&unit->diags, "octal-address", line_of(unit, 3), "b");
	diag_refuse(&unit->diags, "syntax-error", BACKEND_BOTH, line_of(unit, 2), "a");
	unit->refused_by = BACKEND_BOTH;
	return unit;
}

/* What is left after "--select A --select B --ignore C --ignore D"; each may be NULL. */
static void selects(const char *a, const char *b, const char *c, const char *d,
		    const char *expected)
{
	struct unit *unit = three_findings();
	struct lint_selection *selection = lint_selection_new(unit->arena);

	cr_assert(!a || lint_select(selection, a));
	cr_assert(!b || lint_select(selection, b));
	cr_assert(!c || lint_ignore(selection, c));
	cr_assert(!d || lint_ignore(selection, d));
	lint_run(unit, selection);
	cr_assert_str_eq(names_left(unit), expected);
	cr_assert_eq(unit_loads(unit, BACKEND_LEGACY), LOADS_NO, "it does not load either way");
	arena_free(unit->arena);
}

Test(lint, selection)
{
	selects(NULL, NULL, NULL, NULL, "syntax-error octal-address shadowed-rule");
	selects("load", NULL, NULL, NULL, "syntax-error octal-address");
	selects("octal-address", "reach", NULL, NULL, "octal-address shadowed-rule");
	selects("all", NULL, "load", NULL, "shadowed-rule");
	selects(NULL, NULL, "load", "shadowed-rule", "");
	selects("syntax-error", NULL, "load", NULL, "syntax-error");
	selects("load", NULL, "syntax-error", NULL, "octal-address");
	selects("octal-address", NULL, "octal-address", NULL, "");
	selects(NULL, NULL, "all", NULL, "");
}

Test(lint, unknown_names_are_refused)
{
	struct arena *arena = arena_new();
	struct lint_selection *selection = lint_selection_new(arena);

	cr_assert_not(lint_select(selection, "no-such"));
	cr_assert_not(lint_ignore(selection, ""));
	cr_assert_not(lint_set_level(selection, "shadowed", LEVEL_INFO));
	arena_free(arena);
}

Test(lint, levels)
{
	struct unit *unit = three_findings();
	struct diag *diag = unit->diags.first;

	diag->level = LEVEL_ERROR; /* the check knows better than the registry */
	lint_run(unit, NULL);
	cr_assert_eq(unit->diags.first->level, LEVEL_ERROR);
	cr_assert_eq(unit->diags.first->next->level, LEVEL_WARNING);
	cr_assert_eq(diag->level, LEVEL_ERROR);
	arena_free(unit->arena);
}

Test(lint, levels_of_the_user)
{
	struct unit *unit = three_findings();
	struct lint_selection *selection = lint_selection_new(unit->arena);

	unit->diags.first->level = LEVEL_ERROR;
	lint_set_level(selection, "shadowed-rule", LEVEL_INFO);
	lint_set_level(selection, "octal-address", LEVEL_ERROR);
	lint_set_level(selection, "load", LEVEL_INFO); /* a name beats its group */
	lint_run(unit, selection);
	cr_assert_eq(unit->diags.first->level, LEVEL_INFO);
	cr_assert_eq(unit->diags.first->next->level, LEVEL_ERROR);
	cr_assert_eq(unit->diags.first->next->next->level, LEVEL_INFO);
	arena_free(unit->arena);
}

Test(lint, one_back_end_refuses)
{
	struct unit *unit = unit_by_hand("*filter\n-A X\n");
	struct diag *diag = diag_refuse(&unit->diags, "chain-conflict", BACKEND_NFT,
					line_of(unit, 2), "so it is");

	unit->refused_by = BACKEND_NFT;
	lint_run(unit, NULL);
	cr_assert_str_eq(diag->rule, "backend-difference");
	cr_assert_eq(diag->level, LEVEL_WARNING);
	cr_assert_str_eq(diag->message, "nft refuses this, legacy does not: so it is");
	cr_assert_eq(unit_loads(unit, BACKEND_LEGACY), LOADS_YES);
	cr_assert_eq(unit_loads(unit, BACKEND_NFT), LOADS_NO);
	arena_free(unit->arena);
}

Test(lint, the_only_back_end_refuses)
{
	struct unit *unit = unit_by_hand("*filter\n-A X\n");
	struct diag *diag = diag_refuse(&unit->diags, "backend-difference", BACKEND_NFT,
					line_of(unit, 2), "so it is");

	unit->options.tools.backends = BACKEND_NFT;
	unit->refused_by = BACKEND_NFT;
	lint_run(unit, NULL);
	cr_assert_eq(diag->level, LEVEL_ERROR, "a file that does not load is no mere warning");
	arena_free(unit->arena);
}

Test(lint, each_back_end_refuses_for_its_own_reason)
{
	struct unit *unit = unit_by_hand("*filter\n-A X\n");
	struct diag *a =
		diag_refuse(&unit->diags, "chain-conflict", BACKEND_NFT, line_of(unit, 2), "a");
	struct diag *b =
		diag_refuse(&unit->diags, "chain-conflict", BACKEND_LEGACY, line_of(unit, 2), "b");

	unit->refused_by = BACKEND_BOTH;
	lint_run(unit, NULL);
	cr_assert_eq(a->level, LEVEL_ERROR);
	cr_assert_eq(b->level, LEVEL_ERROR);
	arena_free(unit->arena);
}

Test(lint, a_template_says_nothing_else)
{
	struct unit *unit = three_findings();

	diag_add(&unit->diags, "template-text", line_of(unit, 1), "it is one");
	unit->is_template = true;
	lint_run(unit, NULL);
	cr_assert_str_eq(names_left(unit), "template-text");
	arena_free(unit->arena);
}

Test(lint, a_name_that_nobody_knows_is_a_bug, .signal = SIGABRT)
{
	struct unit *unit = unit_by_hand("*filter\n");

	diag_add(&unit->diags, "made-up", line_of(unit, 1), "?");
	lint_run(unit, NULL);
}
