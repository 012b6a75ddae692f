/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports, once for a file, what a string match does not do.
 */
#include <string.h>

#include "lint/content.h"
#include "lint/rules.h"

struct count {
	struct content first;
	unsigned n;
	unsigned n_case;   /* where upper and lower case are not the same, and letters are sought */
	unsigned n_before; /* that stand before cheaper matches */
};

static bool has_letters(const char *pattern)
{
	for (const char *c = pattern; *c; c++) {
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
			return true;
	}
	return false;
}

static void count(void *context, const struct content *content)
{
	struct count *count = context;
	const struct match *after = content->match->next;

	if (!content->is_string || content->at->table == TABLE_NAT)
		return;
	if (!count->n++)
		count->first = *content;
	count->n_case += content->pattern && !content->icase && has_letters(content->pattern);
	while (after && !strcmp(after->real_name, "comment"))
		after = after->next;
	count->n_before += after && strcmp(after->real_name, "string") != 0;
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct count all = { .n = 0 };
	struct diag *diag;

	content_each(unit, count, &all);
	if (!all.n)
		return;
	diag = interest_diag(
		diags, "string-match-caveats", all.first.at, LEVEL_INFO,
		arena_printf(diags->arena,
			     "a string match looks at each packet by itself: text that two packets "
			     "share is not found (%u such match%s here)",
			     all.n, all.n == 1 ? "" : "es"));
	if (all.n_case)
		diag_hint(diags, diag, "upper and lower case count: --icase takes both");
	else if (all.n_before)
		diag_hint(diags, diag,
			  "matches are asked in order: put the string match behind cheaper ones");
}

const struct lint_rule lint_string_match_caveats = {
	.name = "string-match-caveats",
	.group = "state",
	.summary = "what a string match does not see",
	.level = LEVEL_INFO,
	.check = check,
};
