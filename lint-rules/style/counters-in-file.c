/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports counters that were saved with the rules: one finding for the file.
 *
 * The fix is no safe one: iptables-restore -c reads what it takes away.
 */
#include <string.h>

#include "lint/rules.h"

static bool has_counted(const struct counters *counters)
{
	return counters && (counters->packets || counters->bytes);
}

static bool has_counters(const struct statement *line)
{
	const struct command *command = (const struct command *)line;

	if (line->kind == STATEMENT_CHAIN)
		return has_counted(((const struct chain_statement *)line)->counters);
	/* what -c says is always loaded: it is meant so */
	return line->kind == STATEMENT_COMMAND && command->n_rules &&
	       !command->rules[0].counters_from_option && has_counted(command->rules[0].counters);
}

/* "[5:600] -A INPUT" loses its counters, ":INPUT DROP [5:600]" gets zeros. */
static void offer_fix(const struct unit *unit, struct diags *diags, struct diag *diag,
		      const struct statement *line)
{
	const char *start = unit->source->bytes + line->span.start;
	const char *end = unit->source->bytes + line->span.end;
	const char *open = line->kind == STATEMENT_CHAIN
				   ? memrchr(start, '[', (size_t)(end - start))
				   : memchr(start, '[', (size_t)(end - start));
	const char *close = open ? memchr(open, ']', (size_t)(end - open)) : NULL;
	struct span span;

	if (!close)
		return;
	close++;
	while (line->kind == STATEMENT_COMMAND && close < end && (*close == ' ' || *close == '\t'))
		close++;
	span.start = (uint32_t)(open - unit->source->bytes);
	span.end = (uint32_t)(close - unit->source->bytes);
	diag_edit(diags, diag, span, line->kind == STATEMENT_CHAIN ? "[0:0]" : "");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct diag *diag = NULL;
	unsigned n = 0;

	if (unit->is_script)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		if (!has_counters(each))
			continue;
		if (!n++)
			diag = diag_say(diags, "counters-in-file", each->span, "");
		offer_fix(unit, diags, diag, each);
	}
	if (!diag)
		return;
	diag->message = arena_printf(diags->arena,
				     "%u line%s of this file %s counters of packets "
				     "and bytes: each save changes them",
				     n, n == 1 ? "" : "s", n == 1 ? "has" : "have");
	diag_hint(diags, diag, "save without -c; iptlint compile prints zeros");
}

const struct lint_rule lint_counters_in_file = {
	.name = "counters-in-file",
	.group = "style",
	.summary = "counters of packets and bytes that were saved with the rules",
	.level = LEVEL_INFO,
	.fixable = true,
	.check = check,
};
