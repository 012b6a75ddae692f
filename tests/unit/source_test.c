/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from a byte to its line and column, files as they are read, and lists of records.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/diag.h"
#include "source/source.h"

static struct source *source_of(struct arena *arena, const char *text)
{
	return source_new(arena, "test", text, strlen(text));
}

static void assert_position(const struct source *source, uint32_t offset, uint32_t line,
			    uint32_t column)
{
	struct position position = source_position(source, offset);

	cr_expect_eq(position.line, line, "byte %u: line %u, not %u", offset, position.line, line);
	cr_expect_eq(position.column, column, "byte %u: column %u, not %u", offset, position.column,
		     column);
}

/* ---- lines ---- */

static void assert_lines(const char *text, uint32_t n, const char *const *lines)
{
	struct arena *arena = arena_new();
	const struct source *source = source_of(arena, text);

	cr_assert_eq(source->n_lines, n, "%u lines, not %u", source->n_lines, n);
	for (uint32_t i = 0; i < n; i++) {
		struct span span = source_line_span(source, i + 1);

		cr_expect_eq(span.end - span.start, strlen(lines[i]), "line %u", i + 1);
		cr_expect_eq(memcmp(text + span.start, lines[i], span.end - span.start), 0);
	}
	arena_free(arena);
}

Test(source, lines)
{
	assert_lines("", 1, (const char *[]){ "" });
	assert_lines("\n", 1, (const char *[]){ "" });
	assert_lines("\r\n", 1, (const char *[]){ "" });
	assert_lines("a", 1, (const char *[]){ "a" });
	assert_lines("a\n", 1, (const char *[]){ "a" });
	assert_lines("a\n\n", 2, (const char *[]){ "a", "" });
	assert_lines("a\nb", 2, (const char *[]){ "a", "b" });
	assert_lines("\n\r\n\r", 3, (const char *[]){ "", "", "" });
	assert_lines("a\r\nb\rc\r\r\n", 2, (const char *[]){ "a", "b\rc\r" });
}

Test(source, nul_ends_no_line)
{
	static const char text[] = "a\0b\nc\0";
	struct arena *arena = arena_new();
	const struct source *source = source_new(arena, "test", text, 6);

	cr_expect_eq(source->n_lines, 2);
	assert_position(source, 2, 1, 3);
	assert_position(source, 5, 2, 2);
	arena_free(arena);
}

/* ---- columns ---- */

Test(source, a_tab_is_one_column)
{
	struct arena *arena = arena_new();
	const struct source *source = source_of(arena, "\t-A\tX\n\t\ty");

	assert_position(source, 0, 1, 1);
	assert_position(source, 1, 1, 2);
	assert_position(source, 4, 1, 5);
	assert_position(source, 5, 1, 6); /* its newline */
	assert_position(source, 6, 2, 1);
	assert_position(source, 8, 2, 3);
	arena_free(arena);
}

Test(source, columns_count_code_points)
{
	struct arena *arena = arena_new();
	const struct source *source = source_of(arena, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80x");

	assert_position(source, 2, 1, 2);
	assert_position(source, 5, 1, 3);
	assert_position(source, 9, 1, 4);
	arena_free(arena);
}

Test(source, a_byte_that_is_not_utf8_is_one_column)
{
	struct arena *arena = arena_new();
	/* alone; behind nothing; of a sequence that the line or the text cuts; not the shortest */
	const struct source *source = source_of(arena, "\xff\xa4x\xe2\x82\nx\xc0\x80y\xf0\x9f\x98");

	assert_position(source, 2, 1, 3);
	assert_position(source, 5, 1, 6);
	assert_position(source, 6, 2, 1);
	assert_position(source, 9, 2, 4);
	assert_position(source, 13, 2, 8);
	arena_free(arena);
}

Test(source, places_behind_the_end)
{
	struct arena *arena = arena_new();
	const struct source *source = source_of(arena, "ab\ncd\n");

	assert_position(source, 6, 2, 4);
	assert_position(source, 7, 2, 4);
	assert_position(source, UINT32_MAX, 2, 4);
	assert_position(source_of(arena, ""), 0, 1, 1);
	assert_position(source_of(arena, ""), 9, 1, 1);
	arena_free(arena);
}

/* What was asked before must not change an answer: columns are counted on from there. */
Test(source, positions_in_any_order)
{
	static const char *const pieces[] = { "a",
					      "\t",
					      "\n",
					      "\r\n",
					      "\xc3\xa4",
					      "\xe2\x82\xac",
					      "\xf0\x9f\x98\x80",
					      "\xff",
					      "\xe2\x82",
					      "\xc3",
					      "-A INPUT -s 10.0.0.0/8" };
	uint64_t state = 4711;

	for (int round = 0; round < 200; round++) {
		struct arena *arena = arena_new();
		char text[2048] = "";
		size_t len;
		struct source *source;

		for (int i = 0; i < 60; i++) {
			state = state * 6364136223846793005 + 1442695040888963407;
			strcat(text, pieces[(state >> 33) % 11]);
		}
		len = strlen(text);
		source = source_of(arena, text);
		for (int i = 0; i < 300; i++) {
			struct position asked, fresh;
			uint32_t offset;

			state = state * 6364136223846793005 + 1442695040888963407;
			offset = (uint32_t)((state >> 33) % (len + 1));
			asked = source_position(source, offset);
			fresh = source_position(source_of(arena, text), offset);
			cr_assert_eq(asked.line, fresh.line);
			cr_assert_eq(asked.column, fresh.column, "byte %u: column %u, not %u",
				     offset, asked.column, fresh.column);
			cr_assert_eq(asked.line, source_line(source, offset));
		}
		arena_free(arena);
	}
}

/* ---- reading ---- */

/* A new file with LEN bytes at TEXT; its name goes to PATH. */
static void write_file(char *path, const char *text, size_t len)
{
	int fd;

	strcpy(path, "/tmp/iptlint-source.XXXXXX");
	fd = mkstemp(path);
	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
}

Test(source, reads_any_bytes)
{
	struct arena *arena = arena_new();
	char path[64];
	const char *why = NULL;
	const struct source *source;

	write_file(path, "a\0\xff\n", 4);
	source = source_read(arena, path, &why);
	cr_assert(source);
	cr_expect_eq(source->len, 4);
	cr_expect_arr_eq(source->bytes, "a\0\xff\n", 5); /* and a NUL */
	cr_expect_eq(source->n_lines, 1);
	unlink(path);
	write_file(path, "", 0);
	source = source_read(arena, path, &why);
	cr_assert(source);
	cr_expect_eq(source->len, 0);
	cr_expect_eq(source->bytes[0], '\0');
	unlink(path);
	arena_free(arena);
}

/* What has no size: more than is read at once. */
Test(source, reads_a_pipe_to_its_end)
{
	struct arena *arena = arena_new();
	const char *why = NULL;
	const struct source *source;
	FILE *pipe = popen("head -c 300000 /dev/zero | tr '\\0' x; echo", "r");
	char path[64];

	cr_assert(pipe);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(pipe));
	source = source_read(arena, path, &why);
	cr_assert(source, "%s", why);
	cr_expect_eq(source->len, 300001);
	cr_expect_eq(source->bytes[299999], 'x');
	cr_expect_eq(source->bytes[300001], '\0');
	pclose(pipe);
	arena_free(arena);
}

Test(source, tells_why_it_cannot_read)
{
	struct arena *arena = arena_new();
	const char *why = NULL;

	cr_expect(!source_read(arena, "/tmp", &why));
	cr_expect_str_eq(why, "is a directory");
	cr_expect(!source_read(arena, "/nonexistent/rules.v4", &why));
	cr_expect_str_eq(why, "No such file or directory");
	arena_free(arena);
}

/* ---- records ---- */

static struct diag *add(struct diags *diags, const char *rule, uint32_t start, const char *message)
{
	return diag_add(diags, rule, (struct span){ start, start + 1 }, "%s", message);
}

/* The messages one behind the other. */
static const char *messages(const struct diags *diags)
{
	const char *text = "";

	for (const struct diag *diag = diags->first; diag; diag = diag->next)
		text = arena_printf(diags->arena, "%s%s", text, diag->message);
	return text;
}

Test(diags, sorted_by_place_and_rule_and_else_as_they_came)
{
	struct arena *arena = arena_new();
	struct diags diags;

	diags_init(&diags, arena);
	diags_sort(&diags); /* nothing */
	add(&diags, "b", 5, "e");
	add(&diags, "b", 2, "c");
	add(&diags, "a", 9, "g");
	add(&diags, "b", 2, "d");
	add(&diags, "a", 2, "b");
	add(&diags, "c", 0, "a");
	add(&diags, "b", 5, "f");
	diags_sort(&diags);
	cr_expect_str_eq(messages(&diags), "abcdefg");
	add(&diags, "a", 0, "h"); /* the end is known */
	cr_expect_str_eq(messages(&diags), "abcdefgh");
	arena_free(arena);
}

Test(diags, many_are_sorted)
{
	struct arena *arena = arena_new();
	struct diags diags;
	uint64_t state = 1;
	size_t n = 0;

	diags_init(&diags, arena);
	for (unsigned i = 0; i < 5000; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		add(&diags, "a", (uint32_t)(state >> 33) % 1000, arena_printf(arena, "%u", i));
	}
	diags_sort(&diags);
	for (const struct diag *diag = diags.first; diag; diag = diag->next, n++) {
		const struct diag *next = diag->next;

		cr_assert(!next || diag->span.start < next->span.start ||
			  (diag->span.start == next->span.start &&
			   atoi(diag->message) < atoi(next->message)));
	}
	cr_expect_eq(n, 5000);
	arena_free(arena);
}

Test(diags, merging_unites_the_back_ends_of_what_is_the_same)
{
	struct arena *arena = arena_new();
	struct diags legacy, nft;

	diags_init(&legacy, arena);
	diags_init(&nft, arena);
	add(&legacy, "a", 3, "same")->refuses = BACKEND_LEGACY;
	add(&legacy, "a", 3, "legacy")->undecided = BACKEND_LEGACY;
	add(&nft, "a", 7, "later")->refuses = BACKEND_NFT;
	add(&nft, "b", 3, "same"); /* of another rule */
	add(&nft, "a", 3, "same")->refuses = BACKEND_NFT;
	diags_merge(&legacy, &nft);
	diags_sort(&legacy);
	cr_expect_str_eq(messages(&legacy), "samelegacysamelater");
	cr_expect_eq(legacy.first->refuses, BACKEND_BOTH);
	cr_expect_eq(legacy.count, 4);
	cr_expect(!nft.first);
	cr_expect_eq(diags_refusing(&legacy), BACKEND_BOTH);
	cr_expect_eq(diags_undecided(&legacy), BACKEND_LEGACY);
	arena_free(arena);
}

Test(diags, merging_with_nothing)
{
	struct arena *arena = arena_new();
	struct diags one, other;

	diags_init(&one, arena);
	diags_init(&other, arena);
	diags_merge(&one, &other);
	cr_expect(!one.first);
	add(&other, "a", 1, "x");
	diags_merge(&one, &other);
	diags_merge(&one, &other); /* it is empty now */
	add(&one, "a", 2, "y");
	add(&other, "a", 0, "z");
	cr_expect_str_eq(messages(&one), "xy");
	cr_expect_str_eq(messages(&other), "z");
	arena_free(arena);
}

Test(diags, a_word_is_fixed_only_where_it_stands)
{
	struct arena *arena = arena_new();
	const struct source *source = source_of(arena, "--dprot 25");
	struct diags diags;
	struct diag *diag;

	diags_init(&diags, arena);
	diag = add(&diags, "a", 0, "x");
	diag_fix_word(&diags, diag, source, (struct span){ 2, 7 }, "dport", "dport");
	diag_fix_word(&diags, diag, source, (struct span){ 2, 6 }, "dprot", "dport");
	diag_fix_word(&diags, diag, source, (struct span){ 8, 13 }, "25xxx", "26");
	cr_expect(!diag_extra(diag)->fix);
	diag_fix_word(&diags, diag, source, (struct span){ 2, 7 }, "dprot", "dport");
	cr_assert(diag_extra(diag)->fix);
	cr_expect_str_eq(diag_extra(diag)->fix->text, "dport");
	cr_expect(!diag_extra(diag)->fix_is_safe);
	arena_free(arena);
}
