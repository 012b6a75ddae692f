/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each format, byte for byte, over records that are made by hand.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/tally.h"
#include "report/xml_text.h"
#include "report_by_hand.h"

static const struct report_options plain = { .backends = BACKEND_BOTH };

static void expect(const struct report_format *format, const struct unit *unit,
		   const struct report_options *options, const char *wanted)
{
	char *got = render(format, unit, options);

	cr_expect_str_eq(got, wanted, "%s printed:\n%s", format->name, got);
	free(got);
}

#define RULES "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dprot 22\nCOMMIT\n"

static struct unit *example(void)
{
	struct unit *unit = unit_by_hand(RULES);
	struct diag *diag = add(unit, LEVEL_ERROR, "syntax-error", span_of(unit, "--dprot"),
				"unknown option '--dprot'");

	diag_hint(&unit->diags, diag, "did you mean '%s'?", "--dport");
	diag_related(&unit->diags, diag, span_of(unit, "tcp"), "protocol");
	diag->table = "filter";
	diag->chain = "INPUT";
	add(unit, LEVEL_INFO, "syntax-error", span_of(unit, ":INPUT"), "a remark");
	return unit;
}

Test(report, gcc)
{
	struct unit *unit = example();
	const struct report_options all = { .show_info = true };

	expect(&report_gcc, unit, &plain,
	       "test:3:17: error: unknown option '--dprot' [syntax-error]\n");
	expect(&report_gcc, unit, &all,
	       "test:3:17: error: unknown option '--dprot' [syntax-error]\n"
	       "test:2:1: note: a remark [syntax-error]\n");
	arena_free(unit->arena);
}

Test(report, full)
{
	struct unit *unit = example();

	expect(&report_full, unit, &plain,
	       "test:3:17: error: unknown option '--dprot' [syntax-error]\n"
	       "  |\n"
	       "3 | -A INPUT -p tcp --dprot 22\n"
	       "  |                 ^~~~~~~\n"
	       "  = help: did you mean '--dport'?\n"
	       "test:3:13: note: protocol\n"
	       "  |\n"
	       "3 | -A INPUT -p tcp --dprot 22\n"
	       "  |             ^~~\n"
	       "\n");
	arena_free(unit->arena);
}

Test(report, full_colour)
{
	struct unit *unit = unit_by_hand("*filter\nx\n");
	const struct report_options colour = { .colour = true };

	add(unit, LEVEL_WARNING, "stray-text", (struct span){ 8, 9 }, "stray");
	expect(&report_full, unit, &colour,
	       "\033[1mtest:2:1: \033[1;33mwarning:\033[0m\033[1m stray\033[0m [stray-text]\n"
	       "  |\n"
	       "2 | x\n"
	       "  | \033[1;33m^\033[0m\n"
	       "\n");
	arena_free(unit->arena);
}

Test(report, github)
{
	struct unit *unit = unit_by_hand("*filter\nx\n");
	const struct report_options all = { .show_info = true, .path = "a,b:c%.v4" };

	add(unit, LEVEL_INFO, "stray-text", (struct span){ 8, 9 }, "one");
	add(unit, LEVEL_WARNING, "stray-text", (struct span){ 0, 9 }, "100%\r\n, a: b");
	add(unit, LEVEL_ERROR, "stray-text", (struct span){ 8, 8 }, "three");
	expect(&report_github, unit, &all,
	       "::error file=a%2Cb%3Ac%25.v4,line=2,endLine=2,col=1,endColumn=1,"
	       "title=iptlint (stray-text)::a,b:c%25.v4:2:1: stray-text: three\n"
	       "::warning file=a%2Cb%3Ac%25.v4,line=1,endLine=2,"
	       "title=iptlint (stray-text)::a,b:c%25.v4:1:1: stray-text: 100%25%0D%0A, a: b\n"
	       "::notice file=a%2Cb%3Ac%25.v4,line=2,endLine=2,col=1,endColumn=2,"
	       "title=iptlint (stray-text)::a,b:c%25.v4:2:1: stray-text: one\n");
	arena_free(unit->arena);
}

Test(report, json)
{
	struct unit *unit = example();
	struct diag *silent = diag_add(&unit->silenced, "stray-text", span_of(unit, "COMMIT"), "c");

	silent->level = LEVEL_WARNING;
	diag_need_extra(unit->arena, silent)->suppressed = "why";
	silent->refuses = BACKEND_NFT;
	diag_edit(&unit->silenced, silent, span_of(unit, "COMMIT"), "C\"\n");
	unit->refused_by = BACKEND_NFT;
	expect(&report_json, unit, &plain,
	       "{\"version\":1,\"diagnostics\":[\n"
	       "{\"rule\":\"syntax-error\",\"level\":\"error\","
	       "\"message\":\"unknown option '--dprot'\",\"file\":\"test\","
	       "\"start\":{\"line\":3,\"column\":17},\"end\":{\"line\":3,\"column\":24},"
	       "\"hint\":\"did you mean '--dport'?\",\"table\":\"filter\",\"chain\":\"INPUT\","
	       "\"related\":[{\"file\":\"test\",\"line\":3,\"message\":\"protocol\"}]}\n"
	       ",{\"rule\":\"syntax-error\",\"level\":\"info\",\"message\":\"a remark\","
	       "\"file\":\"test\",\"start\":{\"line\":2,\"column\":1},"
	       "\"end\":{\"line\":2,\"column\":7}}\n"
	       ",{\"rule\":\"stray-text\",\"level\":\"warning\",\"message\":\"c\","
	       "\"file\":\"test\",\"start\":{\"line\":4,\"column\":1},"
	       "\"end\":{\"line\":4,\"column\":7},\"fix\":{\"safe\":false,\"edits\":["
	       "{\"start\":{\"line\":4,\"column\":1},\"end\":{\"line\":4,\"column\":7},"
	       "\"text\":\"C\\\"\\n\"}]},\"suppressed\":\"why\"}\n"
	       "],\n"
	       "\"files\":[\n"
	       "{\"file\":\"test\",\"family\":4,\"loads\":{\"legacy\":true,\"nft\":false},"
	       "\"because\":[\"c\"]}\n"
	       "],\n"
	       "\"summary\":{\"files\":1,\"errors\":1,\"warnings\":0,\"infos\":1}}\n");
	arena_free(unit->arena);
}

static void expect_loads(struct unit *unit, unsigned backends, const char *wanted)
{
	const struct report_options options = { .backends = backends };
	char *text = render(&report_json, unit, &options);

	cr_expect(strstr(text, wanted), "not %s in\n%s", wanted, text);
	free(text);
}

Test(report, json_loads_has_the_selected_back_ends)
{
	struct unit *unit = unit_by_hand(RULES);

	expect_loads(unit, BACKEND_LEGACY, "\"loads\":{\"legacy\":true}}");
	unit->undecided_by = BACKEND_NFT;
	expect_loads(unit, BACKEND_NFT, "\"loads\":{\"nft\":null}");
	unit->refused_by = BACKEND_BOTH;
	expect_loads(unit, BACKEND_BOTH, "\"loads\":{\"legacy\":false,\"nft\":false}");
	arena_free(unit->arena);
}

Test(report, json_takes_any_bytes)
{
	struct unit *unit = unit_by_hand(RULES);
	json_t *root, *records;
	char *text;

	add(unit, LEVEL_ERROR, "stray-text", span_of(unit, "COMMIT"), "\xff\xc3\xa4\xed\xa0\x80");
	add(unit, LEVEL_ERROR, "stray-text", span_of(unit, "COMMIT"), "\"\\\x01\t/\x7f");
	text = render(&report_json, unit, &plain);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	cr_assert(root, "no JSON:\n%s", text);
	records = json_object_get(root, "diagnostics");
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(records, 0), "message")),
			 "\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(records, 1), "message")),
			 "\"\\\x01\t/\x7f");
	json_decref(root);
	free(text);
	arena_free(unit->arena);
}

Test(report, gitlab)
{
	static const struct report_options options = { .path = "a/b.v4", .show_info = true };
	struct unit *unit = example();

	unit->diags.first->refuses = BACKEND_NFT;
	add(unit, LEVEL_WARNING, "stray-text", span_of(unit, "COMMIT"), "\xff");
	add(unit, LEVEL_ERROR, "stray-text", span_of(unit, "COMMIT"), "m");
	expect(&report_gitlab, unit, &options,
	       "[\n"
	       "{\"description\":\"unknown option '--dprot'; did you mean '--dport'?\","
	       "\"check_name\":\"syntax-error\",\"fingerprint\":\"de58f51e8e0aab6a\","
	       "\"severity\":\"critical\",\"location\":{\"path\":\"a/b.v4\","
	       "\"lines\":{\"begin\":3}}}\n"
	       ",{\"description\":\"a remark\",\"check_name\":\"syntax-error\","
	       "\"fingerprint\":\"adc571462a12af77\",\"severity\":\"info\",\"location\":"
	       "{\"path\":\"a/b.v4\",\"lines\":{\"begin\":2}}}\n"
	       ",{\"description\":\"\xef\xbf\xbd\",\"check_name\":\"stray-text\","
	       "\"fingerprint\":\"e863acda6bc18022\",\"severity\":\"minor\",\"location\":"
	       "{\"path\":\"a/b.v4\",\"lines\":{\"begin\":4}}}\n"
	       ",{\"description\":\"m\",\"check_name\":\"stray-text\","
	       "\"fingerprint\":\"e86046da6bbe9cf9\",\"severity\":\"major\",\"location\":"
	       "{\"path\":\"a/b.v4\",\"lines\":{\"begin\":4}}}\n"
	       "]\n");
	arena_free(unit->arena);
}

Test(report, checkstyle)
{
	struct unit *unit = example();
	const struct report_options all = { .show_info = true };

	expect(&report_checkstyle, unit, &all,
	       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<checkstyle version=\"4.3\">\n"
	       "<file name=\"test\">\n"
	       "<error line=\"3\" column=\"17\" severity=\"error\""
	       " message=\"unknown option '--dprot'; did you mean '--dport'?\""
	       " source=\"iptlint.syntax-error\"/>\n"
	       "<error line=\"2\" column=\"1\" severity=\"info\" message=\"a remark\""
	       " source=\"iptlint.syntax-error\"/>\n"
	       "</file>\n"
	       "</checkstyle>\n");
	arena_free(unit->arena);
}

Test(report, junit)
{
	struct unit *unit = example();

	unit->family = FAMILY_IPV6;
	expect(&report_junit, unit, &plain,
	       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<testsuites>\n"
	       "<testsuite name=\"iptlint\">\n"
	       "<testcase name=\"test\" classname=\"iptlint.ipv6\">\n"
	       "<failure type=\"syntax-error\" message=\"unknown option '--dprot'\">"
	       "test:3:17: error: unknown option '--dprot'; did you mean '--dport'?"
	       " [syntax-error]</failure>\n"
	       "</testcase>\n"
	       "</testsuite>\n"
	       "</testsuites>\n");
	arena_free(unit->arena);
}

Test(report, xml_takes_any_bytes)
{
	static const char text[] = "\"<&>'\t\n\r\x01\x1f\x7f \xc3\xa4 \xff\xc3 \xed\xa0\x80 "
				   "\xef\xbf\xbd \xef\xbf\xbe\xef\xbf\xbf \xf0\x9f\x98\x80";
	char *printed = NULL;
	size_t len;
	FILE *out = open_memstream(&printed, &len);

	xml_text(out, text);
	fclose(out);
	cr_expect_str_eq(printed,
			 "&quot;&lt;&amp;&gt;'&#9;&#10;&#13;\xef\xbf\xbd\xef\xbf\xbd\x7f \xc3\xa4 "
			 "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
			 "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd \xf0\x9f\x98\x80");
	free(printed);
}

/* ---- excerpts ---- */

#define LINE_MAX_SHOWN 400

/* The two lines of an excerpt of LINE with a mark on WORD. */
static void expect_excerpt(const char *line, const char *word, const char *wanted)
{
	struct unit *unit = unit_by_hand(line);
	char *text, *excerpt;

	add(unit, LEVEL_ERROR, "stray-text", span_of(unit, word), "m");
	text = render(&report_full, unit, &plain);
	excerpt = strstr(text, "  |\n");
	cr_assert(excerpt);
	cr_expect_str_eq(excerpt + 4, wanted, "excerpt:\n%s", excerpt);
	free(text);
	arena_free(unit->arena);
}

Test(report, excerpt_counts_code_points)
{
	expect_excerpt("a\t\xc3\xa4\xff word\n", "word", "1 | a \xc3\xa4? word\n  |      ^~~~\n\n");
}

Test(report, excerpt_shows_nothing_that_steers)
{
	expect_excerpt("\033[31m \xc2\x9b \xe2\x80\xae \x80 w\r\n", "w",
		       "1 | ?[31m ? ? ? w\n  |             ^\n\n");
}

Test(report, excerpt_marks_end_with_the_line)
{
	expect_excerpt("one two\nthree\n", "two\nthree", "1 | one two\n  |     ^~~\n\n");
	expect_excerpt("one two\nthree\n", "", "1 | one two\n  | ^\n\n");
}

Test(report, excerpt_of_a_long_line)
{
	char line[3000];
	char wanted[LINE_MAX_SHOWN];

	memset(line, 'a', sizeof(line));
	memcpy(line + 1000, "word", 4);
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	snprintf(wanted, sizeof(wanted), "1 | ...%.40sword%.76s...\n  |    %40s^~~~\n\n", line,
		 line, "");
	expect_excerpt(line, "word", wanted);
}

Test(report, excerpt_of_a_long_word)
{
	char line[3000];
	char wanted[LINE_MAX_SHOWN], marks[121];

	memset(line, 'b', sizeof(line));
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	memset(marks, '~', sizeof(marks));
	marks[0] = '^';
	marks[120] = '\0';
	snprintf(wanted, sizeof(wanted), "1 | %.120s...\n  | %s\n\n", line, marks);
	line[2998] = '\0';
	expect_excerpt(line, line, wanted);
}

Test(report, text_of_a_line_is_safe)
{
	struct unit *unit = unit_by_hand("x\n");

	((struct source *)unit->source)->name = "a\nb";
	add(unit, LEVEL_ERROR, "stray-text", (struct span){ 0, 1 },
	    "\033[1m \xc3\xa4 \xc2\x9b \xe2\x80\xae \xff");
	expect(&report_gcc, unit, &plain,
	       "a\\x0ab:1:1: error: \\x1b[1m \xc3\xa4 \\xc2\\x9b \\xe2\\x80\\xae \\xff "
	       "[stray-text]\n");
	arena_free(unit->arena);
}

/* ---- limits ---- */

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

Test(report, full_shows_50_of_a_rule_in_a_chain)
{
	enum {
		CHAINS = 300,
		EACH = 53
	};
	struct unit *unit = unit_by_hand("x\n");
	char *text;

	/* By turns, as a file may have them. */
	for (int i = 0; i < CHAINS * EACH; i++) {
		struct diag *diag = add(unit, LEVEL_ERROR, "stray-text", (struct span){ 0, 1 }, "");

		diag->chain = arena_printf(unit->arena, "c%d", i % CHAINS);
		diag->table = i % 2 ? "nat" : "filter";
	}
	text = render(&report_full, unit, &plain);
	cr_expect_eq(count(text, "error:"), CHAINS * 50);
	cr_expect_eq(count(text, "test: and 3 more [stray-text] in chain c"), CHAINS);
	cr_expect(strstr(text, "in chain c299\n"));
	cr_expect(strstr(text, "  15900  stray-text "));
	free(text);
	arena_free(unit->arena);
}

Test(report, a_table_by_rule_above_20)
{
	struct unit *unit = unit_by_hand("x\n");
	char *text;

	for (int i = 0; i < 20; i++)
		add(unit, LEVEL_WARNING, i % 2 ? "stray-text" : "syntax-error",
		    (struct span){ 0, 1 }, "");
	text = render(&report_full, unit, &plain);
	cr_expect(!strstr(text, "10  "), "%s", text);
	free(text);
	add(unit, LEVEL_WARNING, "stray-text", (struct span){ 0, 1 }, "");
	text = render(&report_full, unit, &plain);
	cr_expect(strstr(text, "\n\n     11  stray-text                   warning\n"
			       "     10  syntax-error                 warning\n"
			       "\nadopt with: --write-baseline FILE\n"),
		  "%s", text);
	free(text);
	arena_free(unit->arena);
}

/* The most frequent rule first, at the highest of its levels, and after few findings too. */
Test(report, statistics)
{
	struct report_options options = plain;
	struct unit *unit = unit_by_hand("x\n");
	char *text;

	options.statistics = true;
	add(unit, LEVEL_ERROR, "stray-text", (struct span){ 0, 1 }, "");
	add(unit, LEVEL_WARNING, "syntax-error", (struct span){ 0, 1 }, "");
	add(unit, LEVEL_ERROR, "syntax-error", (struct span){ 0, 1 }, "");
	add(unit, LEVEL_WARNING, "syntax-error", (struct span){ 0, 1 }, "");
	text = render(&report_full, unit, &options);
	cr_expect(strstr(text, "\n\n      3  syntax-error                 error\n"
			       "      1  stray-text                   error\n"),
		  "%s", text);
	cr_expect(!strstr(text, "adopt with"));
	free(text);
	text = render(&report_json, unit, &options);
	cr_expect(strstr(text, "},\n\"statistics\":[\n"
			       "{\"rule\":\"syntax-error\",\"level\":\"error\",\"count\":3}\n"
			       ",{\"rule\":\"stray-text\",\"level\":\"error\",\"count\":1}\n]}\n"),
		  "%s", text);
	free(text);
	arena_free(unit->arena);
}

Test(report, max_problems)
{
	struct unit *unit = unit_by_hand("x\n");
	const struct report_options two = { .max_problems = 2, .path = "a" };
	char *text;

	for (int i = 0; i < 5; i++)
		add(unit, LEVEL_WARNING, "stray-text", (struct span){ 0, 1 }, "");
	text = render(&report_full, unit, &two);
	cr_expect_eq(count(text, "warning:"), 2);
	cr_expect(strstr(text, "test: and 3 more\n"));
	free(text);
	text = render(&report_gcc, unit, &two);
	cr_expect_eq(count(text, "\n"), 2);
	free(text);
	text = render(&report_github, unit, &two);
	cr_expect_eq(count(text, "\n"), 2);
	free(text);
	text = render(&report_sarif, unit, &two);
	cr_expect_eq(count(text, "{\"ruleId\":"), 2);
	free(text);
	text = render(&report_gitlab, unit, &two);
	cr_expect_eq(count(text, "{\"description\":"), 2);
	free(text);
	text = render(&report_checkstyle, unit, &two);
	cr_expect_eq(count(text, "<error "), 2);
	free(text);
	text = render(&report_junit, unit, &two);
	cr_expect_eq(count(text, "<failure "), 2);
	free(text);
	text = render(&report_json, unit, &two);
	cr_expect_eq(count(text, "\"rule\""), 5);
	free(text);
	arena_free(unit->arena);
}

Test(report, tallies_by_rule_table_and_chain)
{
	struct tallies tallies = TALLIES_INIT;
	struct diag diag = { .rule = "a-b" };
	char copy[] = "a-b";

	cr_expect_eq(tally_add(&tallies, &diag), 1);
	diag.rule = copy; /* another pointer, the same name */
	cr_expect_eq(tally_add(&tallies, &diag), 2);
	diag.chain = "";
	cr_expect_eq(tally_add(&tallies, &diag), 1);
	diag.table = "nat";
	cr_expect_eq(tally_add(&tallies, &diag), 1);
	cr_expect_eq(tally_add(&tallies, &diag), 2);
	cr_expect_eq(tallies.count, 3);
	tallies_free(&tallies);
}
