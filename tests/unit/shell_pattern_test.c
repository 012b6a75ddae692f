/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns.
 */
#include "evaluate/pattern.h"

#include <criterion/criterion.h>
#include <string.h>

static bool matches(const char *pattern, const char *text, unsigned flags)
{
	struct pattern p = { pattern, strlen(pattern), flags };

	return pattern_match(&p, text, strlen(text));
}

Test(shell_pattern, plain)
{
	cr_expect(matches("", "", 0));
	cr_expect_not(matches("", "a", 0));
	cr_expect(matches("abc", "abc", 0));
	cr_expect_not(matches("abc", "abcd", 0));
	cr_expect(matches("\\*", "*", 0));
	cr_expect_not(matches("\\*", "a", 0));
	cr_expect(matches("a\\", "a\\", 0));
}

Test(shell_pattern, stars)
{
	cr_expect(matches("*", "", 0));
	cr_expect(matches("*", "abc", 0));
	cr_expect(matches("a*c", "ac", 0));
	cr_expect(matches("a*c*e", "abcde", 0));
	cr_expect_not(matches("a*c*e", "abcd", 0));
	cr_expect(matches("**a**", "bab", 0));
	cr_expect(matches("?*", "a", 0));
	cr_expect_not(matches("?*", "", 0));
}

Test(shell_pattern, brackets)
{
	cr_expect(matches("[abc]", "b", 0));
	cr_expect(matches("[a-c]x", "bx", 0));
	cr_expect(matches("[!a]", "b", 0));
	cr_expect_not(matches("[!a]", "a", 0));
	cr_expect(matches("[^a]", "b", PATTERN_CARET));
	cr_expect(matches("[^a]", "^", 0));
	cr_expect(matches("[]]", "]", 0));
	cr_expect(matches("[]-]", "-", 0));
	cr_expect(matches("[a-]", "-", 0));
	cr_expect(matches("[\\]]", "]", 0));
	cr_expect(matches("[[:digit:][:upper:]]", "A", 0));
	cr_expect_not(matches("[[:digit:]]", "a", 0));
	cr_expect(matches("[a", "[a", 0));
	cr_expect(matches("[", "[", 0));
}

Test(shell_pattern, extended)
{
	cr_expect(matches("@(a|b)", "a", PATTERN_EXTENDED));
	cr_expect(matches("*(ab)c", "ababc", PATTERN_EXTENDED));
	cr_expect(matches("+(a|b)", "abba", PATTERN_EXTENDED));
	cr_expect_not(matches("+(a)", "", PATTERN_EXTENDED));
	cr_expect(matches("?(x)y", "y", PATTERN_EXTENDED));
	cr_expect(matches("!(a)", "b", PATTERN_EXTENDED));
	cr_expect_not(matches("!(a|b)", "b", PATTERN_EXTENDED));
	cr_expect(matches("*.!(txt)", "a.md", PATTERN_EXTENDED));
	cr_expect(matches("@(a|@(b|c))d", "cd", PATTERN_EXTENDED));
	cr_expect(matches("@(a", "@(a", PATTERN_EXTENDED));
}

Test(shell_pattern, case_does_not_count)
{
	cr_expect(matches("AbC", "aBc", PATTERN_FOLD));
	cr_expect(matches("[A-C]", "b", PATTERN_FOLD));
}

Test(shell_pattern, ends)
{
	struct pattern p = { "*/", 2, 0 };
	size_t n;

	cr_expect(pattern_prefix(&p, "a/b/c", 5, false, &n));
	cr_expect_eq(n, 2);
	cr_expect(pattern_prefix(&p, "a/b/c", 5, true, &n));
	cr_expect_eq(n, 4);
	cr_expect_not(pattern_prefix(&p, "abc", 3, true, &n));
	p = (struct pattern){ ".*", 2, 0 };
	cr_expect(pattern_suffix(&p, "x.tar.gz", 8, false, &n));
	cr_expect_eq(n, 3);
	cr_expect(pattern_suffix(&p, "x.tar.gz", 8, true, &n));
	cr_expect_eq(n, 7);
}

/* What doubles with each star, or each group, ends all the same. */
Test(shell_pattern, hard_ones, .timeout = 20)
{
	char pattern[201], text[401];
	int i;

	for (i = 0; i < 100; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[200] = '\0';
	memset(text, 'a', 400);
	text[399] = 'b';
	text[400] = '\0';
	cr_expect_not(matches(pattern, text, 0));
	matches("+(+(+(+(a))))", text, PATTERN_EXTENDED);
}

/* The ways that are short cuts give what trying all lengths gives. */
Test(shell_pattern, ends_as_by_trying)
{
	static const char *const patterns[] = { "*",	"a",	"?",   "*a",  "a*",    "*?",
						"?*",	"a*b",	"*ab", "ab*", "[ab]*", "*[!a]",
						"\\*",	"*\\*", "",    "**",  "*a*",   "[*",
						"a[*]", "*[",	"aa" };
	static const char *const texts[] = { "",    "a", "ab",	"aabb", "abab",
					     "b*a", "*", "[*a", "a[*]" };
	size_t i, j, k, n, len;
	unsigned kind;
	bool found;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		for (j = 0; j < sizeof(texts) / sizeof(*texts); j++) {
			for (kind = 0; kind < 4; kind++) {
				struct pattern p = { patterns[i], strlen(patterns[i]), 0 };
				bool longest = kind & 1, suffix = kind & 2;

				len = strlen(texts[j]);
				for (k = 0, found = false; k <= len && !found; k++) {
					n = longest ? len - k : k;
					found = pattern_match(
						&p, suffix ? texts[j] + len - n : texts[j], n);
				}
				size_t got = 99;
				bool did =
					suffix ? pattern_suffix(&p, texts[j], len, longest, &got)
					       : pattern_prefix(&p, texts[j], len, longest, &got);

				cr_expect_eq(did, found, "'%s' '%s' %u", patterns[i], texts[j],
					     kind);
				if (found)
					cr_expect_eq(got, n, "'%s' '%s' %u: %zu %zu", patterns[i],
						     texts[j], kind, got, n);
			}
		}
	}
}
