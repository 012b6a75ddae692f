/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports lists of -m recent that rules only fill, or only ask.
 */
#include <netinet/in.h> /* before what is of Linux */
#include <string.h>

#include <linux/netfilter/xt_recent.h>

#include "analyse/analysis.h"
#include "base/intern.h"
#include "base/map.h"
#include "lint/interest.h"
#include "lint/rules.h"

/* What all rules together do with one list. */
struct list {
	struct list *next;
	const char *name;
	const struct interest *first;
	bool is_filled;
	bool is_asked;
};

/* The lists in the order in which they are first named, and by their interned names. */
struct lists {
	struct arena *arena;
	struct intern *names;
	struct map by_name;
	struct list *first;
	struct list **end;
};

static struct list *find(struct lists *lists, const char *name, size_t len,
			 const struct interest *at)
{
	const char *key = intern_add(lists->names, name, len);
	struct list *list = map_get(&lists->by_name, key);

	if (list)
		return list;
	list = arena_new_object(lists->arena, struct list);
	list->name = key;
	list->first = at;
	*lists->end = list;
	lists->end = &list->next;
	map_set(&lists->by_name, key, list);
	return list;
}

/* False: what it does with which list is not known. */
static bool note(struct lists *lists, const struct interest *at, const struct match *match)
{
	struct xt_recent_mtinfo info;
	struct list *list;

	if (match->undecided || !match_data(match, &info, sizeof(info)))
		return false;
	list = find(lists, info.name, strnlen(info.name, XT_RECENT_NAME_LEN), at);
	if (info.check_set & XT_RECENT_SET)
		list->is_filled = true;
	if (info.check_set & (XT_RECENT_CHECK | XT_RECENT_UPDATE))
		list->is_asked = true;
	return true;
}

static void report(const struct list *list, struct diags *diags)
{
	struct diag *diag;

	/* Shorewall writes down its start under such a name, for a command of its own */
	if (list->is_filled == list->is_asked || list->name[0] == '%')
		return;
	diag = interest_diag(
		diags, "recent-one-way", list->first, LEVEL_WARNING,
		arena_printf(diags->arena,
			     list->is_filled
				     ? "rules write down addresses in the list '%s' of -m recent, "
				       "and none asks for them"
				     : "rules ask for addresses in the list '%s' of -m recent, and "
				       "none writes any down",
			     list->name));
	diag_hint(diags, diag,
		  list->is_filled
			  ? "ask by --rcheck or --update, or delete the rule"
			  : "write them down by --set, under the same name; a program may do "
			    "it in /proc/net/xt_recent");
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct lists lists = { .by_name = MAP_INIT };
	const struct interest *at;
	struct arena *arena;
	bool is_known = true;
	uint32_t i = 0, j = 0;

	/* rules that are not known may do the other half */
	if (unit->is_fragment || !interests_next(unit, &i, INTEREST_RECENT) ||
	    interests_next(unit, &j, INTEREST_UNBOUND))
		return;
	arena = lists.arena = arena_new();
	lists.names = intern_new(arena);
	lists.end = &lists.first;
	for (i = 0; (at = interests_next(unit, &i, INTEREST_RECENT)) && is_known;) {
		for (const struct match *match = at->rule->matches; match; match = match->next) {
			if (!strcmp(match->real_name, "recent"))
				is_known &= note(&lists, at, match);
		}
	}
	for (const struct list *list = is_known ? lists.first : NULL; list; list = list->next)
		report(list, diags);
	map_free(&lists.by_name);
	intern_free(lists.names);
	arena_free(arena);
}

const struct lint_rule lint_recent_one_way = {
	.name = "recent-one-way",
	.group = "state",
	.summary = "a list of -m recent that is only filled, or only asked",
	.level = LEVEL_WARNING,
	.check = check,
};
