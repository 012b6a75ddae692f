/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashes of lines: those that GitHub's upload action has in its tests, one of a rules file
 * that it computed, and what follows from them.  tests/report_formats.py compares longer texts
 * with the same written in another way.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "report/line_hash.h"

/* The hashes of lines 1, 2 ... with a blank between two. */
static void expect(const char *text, size_t len, const char *wanted)
{
	struct line_hasher *hasher = line_hasher_new(text, len);
	char got[1000] = "", hash[LINE_HASH_TEXT];
	uint32_t lines = 1;

	for (const char *at = wanted; *at; at++)
		lines += *at == ' ';
	for (uint32_t line = 1; line <= lines; line++) {
		line_hash(hasher, line, hash);
		strcat(got, line > 1 ? " " : "");
		strcat(got, hash);
	}
	line_hasher_free(hasher);
	cr_expect_str_eq(got, wanted);
}

#define LETTERS "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1"
#define END	"c129715d7a2bc9a3:1"

Test(line_hash, vectors)
{
	static const char rules[] = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n";

	expect("", 0, END);
	expect(" a\nb\n  \t\tc\n d", 13, LETTERS);
	expect(rules, strlen(rules),
	       "eef44e496874dcd:1 83a20c88d0613687:1 f92832c85375352d:1 842ceaf994208306:1 " END);
}

Test(line_hash, ends_of_lines)
{
	expect(" a\r\nb\r\n  \t\tc\r\n d", 16, LETTERS);
	expect(" a\rb\r  \t\tc\r d", 13, LETTERS);
}

Test(line_hash, bytes_that_are_not_utf8)
{
	static const char *const alike[][2] = {
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xe2\x82x", "\xef\xbf\xbdx" },   /* the beginning of one */
		{ "\xf0\x9f\x98", "\xef\xbf\xbd" }, /* the same, at the end */
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* of none */
	};
	char first[LINE_HASH_TEXT], second[LINE_HASH_TEXT];

	for (size_t i = 0; i < sizeof(alike) / sizeof(*alike); i++) {
		struct line_hasher *a = line_hasher_new(alike[i][0], strlen(alike[i][0]));
		struct line_hasher *b = line_hasher_new(alike[i][1], strlen(alike[i][1]));

		line_hash(a, 1, first);
		line_hash(b, 1, second);
		cr_expect_str_eq(first, second, "row %zu", i);
		line_hasher_free(a);
		line_hasher_free(b);
	}
}

/* A line is asked for again, and lines are left out. */
Test(line_hash, any_ascending_lines)
{
	static const char text[] = " a\nb\n  \t\tc\n d";
	struct line_hasher *hasher = line_hasher_new(text, strlen(text));
	char hash[LINE_HASH_TEXT];

	line_hash(hasher, 2, hash);
	cr_expect_str_eq(hash, "54703d4cd895b18:1");
	line_hash(hasher, 2, hash);
	cr_expect_str_eq(hash, "54703d4cd895b18:1");
	line_hash(hasher, 4, hash);
	cr_expect_str_eq(hash, "a23a3dc5e078b07b:1");
	line_hasher_free(hasher);
}

Test(line_hash, counts_what_is_alike)
{
	enum {
		LINES = 500
	};
	static char text[2 * LINES + 1];
	struct line_hasher *hasher;
	char first[LINE_HASH_TEXT], last[LINE_HASH_TEXT];

	for (int i = 0; i < LINES; i++)
		memcpy(text + 2 * i, "x\n", 2);
	hasher = line_hasher_new(text, 2 * LINES);
	line_hash(hasher, 1, first);
	line_hash(hasher, 400, last);
	cr_expect_eq(strcspn(first, ":"), strcspn(last, ":"));
	cr_expect_eq(strncmp(first, last, strcspn(first, ":")), 0);
	cr_expect_str_eq(strchr(last, ':'), ":400");
	line_hasher_free(hasher);
}
