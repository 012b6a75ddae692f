/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of these lines are quoted as those of a rules file.
 */
#include "convert/printed.h"

#include <string.h>

#include "parse/parse.h"

#define N_BEFORE 3 /* "iptables", "-t", the table */

struct line {
	const struct word *words;
	size_t n_words;
	struct span span;
};

static bool read_line(struct arena *arena, const struct source *source, uint32_t number,
		      struct line *line)
{
	struct span span = source_line_span(source, number);

	while (span.start < span.end && strchr(" \t\r", source->bytes[span.start]))
		span.start++;
	while (span.end > span.start && strchr(" \t\r", source->bytes[span.end - 1]))
		span.end--;
	if (span.start == span.end || source->bytes[span.start] != '-')
		return false;
	line->span = span;
	line->words = parse_words(arena, source, span, &line->n_words);
	return line->n_words > 0;
}

/* ---- which table ---- */

struct signs {
	bool chains[5];	      /* hooks that are named */
	unsigned policies[5]; /* lines that set the policy */
	bool nat_target;
};

static const char *const hooks[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

static void look_at(struct signs *signs, const struct line *line)
{
	static const char *const targets[] = { "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP" };

	for (size_t i = 0; line->n_words > 1 && i < 5; i++) {
		bool is_named = !strcmp(line->words[1].text, hooks[i]);

		signs->chains[i] |= is_named;
		signs->policies[i] += is_named && !strcmp(line->words[0].text, "-P");
	}
	for (size_t i = 2; i + 1 < line->n_words; i++)
		for (size_t k = 0; k < sizeof(targets) / sizeof(*targets); k++)
			signs->nat_target |= !strcmp(line->words[i].text, "-j") &&
					     !strcmp(line->words[i + 1].text, targets[k]);
}

enum table_id printed_table(struct arena *arena, const struct source *source)
{
	struct signs signs = { 0 };
	bool is_around;

	for (uint32_t number = 1; number <= source->n_lines; number++) {
		struct line line;

		if (read_line(arena, source, number, &line))
			look_at(&signs, &line);
	}
	for (size_t i = 0; i < 5; i++)
		if (signs.policies[i] > 1) /* of several tables */
			return TABLE_NONE;
	is_around = signs.chains[0] || signs.chains[4];
	if (!is_around && !signs.nat_target)
		return TABLE_FILTER;
	if (signs.nat_target)
		return signs.chains[2] ? TABLE_NONE : TABLE_NAT;
	/* only mangle has FORWARD beside these two; only nat has both without it */
	if (signs.chains[2])
		return TABLE_MANGLE;
	return signs.policies[0] && signs.policies[4] ? TABLE_NAT : TABLE_NONE;
}

/* ---- the calls ---- */

static void add_call(struct journal *journal, struct arena *scratch, const struct line *line,
		     enum table_id table, enum family family)
{
	size_t n = line->n_words + N_BEFORE;
	const char **words = arena_alloc(scratch, n * sizeof(*words));
	struct span *spans = arena_alloc(scratch, n * sizeof(*spans));
	const struct journal_call call = {
		.words = words,
		.spans = spans,
		.n_words = n,
		.span = line->span,
		.program = FILTER_COMMAND,
		.family = family,
	};

	words[0] = family == FAMILY_IPV6 ? "ip6tables" : "iptables";
	words[1] = "-t";
	words[2] = table_name(table);
	for (size_t i = 0; i < N_BEFORE; i++)
		spans[i] = (struct span){ line->span.start, line->span.start };
	for (size_t i = 0; i < line->n_words; i++) {
		words[N_BEFORE + i] = line->words[i].text;
		spans[N_BEFORE + i] = line->words[i].span;
	}
	journal_add(journal, &call);
}

void printed_read(struct journal *journal, enum table_id table, enum family family)
{
	const struct source *source = journal->source;

	for (uint32_t number = 1; number <= source->n_lines; number++) {
		struct arena *scratch = arena_new();
		struct line line;

		if (read_line(scratch, source, number, &line))
			add_call(journal, scratch, &line, table, family);
		arena_free(scratch);
	}
}
