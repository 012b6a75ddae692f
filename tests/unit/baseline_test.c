/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a baseline: what is read, what is printed, and what is said of other files.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "report/baseline.h"

#define ENTRY(rule, file, fingerprint) \
	"{\"rule\":\"" rule "\",\"file\":\"" file "\",\"fingerprint\":\"" fingerprint "\"}\n"
#define A ENTRY("one-rule", "a.v4", "0000000000000001")
#define B ENTRY("one-rule", "a.v4", "00000000000000ff")
#define C ENTRY("one-rule", "b.v4", "0000000000000001")

static bool read_text(struct arena *arena, const char *text, struct baseline *baseline,
		      struct baseline_error *error)
{
	return baseline_read(arena, source_new(arena, "base", text, strlen(text)), baseline, error);
}

static void expect_refused(const char *text, uint32_t line, const char *why)
{
	struct arena *arena = arena_new();
	struct baseline_error error = { { 0, 0 }, NULL };
	struct baseline baseline;

	cr_assert(!read_text(arena, text, &baseline, &error), "%s", text);
	cr_expect_eq(error.at.line, line, "%u in: %s", error.at.line, text);
	cr_expect(strstr(error.why, why), "%s", error.why);
	arena_free(arena);
}

Test(baseline, is_read_in_any_order)
{
	struct arena *arena = arena_new();
	struct baseline_error error;
	struct baseline baseline;

	cr_assert(read_text(arena, C "\n" B A B "  \r\n", &baseline, &error));
	cr_assert_eq(baseline.count, 3);
	cr_expect_str_eq(baseline.list[0].file, "a.v4");
	cr_expect_eq(baseline.list[0].line, 4);
	cr_expect_eq(baseline.list[1].fingerprint, 0xff);
	cr_expect_eq(baseline.list[1].line, 3, "of two alike the first one counts");
	cr_expect_str_eq(baseline.list[2].file, "b.v4");
	cr_expect_eq(baseline_find(&baseline, "a.v4", "one-rule", 0xff), 1);
	cr_expect_eq(baseline_find(&baseline, "b.v4", "one-rule", 1), 2);
	cr_expect_eq(baseline_find(&baseline, "b.v4", "one-rule", 2), 3);
	cr_expect_eq(baseline_find(&baseline, "a.v4", "other-rule", 1), 3);
	cr_assert(read_text(arena, "", &baseline, &error));
	cr_expect_eq(baseline.count, 0);
	arena_free(arena);
}

Test(baseline, what_is_none)
{
	expect_refused(A "*filter\n", 2, "no line of a baseline");
	expect_refused("<<<<<<< HEAD\n" A, 1, "no line of a baseline");
	expect_refused(A "\n[1]\n", 3, "no JSON object");
	expect_refused("{\"file\":\"f\",\"fingerprint\":\"0000000000000001\"}", 1, "\"rule\"");
	expect_refused("{\"rule\":7,\"file\":\"f\"}", 1, "\"rule\"");
	expect_refused("{\"rule\":\"r\",\"fingerprint\":\"0000000000000001\"}", 1, "\"file\"");
	expect_refused("{\"rule\":\"r\",\"file\":\"f\"}", 1, "\"fingerprint\" is missing");
	expect_refused(ENTRY("r", "f", "12"), 1, "16 hexadecimal digits");
	expect_refused(ENTRY("r", "f", "000000000000000G"), 1, "16 hexadecimal digits");
	expect_refused("{\"rule\":\"r\",\"rule\":\"s\"}", 1, "duplicate");
}

static char *print(const struct baseline *baseline)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < baseline->count; i++)
		baseline_print(out, &baseline->list[i]);
	fclose(out);
	return text;
}

Test(baseline, is_printed)
{
	struct arena *arena = arena_new();
	struct baseline_entry entry = { "one-rule", baseline_clean(arena, "a\xff.v4"), 0xabc,
					"-m comment --comment \"x\"", 0 };
	const struct baseline one = { &entry, 1 };
	struct baseline_error error;
	struct baseline again;
	char *text = print(&one);

	cr_expect_str_eq(text,
			 "{\"rule\":\"one-rule\",\"file\":\"a\xef\xbf\xbd.v4\",\"fingerprint\":"
			 "\"0000000000000abc\",\"text\":\"-m comment --comment \\\"x\\\"\"}\n");
	cr_assert(read_text(arena, text, &again, &error));
	cr_expect_eq(baseline_find(&again, entry.file, entry.rule, entry.fingerprint), 0);
	cr_expect_str_eq(again.list[0].text, entry.text);
	free(text);
	arena_free(arena);
}

Test(baseline, two_are_joined)
{
	struct arena *arena = arena_new();
	struct baseline_error error;
	struct baseline a, b, joined;

	cr_assert(read_text(arena, C A, &a, &error));
	cr_assert(read_text(arena, A B, &b, &error));
	a.list[0].text = "of a";
	joined = baseline_join(arena, &a, &b);
	cr_assert_eq(joined.count, 3);
	cr_expect_str_eq(joined.list[0].text, "of a");
	cr_expect_eq(joined.list[1].fingerprint, 0xff);
	cr_expect_str_eq(joined.list[2].file, "b.v4");
	arena_free(arena);
}
