/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports string matches that only SYN packets come to, or only the first packets of tcp
 * connections.
 */
#include <string.h>

#include "lint/content.h"
#include "lint/rules.h"

static const char *message(const struct content *content)
{
	if (content->all_syn && content->inverted)
		return "this string match excludes nothing: only SYN packets come to it, which "
		       "have no payload";
	if (content->all_syn)
		return "this string match finds nothing: only SYN packets come to it, which have "
		       "no payload";
	return "this string match sees no payload: of a tcp connection only the SYN is NEW";
}

static void report(void *context, const struct content *content)
{
	struct diags *diags = context;
	struct diag *diag;

	/* long SYNs are looked for on purpose */
	if (content->at->table == TABLE_NAT || !strcmp(content->match->real_name, "length"))
		return;
	if (!content->all_syn && !(content->all_new && content->all_tcp))
		return;
	diag = interest_diag(diags, "string-match-on-syn", content->at,
			     content->all_syn && !content->inverted ? LEVEL_ERROR : LEVEL_WARNING,
			     content->is_string
				     ? message(content)
				     : arena_printf(diags->arena,
						    "'-m %s' sees no payload: only the first "
						    "packets of tcp connections come to it",
						    content->match->name));
	diag_need_extra(diags->arena, diag)->witness = content->sample;
	diag_hint(diags, diag,
		  content->all_syn ? "leave out --syn (or --tcp-flags)"
				   : "ask for the state ESTABLISHED");
}

static void check(const struct unit *unit, struct diags *diags)
{
	content_each(unit, report, diags);
}

const struct lint_rule lint_string_match_on_syn = {
	.name = "string-match-on-syn",
	.group = "state",
	.summary = "a string is looked for in packets that begin tcp connections",
	.level = LEVEL_ERROR,
	.check = check,
};
