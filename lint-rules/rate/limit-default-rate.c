/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports "-m limit" without --limit, which stands for 3 packets an hour.
 *
 * The rate that was taken tells where to look; only the words tell whether somebody wrote it.
 */
#include <linux/netfilter/xt_limit.h>
#include <stddef.h>
#include <string.h>

#include "analyse/analysis.h"
#include "lint/rules.h"

#define DEFAULT_RATE (XT_LIMIT_SCALE * 3600 / 3) /* of libxt_limit.c */

static bool has_default_rate(const struct match *match)
{
	struct xt_rateinfo rate;

	return match_data(match, &rate, offsetof(struct xt_rateinfo, prev)) &&
	       rate.avg == DEFAULT_RATE;
}

/* Is there an option --limit between the two, or something that may stand for one? */
static bool says_rate(const struct unit *unit, struct span span)
{
	static const char option[] = "--limit";
	const char *at = unit->source->bytes + span.start, *end = unit->source->bytes + span.end;

	if (unit->is_script &&
	    (memchr(at, '$', (size_t)(end - at)) || memchr(at, '`', (size_t)(end - at))))
		return true;
	while (at < end && (at = memmem(at, (size_t)(end - at), option, strlen(option)))) {
		at += strlen(option);
		if (at == end || *at != '-')
			return true;
	}
	return false;
}

static void check_rule(const struct unit *unit, const struct table *table,
		       const struct chain *chain, const struct rule *rule, struct diags *diags)
{
	const struct match *match = rule->matches ? rule_find_match(rule, "limit") : NULL;
	struct diag *diag;

	if (!match || !has_default_rate(match) || says_rate(unit, rule->origin->base.span))
		return;
	diag = diag_add(diags, "limit-default-rate", match->span,
			"'-m limit' without --limit stands for 3 packets an hour");
	diag->table = table_name(table->id);
	diag->chain = chain->name;
	diag_hint(diags, diag, "say how many you mean: --limit 10/second");
}

static void check(const struct unit *unit, struct diags *diags)
{
	const struct ruleset *ruleset = unit_ruleset(unit);
	const struct command *last = NULL;

	for (unsigned id = 0; ruleset && id < TABLE_COUNT; id++) {
		const struct table *table = &ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++) {
			for_each_entry (entry, table->chains[i]) {
				/* a list of addresses makes several rules of one line */
				if (!entry->rule->unbound && entry->rule->origin != last)
					check_rule(unit, table, table->chains[i], entry->rule,
						   diags);
				last = entry->rule->origin;
			}
		}
	}
}

const struct lint_rule lint_limit_default_rate = {
	.name = "limit-default-rate",
	.group = "rate",
	.summary = "-m limit without --limit: 3 packets an hour",
	.level = LEVEL_WARNING,
	.check = check,
};
