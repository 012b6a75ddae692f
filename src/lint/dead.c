/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the dead rules of a line together and chooses the lint rule that speaks of them.
 */
#include "lint/dead.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/logs.h"
#include "lint/words.h"

#define COVERS_SHOWN 8

/* Which dead rules a lint rule speaks of: each of exactly one. */
struct speaker {
	const char *name;
	unsigned kinds; /* set of enum dead_kind */
	enum {
		OF_ALL,
		OF_LOGS,
		NOT_OF_LOGS
	} of;
};

#define KIND(kind) (1u << (kind))

static const struct speaker speakers[] = {
	{ "never-matches", KIND(DEAD_NEVER_MATCHES), OF_ALL },
	{ "dead-in-context", KIND(DEAD_IN_CONTEXT), OF_ALL },
	{ "duplicate-rule", KIND(DEAD_REPEATS), OF_ALL },
	{ "rule-after-unconditional-verdict", KIND(DEAD_AFTER_FINAL), NOT_OF_LOGS },
	{ "shadowed-rule", KIND(DEAD_SHADOWED), NOT_OF_LOGS },
	{ "union-shadowed-rule", KIND(DEAD_UNION), NOT_OF_LOGS },
	{ "log-after-verdict", KIND(DEAD_AFTER_FINAL) | KIND(DEAD_SHADOWED) | KIND(DEAD_UNION),
	  OF_LOGS },
};

static const struct speaker *find_speaker(const char *name)
{
	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++) {
		if (!strcmp(speakers[i].name, name))
			return &speakers[i];
	}
	abort(); /* a bug in the lint rule */
}

static bool speaks_of(const struct speaker *speaker, const struct dead_rule *dead)
{
	if (!(speaker->kinds & KIND(dead->kind)))
		return false;
	return speaker->of == OF_ALL || rule_logs(dead->rule) == (speaker->of == OF_LOGS);
}

static const struct rule *cover_against(const struct chain *chain, const struct dead_rule *dead)
{
	for (uint32_t i = 0; i < dead->n_listed; i++) {
		if (verdicts_differ(chain, dead->rule, dead_cover(dead, i)))
			return dead_cover(dead, i);
	}
	return NULL;
}

static void report_chain(const struct unit *unit, const struct chain_reach *chain,
			 const struct speaker *speaker, const struct table *table,
			 dead_report *report, struct dead_memo *memo, struct diags *diags)
{
	const struct dead_rule *dead = chain->dead;

	while (dead) {
		struct dead_line line;

		if (!speaks_of(speaker, dead)) {
			dead = dead->next;
			continue;
		}
		line = (struct dead_line){
			.unit = unit,
			.table = table,
			.chain = chain,
			.first = dead,
			.n_rules = dead->rule->origin->n_rules,
			.memo = memo,
			.against = cover_against(chain->chain, dead),
		};
		for (; dead && dead->rule->origin == line.first->rule->origin &&
		       speaks_of(speaker, dead);
		     dead = dead->next)
			line.n_dead++;
		report(&line, diags);
	}
}

void dead_each_line(const struct unit *unit, const char *name, dead_report *report,
		    struct diags *diags)
{
	const struct speaker *speaker = find_speaker(name);
	struct dead_memo memo = { NULL, NULL, false, NULL };

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			report_chain(unit, reach_of(reach, table->chains[i]), speaker, table,
				     report, &memo, diags);
	}
}

struct diag *dead_diag(const struct dead_line *line, struct diags *diags, const char *name,
		       const char *format, ...)
{
	const char *message;
	va_list args;

	va_start(args, format);
	message = arena_vprintf(line->unit->arena, format, args);
	va_end(args);
	if (line->n_dead < line->n_rules)
		message = arena_printf(line->unit->arena,
				       "%u of the %u rules that this line makes: %s", line->n_dead,
				       line->n_rules, message);
	return dead_diag_saying(line, diags, name, message);
}

struct diag *dead_diag_saying(const struct dead_line *line, struct diags *diags, const char *name,
			      const char *message)
{
	struct diag *diag = diag_say(diags, name, line->first->rule->origin->base.span, message);

	diag->level = line->against ? LEVEL_ERROR : LEVEL_WARNING;
	diag->table = table_name(line->table->id);
	diag->chain = line->chain->chain->name;
	return diag;
}

void dead_relate_covers(const struct dead_line *line, struct diags *diags, struct diag *diag)
{
	const struct dead_rule *dead = line->first;
	uint32_t shown = dead->n_listed < COVERS_SHOWN ? dead->n_listed : COVERS_SHOWN;

	for (uint32_t i = 0; i < shown; i++) {
		bool is_last = i + 1 == shown && dead->n_covers > shown;
		struct span span = dead_cover(dead, i)->origin->base.span;

		if (is_last)
			diag_related(diags, diag, span, "covered by this rule, and %u more",
				     dead->n_covers - shown);
		else
			diag_related(diags, diag, span,
				     dead->n_covers == 1 ? "covered by this rule"
							 : "covered in part by this rule");
	}
}
