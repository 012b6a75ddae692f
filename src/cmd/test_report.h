/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What iptlint test found, in three formats.
 */
#ifndef CMD_TEST_REPORT_H
#define CMD_TEST_REPORT_H

#include <stdio.h>

#include "expect/verify.h"

struct test_result {
	const struct expectations *tests; /* the file that it stands in */
	const struct expectation *expectation;
	bool is_skipped; /* it is for the other family; there is no finding */
	struct finding finding;
};

/* By enum verification. */
#define TEST_OUTCOMES 3

struct test_run {
	const struct unit *unit;
	struct test_result *results; /* those of one file stand together */
	uint32_t n;
	uint32_t counts[TEST_OUTCOMES];
	uint32_t n_skipped;
};

struct test_format {
	const char *name;
	void (*print)(FILE *out, const struct test_run *run);
};

/* Ended by a NULL name. */
extern const struct test_format test_formats[];

/* What is wrong with a file of expectations; EXPECTATIONS gets the levels that it needs. */
void test_print_errors(FILE *out, struct expectations *expectations);

#endif
