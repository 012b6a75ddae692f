/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified diffs of texts with the same number of lines.
 */
#include "emit/text_diff.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_diff(const char *from, const char *to, const char *expected)
{
	struct buf out = BUF_INIT;

	line_diff(&out, "f", (struct line_text){ from, strlen(from) },
		  (struct line_text){ to, strlen(to) });
	cr_expect_str_eq(buf_string(&out), expected);
	buf_free(&out);
}

#define NAMES "--- f\n+++ f\n"

Test(line_diff, nothing)
{
	expect_diff("", "", "");
	expect_diff("a\nb\n", "a\nb\n", "");
	expect_diff("a", "a", "");
}

Test(line_diff, first_and_last_line)
{
	expect_diff("a\nb\n", "A\nb\n", NAMES "@@ -1,2 +1,2 @@\n-a\n+A\n b\n");
	expect_diff("a\nb\n", "a\nB\n", NAMES "@@ -1,2 +1,2 @@\n a\n-b\n+B\n");
	expect_diff("a", "b",
		    NAMES "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n"
			  "+b\n\\ No newline at end of file\n");
}

Test(line_diff, runs_of_changes_stand_together)
{
	expect_diff("a\nb\nc\n", "A\nB\nc\n", NAMES "@@ -1,3 +1,3 @@\n-a\n-b\n+A\n+B\n c\n");
}

Test(line_diff, three_lines_around_a_change)
{
	expect_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
		    NAMES "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
}

/* Six lines between two changes belong to both; seven are one too many. */
Test(line_diff, hunks_that_touch_are_one)
{
	expect_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		    NAMES "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	expect_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		    NAMES "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
			  "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}
