/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports interfaces that are not in the inventory which the user has given; without one
 * nothing is known of interfaces, since a rule may name one that does not exist yet.
 */
#include <string.h>

#include "analyse/chains.h"
#include "base/map.h"
#include "base/similar.h"
#include "lint/rules.h"

struct search {
	const struct unit *unit;
	struct diags *diags;
	const char *table;
	const struct command *command;
	struct map known; /* interned names that were looked for */
};

/* Could an interface be called so by both, where each may end in '+'? */
static bool is_same(const char *a, const char *b)
{
	size_t len = strlen(a), other = strlen(b);
	bool a_open = len && a[len - 1] == '+', b_open = other && b[other - 1] == '+';

	len -= a_open;
	other -= b_open;

	if (a_open && b_open)
		return !strncmp(a, b, len < other ? len : other);
	if (a_open)
		return !strncmp(a, b, len);
	if (b_open)
		return !strncmp(a, b, other);
	return !strcmp(a, b);
}

static bool is_known(struct search *search, const char *name)
{
	const struct unit_options *options = &search->unit->options;

	if (map_get(&search->known, name))
		return true;
	for (size_t i = 0; i < options->n_interfaces; i++) {
		if (!is_same(name, options->interfaces[i]))
			continue;
		map_set(&search->known, name, search);
		return true;
	}
	return false;
}

static void look_at(struct search *search, const char *option, const char *name)
{
	const struct unit_options *options = &search->unit->options;
	struct similar similar;
	struct diag *diag;

	if (!name || is_known(search, name))
		return;
	diag = diag_add(search->diags, "unknown-interface", search->command->base.span,
			name[strlen(name) - 1] == '+'
				? "'%s %s': no interface of the inventory begins so"
				: "'%s %s': the inventory has no such interface",
			option, name);
	diag->table = search->table;
	diag->chain = search->command->chain;
	similar_init(&similar, name);
	for (size_t i = 0; i < options->n_interfaces; i++)
		similar_offer(&similar, options->interfaces[i]);
	if (similar_result(&similar))
		diag_hint(search->diags, diag, "did you mean '%s'?", similar_result(&similar));
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .diags = diags, .known = MAP_INIT };

	if (!unit->options.interfaces)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct command *command = (const struct command *)each;
		const struct rule *rule = statement_rule(each);

		if (each->kind == STATEMENT_TABLE)
			search.table = table_name(((const struct table_statement *)each)->table);
		if (!rule || chain_is_external(command->chain))
			continue;
		search.command = command;
		look_at(&search, "-i", rule->in);
		look_at(&search, "-o", rule->out);
	}
	map_free(&search.known);
}

const struct lint_rule lint_unknown_interface = {
	.name = "unknown-interface",
	.group = "names",
	.summary = "an interface that the inventory does not have (check --interfaces)",
	.level = LEVEL_WARNING,
	.check = check,
};
