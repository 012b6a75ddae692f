/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports a file of which a part is loaded although the whole is refused: each
 * COMMIT takes effect when it is read, and the first refusal ends the reading.
 */
#include "base/buf.h"
#include "lint/rules.h"

/* Where the first of the selected back ends stops; NULL if all load the file. */
static const struct diag *first_refusal(const struct unit *unit)
{
	const struct diag *first = NULL;
	unsigned asked_for = unit->options.tools.backends;

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if ((diag->refuses & asked_for) != asked_for)
			continue;
		if (!first || diag->span.start < first->span.start)
			first = diag;
	}
	return first;
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct diag *refusal = first_refusal(unit);
	const struct table_statement *section = NULL;
	struct buf loaded = BUF_INIT;
	struct diag *diag;

	if (!refusal || unit->is_script)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		if (each->span.end >= refusal->span.start)
			break;
		if (each->kind == STATEMENT_TABLE)
			section = (const struct table_statement *)each;
		if (each->kind != STATEMENT_COMMIT || !section || section->table == TABLE_NONE)
			continue;
		buf_printf(&loaded, "%s'%s'", loaded.len ? ", " : "", table_name(section->table));
		section = NULL;
	}
	if (loaded.len) {
		diag = diag_add(diags, "partial-load", refusal->span,
				"the load stops here: what comes before it, %s, is in force, the "
				"rest is not",
				buf_string(&loaded));
		diag_hint(diags, diag, "check the whole file before it is loaded");
	}
	buf_free(&loaded);
}

const struct lint_rule lint_partial_load = {
	.name = "partial-load",
	.group = "load",
	.summary = "a file of which the first tables load and the rest does not",
	.level = LEVEL_INFO,
	.check = check,
};
