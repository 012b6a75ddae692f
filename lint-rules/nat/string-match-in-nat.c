/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports matches in nat that look for data which the first packet of a tcp connection has
 * not got.
 */
#include "lint/content.h"
#include "lint/rules.h"

static void report(void *context, const struct content *content)
{
	struct diags *diags = context;
	struct diag *diag;

	if (content->at->table != TABLE_NAT || !content->some_tcp)
		return;
	diag = interest_diag(
		diags, "string-match-in-nat", content->at,
		content->all_tcp ? LEVEL_WARNING : LEVEL_INFO,
		arena_printf(
			diags->arena,
			"'-m %s' sees no payload%s: table nat is asked for the first packet of "
			"a connection only, %s",
			content->match->name, content->all_tcp ? "" : " of tcp here",
			content->all_tcp ? "which for tcp is the SYN"
					 : "and that of tcp is the SYN"));
	diag_need_extra(diags->arena, diag)->witness = content->sample;
	diag_hint(diags, diag,
		  "translate by address and port; what is in the packets can be looked at in "
		  "filter or mangle, or by a proxy");
}

static void check(const struct unit *unit, struct diags *diags)
{
	content_each(unit, report, diags);
}

const struct lint_rule lint_string_match_in_nat = {
	.name = "string-match-in-nat",
	.group = "nat",
	.summary = "a rule of nat looks for data in tcp packets that have none",
	.level = LEVEL_WARNING,
	.check = check,
};
