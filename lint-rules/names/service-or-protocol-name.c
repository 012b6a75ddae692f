/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports names of services that become ports when the file is loaded: one finding for each
 * name of a file.  The binder reports protocols, and what IANA does not know.
 */
#include <ctype.h>
#include <string.h>

#include "bind/iana.h"
#include "lint/rules.h"

struct seen {
	struct seen *next;
	const char *name;
	struct diag *diag;
	unsigned n;
};

struct search {
	struct arena *arena;
	struct diags *diags;
	struct seen *first;
	const char *table;
	const struct command *command;
	struct span span;
};

static void note(struct search *search, const char *name, size_t len)
{
	struct seen *seen = search->first;
	uint16_t port;

	while (seen && (strncmp(seen->name, name, len) != 0 || seen->name[len]))
		seen = seen->next;
	if (!seen) {
		seen = arena_new_object(search->arena, struct seen);
		seen->name = arena_strndup(search->arena, name, len);
		if (!iana_port(seen->name, NULL, &port))
			return; /* the binder has said more */
		seen->next = search->first;
		search->first = seen;
		seen->diag = diag_say(search->diags, "service-or-protocol-name", search->span, "");
		seen->diag->table = search->table;
		seen->diag->chain = search->command->chain;
	}
	seen->n++;
}

/* "22,http:https": the words in it that begin with a letter. */
static void note_names(struct search *search, const char *list, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t n = 0;

		while (at + n < len && list[at + n] != ',' && list[at + n] != ':')
			n++;
		if (n && isalpha((unsigned char)list[at]))
			note(search, list + at, n);
		at += n + 1;
	}
}

/* The values of all options of ports in the author's words: " -m tcp --dport ssh". */
static void look_at(struct search *search, const char *words)
{
	bool is_port = false;

	while (*words) {
		size_t len = strcspn(words, " ");

		if (is_port)
			note_names(search, words, len);
		is_port = len > 2 && words[0] == '-' && words[1] == '-' &&
			  memmem(words, len, "port", 4) != NULL;
		words += len + (words[len] != '\0');
	}
}

static void look_at_rule(struct search *search, const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		search->span = match->span;
		if (match->written)
			look_at(search, match->written);
	}
	search->span = rule->target_span;
	if (rule->target_kind == TARGET_EXTENSION && rule->to.extension->written)
		look_at(search, rule->to.extension->written);
}

static void finish(struct search *search)
{
	for (struct seen *seen = search->first; seen; seen = seen->next) {
		const char *times =
			seen->n > 1 ? arena_printf(search->arena, ", %u times", seen->n) : "";

		seen->diag->message = arena_printf(search->arena,
						   "service '%s' is looked up in /etc/services "
						   "when the file is loaded%s",
						   seen->name, times);
		diag_hint(search->diags, seen->diag, "write the number of the port");
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .arena = diags->arena, .diags = diags };

	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct rule *rule = statement_rule(each);

		if (each->kind == STATEMENT_TABLE)
			search.table = table_name(((const struct table_statement *)each)->table);
		if (!rule)
			continue;
		search.command = (const struct command *)each;
		look_at_rule(&search, rule);
	}
	finish(&search);
}

const struct lint_rule lint_service_or_protocol_name = {
	.name = "service-or-protocol-name",
	.group = "names",
	.summary = "a service or protocol that is looked up when the file is loaded",
	.level = LEVEL_INFO, /* of what check() finds */
	.check = check,
};
