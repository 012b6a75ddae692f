/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lint rules run, and at what level: --select, --ignore, --error and the like
 * as the command layer hands them over.
 */
#include "lint/select.h"

#include <string.h>

/* How closely a word names a rule; the closer word wins. */
enum closeness {
	NOT_NAMED,
	NAMED_BY_ALL,
	NAMED_BY_GROUP,
	NAMED_ITSELF,
};

struct choice {
	unsigned char selected; /* enum closeness */
	unsigned char ignored;
	unsigned char levelled;
	unsigned char level; /* enum level */
};

struct lint_selection {
	const struct lint_selection *below; /* decides what this one leaves open */
	bool narrowed;			    /* lint_select() was called */
	bool skips_infos;		    /* lint_skip_infos() was */
	struct choice *choices;
};

struct lint_selection *lint_selection_new(struct arena *arena)
{
	struct lint_selection *selection = arena_new_object(arena, struct lint_selection);

	selection->choices = arena_alloc(arena, n_lint_rules * sizeof(*selection->choices));
	return selection;
}

struct lint_selection *lint_selection_over(struct arena *arena, const struct lint_selection *above,
					   const struct lint_selection *below)
{
	struct lint_selection *selection = lint_selection_new(arena);

	selection->narrowed = above->narrowed;
	memcpy(selection->choices, above->choices, n_lint_rules * sizeof(*above->choices));
	selection->below = below;
	return selection;
}

static enum closeness closeness(const struct lint_rule *rule, const char *name)
{
	if (!strcmp(rule->name, name))
		return NAMED_ITSELF;
	if (!strcmp(rule->group, name))
		return NAMED_BY_GROUP;
	return strcmp(name, "all") ? NOT_NAMED : NAMED_BY_ALL;
}

bool lint_select(struct lint_selection *selection, const char *name)
{
	bool known = false;

	for (size_t i = 0; i < n_lint_rules; i++) {
		enum closeness close = closeness(lint_rules[i], name);

		known |= close != NOT_NAMED;
		if (lint_rules[i]->off && close != NAMED_ITSELF)
			continue;
		if (close > selection->choices[i].selected)
			selection->choices[i].selected = (unsigned char)close;
	}
	selection->narrowed |= known;
	return known;
}

bool lint_ignore(struct lint_selection *selection, const char *name)
{
	bool known = false;

	for (size_t i = 0; i < n_lint_rules; i++) {
		enum closeness close = closeness(lint_rules[i], name);

		known |= close != NOT_NAMED;
		if (close > selection->choices[i].ignored)
			selection->choices[i].ignored = (unsigned char)close;
	}
	return known;
}

bool lint_set_level(struct lint_selection *selection, const char *name, enum level level)
{
	bool known = false;

	for (size_t i = 0; i < n_lint_rules; i++) {
		enum closeness close = closeness(lint_rules[i], name);

		if (close == NOT_NAMED)
			continue;
		known = true;
		if (close < selection->choices[i].levelled)
			continue;
		selection->choices[i].levelled = (unsigned char)close;
		selection->choices[i].level = (unsigned char)level;
	}
	return known;
}

static size_t rule_index(const struct lint_rule *rule)
{
	size_t i = 0;

	while (lint_rules[i] != rule)
		i++;
	return i;
}

bool selection_has(const struct lint_selection *selection, const struct lint_rule *rule)
{
	const struct choice *choice;

	if (!selection)
		return !rule->off;
	choice = &selection->choices[rule_index(rule)];
	/* --ignore all --select NAME and --select all --ignore NAME both do what they say */
	if (selection->narrowed)
		return choice->selected > choice->ignored;
	return !choice->ignored && selection_has(selection->below, rule);
}

enum level selection_level(const struct lint_selection *selection, const struct lint_rule *rule)
{
	const struct choice *choice;

	if (!selection)
		return LEVEL_DEFAULT;
	choice = &selection->choices[rule_index(rule)];
	if (!choice->levelled)
		return selection_level(selection->below, rule);
	return (enum level)choice->level;
}

void lint_skip_infos(struct lint_selection *selection)
{
	enum level unused = selection_level(selection, lint_find("unused-suppression"));

	/* a comment that silences an info looks unused if nobody looked for the info */
	selection->skips_infos = unused == LEVEL_DEFAULT || unused == LEVEL_INFO;
}

bool selection_runs(const struct lint_selection *selection, const struct lint_rule *rule)
{
	enum level level = selection_level(selection, rule);

	if (!selection_has(selection, rule))
		return false;
	if (level == LEVEL_DEFAULT)
		level = rule->level;
	return level != LEVEL_INFO || !selection || !selection->skips_infos;
}
