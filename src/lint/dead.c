/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the dead rules of a line together and chooses the lint rule that speaks of them.
 */
#include "lint/dead.h"

#include <stdarg.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/logs.h"
#include "lint/words.h"

#define COVERS_SHOWN 8

static const char *name_of(const struct dead_rule *dead)
{
	switch ((enum dead_kind)dead->kind) {
	case DEAD_NEVER_MATCHES:
		return "never-matches";
	case DEAD_IN_CONTEXT:
		return "dead-in-context";
	case DEAD_AFTER_FINAL:
		return rule_logs(dead->rule) ? "log-after-verdict"
					     : "rule-after-unconditional-verdict";
	case DEAD_REPEATS:
		return "duplicate-rule";
	case DEAD_SHADOWED:
		return rule_logs(dead->rule) ? "log-after-verdict" : "shadowed-rule";
	case DEAD_UNION:
		break;
	}
	return rule_logs(dead->rule) ? "log-after-verdict" : "union-shadowed-rule";
}

static const struct rule *cover_against(const struct chain *chain, const struct dead_rule *dead)
{
	for (uint32_t i = 0; i < dead->n_listed; i++) {
		if (verdicts_differ(chain, dead->rule, dead->covers[i]))
			return dead->covers[i];
	}
	return NULL;
}

static void report_chain(const struct unit *unit, const struct chain_reach *chain, const char *name,
			 const struct table *table, dead_report *report, struct dead_memo *memo,
			 struct diags *diags)
{
	const struct dead_rule *dead = chain->dead;

	while (dead) {
		struct dead_line line = {
			.unit = unit,
			.table = table,
			.chain = chain,
			.first = dead,
			.n_rules = dead->rule->origin->n_rules,
			.memo = memo,
		};
		const char *its = name_of(dead);

		for (; dead && dead->rule->origin == line.first->rule->origin &&
		       !strcmp(name_of(dead), its);
		     dead = dead->next)
			line.n_dead++;
		if (strcmp(its, name))
			continue;
		line.against = cover_against(chain->chain, line.first);
		report(&line, diags);
	}
}

void dead_each_line(const struct unit *unit, const char *name, dead_report *report,
		    struct diags *diags)
{
	struct dead_memo memo = { NULL, NULL, false, NULL };

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			report_chain(unit, reach_of(reach, table->chains[i]), name, table, report,
				     &memo, diags);
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
		struct span span = dead->covers[i]->origin->base.span;

		if (is_last)
			diag_related(diags, diag, span, "covered by this rule, and %u more",
				     dead->n_covers - shown);
		else
			diag_related(diags, diag, span,
				     dead->n_covers == 1 ? "covered by this rule"
							 : "covered in part by this rule");
	}
}
