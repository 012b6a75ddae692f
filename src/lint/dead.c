/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the dead rules of a line together and chooses the lint rule that speaks of them.
 */
#include "lint/dead.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/callee.h"
#include "lint/logs.h"
#include "lint/words.h"

#define COVERS_SHOWN 8
#define STEPS	     200000 /* in chains that covers call, for all that a lint rule finds */

/* Which dead rules a lint rule speaks of: each of exactly one. */
struct speaker {
	const char *name;
	unsigned kinds; /* set of enum dead_kind */
	enum {
		OF_ALL,
		OF_LOGS,
		NOT_OF_LOGS,
		OF_NAT_STATES, /* the states that it asks for are none that nat sees */
		NOT_OF_NAT_STATES,
	} of;
};

#define KIND(kind) (1u << (kind))

static const struct speaker speakers[] = {
	{ "never-matches", KIND(DEAD_NEVER_MATCHES), OF_ALL },
	{ "nat-state-match-dead", KIND(DEAD_IN_CONTEXT), OF_NAT_STATES },
	{ "dead-in-context", KIND(DEAD_IN_CONTEXT), NOT_OF_NAT_STATES },
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
	return NULL;
}

bool dead_is_said_by(const char *name)
{
	return find_speaker(name) != NULL;
}

/* Is the rule, by its own words, for states only that no packet has in nat? */
static bool asks_for_late_states(const struct reach *reach, const struct rule *rule)
{
	struct scratch *scratch;
	struct condition condition;
	const struct set *early;
	bool result = true;

	if (reach_flow(reach)->table->id != TABLE_NAT || rule->unbound ||
	    !rule_find_match(rule, "conntrack"))
		return false;
	scratch = scratch_new();
	early = set_range(scratch, CT_NEW, CT_RELATED + (CT_SNAT | CT_DNAT));
	condition_read(&condition, scratch, reach_space(reach), &moment_untouched, rule);
	for (unsigned i = 0; i < condition.n && result; i++) {
		const struct set *states = region_get(condition.regions[i], VAR_STATE, 0);

		result = states && !set_overlaps(states, early);
	}
	result &= condition.n > 0;
	scratch_free(scratch);
	return result;
}

static bool speaks_of(const struct speaker *speaker, const struct reach *reach,
		      const struct dead_rule *dead)
{
	if (!(speaker->kinds & KIND(dead->kind)))
		return false;
	switch (speaker->of) {
	case OF_ALL:
		return true;
	case OF_LOGS:
	case NOT_OF_LOGS:
		return rule_logs(dead->rule) == (speaker->of == OF_LOGS);
	case OF_NAT_STATES:
	case NOT_OF_NAT_STATES:
		break;
	}
	return asks_for_late_states(reach, dead->rule) == (speaker->of == OF_NAT_STATES);
}

static const struct rule *cover_against(const struct chain *chain, const struct dead_rule *dead)
{
	for (uint32_t i = 0; i < dead->n_listed; i++) {
		if (verdicts_differ(chain, dead->rule, dead_cover(dead, i)))
			return dead_cover(dead, i);
	}
	return NULL;
}

/* A DROP is against an ACCEPT, even if that stands in a chain which the cover calls. */
static void ask_callee(struct dead_line *line, const struct reach *reach)
{
	const struct dead_rule *dead = line->first;
	struct callee_decision decision =
		callee_decides(reach, line->chain, dead, &line->memo->steps_left);

	if (decision.is_against)
		line->against = dead_cover(dead, 0);
	line->by = decision.by;
	line->by_chain = decision.chain;
	line->is_all_by = decision.is_all_by;
}

static void report_chain(const struct unit *unit, const struct reach *reach,
			 const struct chain_reach *chain, const struct speaker *speaker,
			 dead_report *report, struct dead_memo *memo, struct diags *diags)
{
	const struct dead_rule *dead = chain->dead;

	while (dead) {
		struct dead_line line;

		if (!speaks_of(speaker, reach, dead)) {
			dead = dead->next;
			continue;
		}
		line = (struct dead_line){
			.unit = unit,
			.table = reach_flow(reach)->table,
			.chain = chain,
			.first = dead,
			.n_rules = dead->rule->origin->n_rules,
			.memo = memo,
			.against = cover_against(chain->chain, dead),
		};
		for (; dead && dead->rule->origin == line.first->rule->origin &&
		       speaks_of(speaker, reach, dead);
		     dead = dead->next)
			line.n_dead++;
		if (!line.against)
			ask_callee(&line, reach);
		report(&line, diags);
	}
}

void dead_each_line(const struct unit *unit, const char *name, dead_report *report,
		    struct diags *diags)
{
	const struct speaker *speaker = find_speaker(name);
	struct dead_memo memo = { .steps_left = STEPS };

	if (!speaker)
		abort(); /* a bug in the lint rule */
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			report_chain(unit, reach, reach_of(reach, table->chains[i]), speaker,
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

static void relate_decider(const struct dead_line *line, struct diags *diags, struct diag *diag)
{
	enum verdict verdict = rule_verdict(line->by);
	const char *fate = verdict == VERDICT_ACCEPT ? "accepted"
			   : verdict == VERDICT_DROP ? "denied"
						     : "taken";

	diag_related(diags, diag, line->by->origin->base.span, "%s%s by this rule of '%s'",
		     line->is_all_by ? "" : "some of its packets are ", fate, line->by_chain->name);
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
	if (line->by)
		relate_decider(line, diags, diag);
}
