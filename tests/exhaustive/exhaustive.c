/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exhaustive [-4|-6] [--tables N] [--seed N]
 *
 * Compares what the program says about small tables with what every packet does in
 * them.  A rule called dead that a packet reaches is a failure; so is one that none can
 * reach, even if all that may be written is, and that is not called dead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/facts.h"
#include "bind/bind.h"
#include "lint/dead.h"
#include "lint/lint.h"
#include "pipeline/unit.h"
#include "world.h"

static bool is_complete(const char *match)
{
	return match_facts(match)->negation == NEGATION_COMPLEMENTS;
}

/* The findings that say of a rule, or of all rules of a chain, that it is dead. */
static bool says_dead(const char *name)
{
	return dead_is_said_by(name) || !strcmp(name, "chain-reached-by-dead-rules-only");
}

static void mark_reported(struct world *world, unsigned line)
{
	for (unsigned i = 0; i < world->n; i++) {
		struct small_chain *chain = &world->chains[i];

		if (chain->line == line)
			chain->is_reported = true;
		for (unsigned j = 0; j < chain->n; j++) {
			if (chain->rules[j].line == line)
				chain->rules[j].is_reported = true;
		}
	}
}

/* False if the text is no rules file at all. */
static bool ask_program(struct world *world)
{
	const struct unit_options options = { .tools.backends = BACKEND_LEGACY };
	struct arena *arena = arena_new();
	struct unit *unit;
	bool loads = true;

	unit = unit_load(arena, source_new(arena, "table", world->text, strlen(world->text)),
			 binder_get(world->family), &options);
	lint_run(unit, NULL);
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if (diag->refuses) {
			printf("the generator made a table that does not load: %s\n",
			       diag->message);
			loads = false;
		}
		if (says_dead(diag->rule))
			mark_reported(world, source_line(unit->source, diag->span.start));
	}
	arena_free(arena);
	return loads;
}

struct figures {
	unsigned tables, failed, rules, dead, reported, false_dead, missed;
};

static void judge_rule(const struct small_chain *chain, const struct small_rule *rule,
		       struct figures *figures, bool *fails)
{
	bool reported = rule->is_reported || chain->is_reported;

	figures->rules++;
	figures->dead += !rule->is_hit;
	figures->reported += reported;
	if (reported && rule->is_hit) {
		printf("line %u is called dead and is not\n", rule->line);
		figures->false_dead++;
		*fails = true;
	}
	if (!reported && !rule->is_hit_coarsely) {
		printf("line %u is dead and is not reported\n", rule->line);
		figures->missed++;
		*fails = true;
	}
}

static void judge(struct world *world, struct figures *figures)
{
	bool fails = !ask_program(world);

	execute(world);
	figures->tables++;
	for (unsigned i = 0; i < world->n; i++) {
		/* unreachable-chain speaks of the others, from the graph alone */
		for (unsigned j = 0; world->chains[i].is_called && j < world->chains[i].n; j++)
			judge_rule(&world->chains[i], &world->chains[i].rules[j], figures, &fails);
	}
	if (fails) {
		figures->failed++;
		printf("%s\n", world->text);
	}
}

int main(int argc, char **argv)
{
	static struct world world;
	enum family family = FAMILY_IPV4;
	unsigned long tables = 1000, seed = 1;
	struct figures figures = { 0 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-6"))
			family = FAMILY_IPV6;
		else if (!strcmp(argv[i], "--tables") && i + 1 < argc)
			tables = strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoul(argv[++i], NULL, 10);
	}
	for (unsigned long i = 0; i < tables && figures.failed < 20; i++) {
		chance_seed(seed * 1000003 + i);
		generate(&world, family);
		world.mark_is_complete = is_complete("mark");
		world.set_is_complete = is_complete("set");
		world.length_is_complete = is_complete("length");
		judge(&world, &figures);
	}
	printf("IPv%d: %u tables, %u rules, %u never reached, %u reported, %u false, %u missed\n",
	       family == FAMILY_IPV6 ? 6 : 4, figures.tables, figures.rules, figures.dead,
	       figures.reported, figures.false_dead, figures.missed);
	printf("%u passed, %u failed\n", figures.tables - figures.failed, figures.failed);
	return figures.failed != 0;
}
