/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of formats, and the counting that all share.
 */
#include "report/report.h"

#include <string.h>

#include "lint/lint.h"
#include "report/line.h"

const struct report_format *const report_formats[] = {
	&report_full,	&report_gcc,	    &report_github, &report_json, &report_sarif,
	&report_gitlab, &report_checkstyle, &report_junit,  NULL,
};

const struct report_format *report_find(const char *name)
{
	for (size_t i = 0; report_formats[i]; i++)
		if (strcmp(report_formats[i]->name, name) == 0)
			return report_formats[i];
	return NULL;
}

const struct diag *report_shown(const struct diag *diag, const struct report_options *options,
				size_t *n)
{
	while (diag && !line_is_shown(diag, options->show_info))
		diag = diag->next;
	if (diag && options->max_problems && *n == options->max_problems)
		return NULL;
	*n += diag != NULL;
	return diag;
}

static size_t rule_number(const char *name)
{
	for (size_t i = 0; i < n_lint_rules; i++)
		if (strcmp(lint_rules[i]->name, name) == 0)
			return i;
	return 0;
}

void report_count(struct report_totals *totals, const struct unit *unit, bool all)
{
	const char *last = NULL;
	size_t number = 0;

	totals->files++;
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		switch (diag->level) {
		case LEVEL_ERROR:
			totals->errors++;
			break;
		case LEVEL_WARNING:
			totals->warnings++;
			break;
		default:
			totals->infos++;
			if (!all)
				continue;
		}
		if (diag->rule != last)
			number = rule_number(diag->rule);
		last = diag->rule;
		totals->by_rule[number]++;
		if (diag->level > totals->level_of[number])
			totals->level_of[number] = diag->level;
	}
}

void report_add(struct report_totals *totals, const struct report_totals *more)
{
	totals->files += more->files;
	totals->errors += more->errors;
	totals->warnings += more->warnings;
	totals->infos += more->infos;
	totals->baselined += more->baselined;
	for (size_t i = 0; i < REPORT_MAX_RULES; i++) {
		totals->by_rule[i] += more->by_rule[i];
		if (more->level_of[i] > totals->level_of[i])
			totals->level_of[i] = more->level_of[i];
	}
}
