/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports each rule that could be deleted, since its packets meet the same verdict further
 * down the chain.
 */
#include "analyse/redundant.h"

#include <ctype.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"
#include "lint/words.h"

#define COVERS_SHOWN 8

struct place {
	const struct unit *unit;
	const struct table *table;
	const struct chain *chain;
	struct diags *diags;
};

/* "keep", alone or with more behind it. */
static bool says_keep(const char *text, const char *end)
{
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	if (end - text < 4 || strncasecmp(text, "keep", 4) != 0)
		return false;
	text += 4;
	return text == end || !(isalnum((unsigned char)*text) || *text == '-' || *text == '_');
}

/* Does a comment line above it say so?  Others, and blank lines, may stand between. */
static bool is_marked(const struct unit *unit, const struct rule *rule)
{
	uint32_t line = unit_rule_line(unit, rule);

	while (--line > 0) {
		struct span span = source_line_span(unit->source, line);
		const char *bytes = unit->source->bytes;

		if (span.start == span.end)
			continue;
		if (bytes[span.start] != '#')
			break;
		if (says_keep(bytes + span.start + 1, bytes + span.end))
			return true;
	}
	return false;
}

/* The same in the rule's own --comment, which iptables-save keeps. */
static bool is_marked_inside(const struct rule *rule)
{
	static const char option[] = " --comment ";

	for (const struct match *match = rule->matches; match; match = match->next) {
		const char *text =
			strcmp(match->real_name, "comment") ? NULL : strstr(match->text, option);

		if (!text)
			continue;
		text += sizeof(option) - 1;
		text += *text == '"';
		if (says_keep(text, text + strcspn(text, "\"")))
			return true;
	}
	return false;
}

/* Is it wanted although no packet meets another fate?  -c says that somebody counts. */
static bool is_wanted(const struct unit *unit, const struct rule *rule)
{
	return rule->counters_from_option || is_marked_inside(rule) || is_marked(unit, rule);
}

static void report(void *context, const struct redundant *redundant)
{
	const struct place *at = context;
	const struct rule *rule = redundant->rule;
	const char *action = rule_action(at->unit->arena, rule);
	struct diag *diag;

	/* a line that makes several rules is needed if one of them is */
	if (rule->origin->n_rules != 1 || is_wanted(at->unit, rule))
		return;
	diag = diag_add(at->diags, "redundant-rule", rule->origin->base.span,
			redundant->n_covers ? "without this rule its packets meet the same %s below"
					    : "without this rule its packets meet the policy %s",
			action);
	diag->table = table_name(at->table->id);
	diag->chain = at->chain->name;
	for (uint32_t i = 0; i < redundant->n_listed && i < COVERS_SHOWN; i++)
		diag_related(at->diags, diag, redundant->covers[i]->origin->base.span,
			     redundant->n_covers > 1 ? "takes some of its packets"
						     : "takes its packets");
	if (!redundant->n_covers && at->chain->declared)
		diag_related(at->diags, diag, at->chain->declared->span, "the policy is set here");
}

static void check(const struct unit *unit, struct diags *diags)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct table *table = reach ? reach_flow(reach)->table : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++) {
			const struct chain_reach *of = reach_of(reach, table->chains[i]);
			struct place at = { unit, table, table->chains[i], diags };

			if (of->flow && of->flow->is_reached && !of->flow->is_opaque &&
			    !of->is_cut_off && of->flow->n > 1)
				redundant_find(reach, table->chains[i], report, &at);
		}
	}
}

const struct lint_rule lint_redundant_rule = {
	.name = "redundant-rule",
	.group = "reach",
	.summary = "the packets of a rule meet the same verdict without it",
	.level = LEVEL_INFO,
	.looks_ahead = true,
	.check = check,
};
