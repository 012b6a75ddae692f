/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one list of lint rules, made from lint-rules/rules.def, and the ways to look
 * something up in it.  Knows nothing of units and diagnostics.
 */
#include <string.h>

#include "base/similar.h"
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

const char *lint_suggest(const char *name)
{
	struct similar similar;
	const char *nearest;

	similar_init(&similar, name);
	for (size_t i = 0; i < n_lint_rules; i++) {
		similar_offer(&similar, lint_rules[i]->name);
		similar_offer(&similar, lint_rules[i]->group);
	}
	nearest = similar_result(&similar);
	for (size_t i = 0; nearest && i < n_lint_rules; i++) {
		if (!strcmp(lint_rules[i]->name, nearest))
			return lint_rules[i]->name;
		if (!strcmp(lint_rules[i]->group, nearest))
			return lint_rules[i]->group;
	}
	return NULL;
}
