/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table for people; for programs, formats have the list.
 */
#include "report/statistics.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
	const struct statistic *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->rule->name, b->rule->name);
}

size_t statistics_list(const struct report_totals *totals, struct statistic list[REPORT_MAX_RULES])
{
	size_t n = 0;

	for (size_t i = 0; i < n_lint_rules; i++)
		if (totals->by_rule[i])
			list[n++] =
				(struct statistic){ lint_rules[i], (enum level)totals->level_of[i],
						    totals->by_rule[i] };
	qsort(list, n, sizeof(*list), compare);
	return n;
}

void statistics_print(FILE *out, const struct report_totals *totals)
{
	struct statistic list[REPORT_MAX_RULES];
	size_t n = statistics_list(totals, list);

	for (size_t i = 0; i < n; i++)
		fprintf(out, "%7zu  %-28s %s\n", list[i].count, list[i].rule->name,
			level_name(list[i].level));
}
