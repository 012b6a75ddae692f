/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports names of accounts that become numbers when the file is loaded.  The binder
 * reports those that the files at hand do not have, as warnings or errors.
 */
#include <ctype.h>
#include <linux/netfilter/xt_owner.h>
#include <string.h>

#include "bind/names.h"
#include "lint/rules.h"

#define FIXED_IDS 100 /* below, ids are the same on all hosts of a distribution */

/* The name behind OPTION in the author's words, or NULL; in ARENA. */
static const char *name_behind(struct arena *arena, const char *words, const char *option)
{
	const char *at = strstr(words, option);

	if (!at)
		return NULL;
	at += strlen(option);
	return isdigit((unsigned char)*at) ? NULL : arena_strndup(arena, at, strcspn(at, " "));
}

static void report(const struct match *match, bool group, const char *name, struct diags *diags)
{
	struct diag *diag = diag_add(diags, "user-or-group-name", match->span,
				     "%s '%s' is looked up when the file is loaded: a host that "
				     "has none refuses the whole table",
				     group ? "group" : "user", name);

	diag_hint(diags, diag,
		  "write the number, or give the files of the host that loads it "
		  "with --%s FILE",
		  group ? "group" : "passwd");
}

static void check_match(const struct unit *unit, const struct match *match, struct diags *diags)
{
	struct xt_owner_match_info info;
	const char *name;

	if (!match->written || strcmp(match->real_name, "owner") ||
	    !match_data(match, &info, sizeof(info)))
		return;
	name = name_behind(unit->arena, match->written, "--uid-owner ");
	if (name && info.uid_min >= FIXED_IDS && !names_file(false))
		report(match, false, name, diags);
	name = name_behind(unit->arena, match->written, "--gid-owner ");
	if (name && info.gid_min >= FIXED_IDS && !names_file(true))
		report(match, true, name, diags);
}

static void check(const struct unit *unit, struct diags *diags)
{
	const char *table = NULL;

	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct command *command = (const struct command *)each;
		struct diag **last = diags->last;

		if (each->kind == STATEMENT_TABLE)
			table = table_name(((const struct table_statement *)each)->table);
		if (each->kind != STATEMENT_COMMAND || !command->n_rules)
			continue;
		for (const struct match *match = command->rules[0].matches; match;
		     match = match->next)
			check_match(unit, match, diags);
		for (struct diag *diag = *last; diag; diag = diag->next) {
			diag->table = table;
			diag->chain = command->chain;
		}
	}
}

const struct lint_rule lint_user_or_group_name = {
	.name = "user-or-group-name",
	.group = "names",
	.summary = "a user or group that is looked up when the file is loaded",
	.level = LEVEL_INFO, /* of what check() finds */
	.check = check,
};
