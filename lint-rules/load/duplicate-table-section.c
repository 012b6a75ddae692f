/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a second section of a table: both back ends load it without a word, and
 * flush the first one's rules and chains.
 */
#include "lint/rules.h"

static void check(const struct unit *unit, struct diags *diags)
{
	const struct statement *first[TABLE_COUNT] = { NULL };

	/* with --noflush nothing is flushed */
	if (!unit->repeats_table || unit->is_fragment)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct table_statement *section = (const struct table_statement *)each;
		struct diag *diag;

		if (each->kind != STATEMENT_TABLE || section->table == TABLE_NONE)
			continue;
		if (!first[section->table]) {
			first[section->table] = each;
			continue;
		}
		diag = diag_add(diags, "duplicate-table-section", each->span,
				"a second section of table '%s' throws away what the first one "
				"has loaded",
				table_name(section->table));
		diag->table = table_name(section->table);
		diag_related(diags, diag, first[section->table]->span, "the first section");
		diag_hint(diags, diag, "put all rules of the table into one section");
	}
}

const struct lint_rule lint_duplicate_table_section = {
	.name = "duplicate-table-section",
	.group = "load",
	.summary = "a second section of a table flushes what the first one has loaded",
	.level = LEVEL_ERROR,
	.check = check,
};
