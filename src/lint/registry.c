/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one list of lint rules, made from lint-rules/rules.def, and the ways to look
 * something up in it.  Knows nothing of units and diagnostics.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lint/documents.h"
#include "lint/rules.h"

#define LINT_RULE(group, rule) &lint_##rule,
const struct lint_rule *const lint_rules[] = {
#include "lint-rules/rules.def"
};
#undef LINT_RULE

const size_t n_lint_rules = sizeof(lint_rules) / sizeof(lint_rules[0]);

const struct lint_rule *lint_find(const char *name)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		if (!strcmp(lint_rules[i]->name, name))
			return lint_rules[i];
	}
	return NULL;
}

bool lint_has_group(const char *name)
{
	for (size_t i = 0; i < n_lint_rules; i++) {
		if (!strcmp(lint_rules[i]->group, name))
			return true;
	}
	return false;
}

const char *lint_document(const struct lint_rule *rule)
{
	for (const struct lint_document *doc = lint_documents; doc->name; doc++) {
		if (!strcmp(doc->name, rule->name))
			return doc->text;
	}
	return "";
}

const char *level_name(enum level level)
{
	switch (level) {
	case LEVEL_ERROR:
		return "error";
	case LEVEL_WARNING:
		return "warning";
	case LEVEL_INFO:
		return "info";
	case LEVEL_DEFAULT:
		break;
	}
	return NULL;
}

#define LONGEST_NAME 40

/* How many letters have to be added, taken away or changed to get from A to B. */
static unsigned edit_distance(const char *a, const char *b)
{
	size_t width = strlen(b);
	unsigned row[LONGEST_NAME + 1];

	if (width > LONGEST_NAME || strlen(a) > LONGEST_NAME)
		return UINT_MAX;
	for (size_t j = 0; j <= width; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= width; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[width];
}

const char *lint_suggest(const char *name)
{
	const char *nearest = NULL;
	unsigned least = (unsigned)strlen(name) / 3 + 1;

	for (size_t i = 0; i < n_lint_rules; i++) {
		unsigned distance = edit_distance(name, lint_rules[i]->name);

		if (distance < least) {
			least = distance;
			nearest = lint_rules[i]->name;
		}
		distance = edit_distance(name, lint_rules[i]->group);
		if (distance < least) {
			least = distance;
			nearest = lint_rules[i]->group;
		}
	}
	return nearest;
}
