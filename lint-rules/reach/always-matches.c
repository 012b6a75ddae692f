/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports tests that exclude no packet, although somebody has written them down.
 */
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"
#include "parse/parse.h"

struct place {
	const struct table *table;
	const struct chain *chain;
	const struct source *source;
	struct diags *diags;
	struct space *space;
	struct scratch *scratch;
};

/*
 * Can it be said of its kind at all, and of this one?  A look at the text spares most
 * matches the rest: what is not negated and names one port or one type excludes others.
 */
static bool is_worth_a_look(const struct match *match)
{
	static const struct {
		const char *name;
		const char *words[3];
	} kinds[] = {
		{ "tcp", { " ! ", "--tcp-flags", NULL } },
		{ "udp", { " ! ", NULL, NULL } },
		{ "conntrack", { " ! ", "UNTRACKED", NULL } },
		{ "multiport", { " ! ", " 0:", ",0:" } },
		{ "icmp", { " ! ", "any", NULL } },
		{ "icmp6", { " ! ", NULL, NULL } },
		{ "iprange", { " ! ", "-range ", NULL } },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(match->real_name, kinds[i].name) != 0)
			continue;
		for (size_t j = 0; j < 3 && kinds[i].words[j] && !match->undecided; j++) {
			if (strstr(match->text, kinds[i].words[j]))
				return strstr(match->text, " --");
		}
		return false;
	}
	return false;
}

/* A test of ports still keeps later fragments out: that is no test anybody meant. */
static bool excludes_nothing(const struct region *region)
{
	return region->n == 0 ||
	       (region->n == 1 && region->constraints[0].variable == VAR_FRAGMENT);
}

static void check_match(const struct place *at, const struct rule *rule, const struct match *match)
{
	struct condition condition;
	struct diag *diag;
	bool negated = strstr(match->text, " ! ") != NULL;

	if (!is_worth_a_look(match))
		return;
	condition_read_match(&condition, at->scratch, at->space, rule, match);
	if (condition.silent || condition.n != 1 || !condition.sure ||
	    !excludes_nothing(condition.regions[0]))
		return;
	diag = diag_add(at->diags, "always-matches", rule->origin->base.span,
			"'%s' excludes no packet", match->text + 1);
	/* under "!" somebody has meant something */
	diag->level = negated ? LEVEL_WARNING : LEVEL_INFO;
	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
}

/* ---- what the kernel is not told ---- */

static bool ends_in(const char *word, const char *end)
{
	size_t len = strlen(word), end_len = strlen(end);

	return len >= end_len && !strcmp(word + len - end_len, end);
}

/* Options with a value that takes everything; of an address its mask says it. */
static bool takes_everything(const char *option, const char *value)
{
	static const char *const addresses[] = { "-s", "--source",	"--src",
						 "-d", "--destination", "--dst" };
	static const char *const ports[] = { "--sport", "--source-port", "--dport",
					     "--destination-port" };

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		/* of a list another part may count */
		if (!strcmp(option, addresses[i]))
			return ends_in(value, "/0") && !strchr(value, ',');
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (!strcmp(option, ports[i]))
			return !strcmp(value, "0:65535") || !strcmp(value, ":65535");
	}
	return false;
}

/* As memmem(), which takes three times as long for a line. */
static bool has_text(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);

	while ((at = memchr(at, text[0], (size_t)(end - at)))) {
		if ((size_t)(end - at) >= len && !memcmp(at, text, len))
			return true;
		at++;
	}
	return false;
}

/* Most lines are done with after a look at their bytes. */
static bool may_take_everything(const struct source *source, struct span line)
{
	const char *at = source->bytes + line.start, *end = source->bytes + line.end;

	return has_text(at, end, "/0") || has_text(at, end, ":65535");
}

/* The binder drops such a test, so that only the line has it. */
static void check_words(const struct place *at, const struct rule *rule)
{
	struct span line = rule->origin->base.span;
	struct arena *arena;
	struct word *words;
	size_t n;

	if (rule != &rule->origin->rules[0] || !may_take_everything(at->source, line))
		return;
	arena = arena_new();
	words = parse_words(arena, at->source, line, &n);
	for (size_t i = 1; i + 1 < n; i++) {
		struct diag *diag;

		/* under "!" no packet meets it: never-matches */
		if (words[i].quoted || !strcmp(words[i - 1].text, "!") ||
		    !takes_everything(words[i].text, words[i + 1].text))
			continue;
		diag = diag_add(at->diags, "always-matches", line, "'%s %s' excludes no packet",
				words[i].text, words[i + 1].text);
		diag->level = LEVEL_INFO;
		diag->table = table_name(at->table->id);
		diag->chain = at->chain->name;
	}
	arena_free(arena);
}

static void check_rule(const struct place *at, const struct rule *rule)
{
	struct scratch_mark mark = scratch_mark(at->scratch);

	for (const struct match *match = rule->unbound ? NULL : rule->matches; match;
	     match = match->next)
		check_match(at, rule, match);
	if (!rule->unbound)
		check_words(at, rule);
	scratch_release(at->scratch, mark);
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct scratch *scratch = scratch_new();

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			struct place at = { table, table->chains[i],   unit->source,
					    diags, reach_space(reach), scratch };

			if (chain_is_external(at.chain->name))
				continue;
			for_each_entry (entry, at.chain)
				check_rule(&at, entry->rule);
		}
	}
	scratch_free(scratch);
}

const struct lint_rule lint_always_matches = {
	.name = "always-matches",
	.group = "reach",
	.summary = "a test that excludes no packet",
	.level = LEVEL_WARNING,
	.check = check,
};
