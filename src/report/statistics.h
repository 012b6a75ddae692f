/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings by lint rule, the most frequent one first.
 */
#ifndef REPORT_STATISTICS_H
#define REPORT_STATISTICS_H

#include "lint/lint.h"
#include "report/report.h"

struct statistic {
	const struct lint_rule *rule;
	enum level level; /* the highest one that it was found at */
	size_t count;
};

/* Fills LIST; returns how many there are. */
size_t statistics_list(const struct report_totals *totals, struct statistic list[REPORT_MAX_RULES]);

/* As a table: count, lint rule, level. */
void statistics_print(FILE *out, const struct report_totals *totals);

#endif
