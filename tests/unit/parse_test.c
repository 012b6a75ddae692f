/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language of rules files, fact by fact, with the span of everything: each text
 * is read, and what came of it is written down, a line for each thing.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "parse/parse.h"
#include "parse/template.h"

static void add_statement(void *context, struct statement *statement)
{
	static const char *const kinds[] = { "blank",	"comment", "table", "chain",
					     "command", "commit",  "broken" };
	struct buf *out = context;

	buf_printf(out, "%s %u-%u", kinds[statement->kind], statement->span.start,
		   statement->span.end);
	if (statement->kind == STATEMENT_TABLE) {
		const struct table_statement *table = (struct table_statement *)statement;

		buf_printf(out, " %s", table->table == TABLE_NONE ? "?" : table_name(table->table));
	} else if (statement->kind == STATEMENT_CHAIN) {
		const struct chain_statement *chain = (struct chain_statement *)statement;

		buf_printf(out, " %s %u-%u %s %u-%u", chain->name, chain->name_span.start,
			   chain->name_span.end, chain->policy_text, chain->policy_span.start,
			   chain->policy_span.end);
		if (chain->counters)
			buf_printf(out, " [%llu:%llu]",
				   (unsigned long long)chain->counters->packets,
				   (unsigned long long)chain->counters->bytes);
	}
	buf_add_char(out, '\n');
}

static bool add_command(void *context, struct command *command, const struct counters *counters,
			const struct word *words, size_t n_words)
{
	struct buf *out = context;

	buf_printf(out, "command %u-%u", command->base.span.start, command->base.span.end);
	if (counters)
		buf_printf(out, " [%llu:%llu]", (unsigned long long)counters->packets,
			   (unsigned long long)counters->bytes);
	for (size_t i = 0; i < n_words; i++)
		buf_printf(out, " <%s>%u-%u", words[i].text, words[i].span.start,
			   words[i].span.end);
	buf_add_char(out, '\n');
	return true;
}

/* Everything that is in LEN bytes of TEXT; the caller frees it. */
static struct buf read_bytes(const char *text, size_t len)
{
	struct buf out = BUF_INIT;
	struct arena *arena = arena_new();
	struct intern *names = intern_new(arena);
	struct parse_handler handler = { add_statement, add_command, &out };
	char *copy = arena_strndup(arena, text, len);
	struct diags diags;

	diags_init(&diags, arena);
	parse_rules(arena, names, source_new(arena, "test", copy, len), &diags, &handler);
	for (const struct diag *diag = diags.first; diag; diag = diag->next)
		buf_printf(&out, "! %u-%u %s %s\n", diag->span.start, diag->span.end, diag->rule,
			   diag->refuses == BACKEND_BOTH     ? "both"
			   : diag->refuses == BACKEND_LEGACY ? "legacy"
			   : diag->refuses == BACKEND_NFT    ? "nft"
							     : "-");
	intern_free(names);
	arena_free(arena);
	return out;
}

struct row {
	const char *text;
	const char *expected;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf out = read_bytes(rows[i].text, strlen(rows[i].text));

		cr_expect_str_eq(buf_string(&out), rows[i].expected, "%s\ngives\n%s", rows[i].text,
				 buf_string(&out));
		buf_free(&out);
	}
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof(*(rows)))

Test(parse, lines)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n\n", "blank 0-1\n" },
		{ "# a\n# b\n\n", "comment 0-7\nblank 8-8\n" },
		{ "*filter\nCOMMIT\n", "table 0-7 filter\ncommit 8-14\n" },
		{ "* filter junk\nCOMMIT\n", "table 0-13 filter\ncommit 14-20\n" },
		{ "*\nCOMMIT\n", "table 0-1 ?\ncommit 2-8\n! 0-1 syntax-error both\n" },
		{ "*Filter\nCOMMIT\n", "table 0-7 ?\ncommit 8-14\n! 1-7 syntax-error both\n" },
		{ "*filter\n", "table 0-7 filter\n! 0-7 missing-commit both\n" },
		{ "*filter\n*nat\nCOMMIT\n",
		  "table 0-7 filter\ntable 8-12 nat\ncommit 13-19\n! 8-12 missing-commit both\n" },
		{ "*filter\nCOMMIT",
		  "table 0-7 filter\ncommit 8-14\n! 8-14 missing-commit legacy\n" },
		{ "*filter\nCOMMIT \n",
		  "table 0-7 filter\ncommand 8-15 <COMMIT>8-14\n! 0-7 missing-commit both\n" },
		{ "*filter\n \nCOMMIT\n",
		  "table 0-7 filter\nbroken 8-9\ncommit 10-16\n! 8-9 stray-text both\n" },
	};

	CHECK(rows);
}

Test(parse, outside_of_a_section)
{
	static const struct row rows[] = {
		{ "-A INPUT\n", "broken 0-8\n! 0-2 syntax-error both\n" },
		{ "COMMIT\n", "broken 0-6\n! 0-6 syntax-error both\n" },
		{ " *filter\n", "broken 0-8\n! 1-8 stray-text both\n" },
		{ " # x\n", "broken 0-4\n! 1-2 stray-text both\n" },
		{ "hello\nworld\n",
		  "broken 0-11\n! 0-5 stray-text both\n! 6-11 stray-text both\n" },
		{ "iptables -F\n", "broken 0-11\n! 0-8 stray-text both\n" },
		{ "\xef\xbb\xbf*filter\nCOMMIT\n",
		  "table 3-10 filter\ncommit 11-17\n! 0-3 stray-text both\n" },
	};

	CHECK(rows);
}

#define IN(text) "*filter\n" text "\nCOMMIT\n"

Test(parse, chains)
{
	static const struct row rows[] = {
		{ IN(":INPUT DROP [1:2]"),
		  "table 0-7 filter\nchain 8-25 INPUT 9-14 DROP 15-19 [1:2]\ncommit 26-32\n" },
		{ IN(": INPUT -"),
		  "table 0-7 filter\nchain 8-17 INPUT 10-15 - 16-17\ncommit 18-24\n" },
		{ IN(":INPUT"),
		  "table 0-7 filter\nbroken 8-14\ncommit 15-21\n! 9-14 syntax-error both\n" },
		{ IN(":"),
		  "table 0-7 filter\nbroken 8-9\ncommit 10-16\n! 8-9 syntax-error both\n" },
		{ IN(":A - [x]"), "table 0-7 filter\nchain 8-16 A 9-10 - 11-12\ncommit 17-23\n"
				  "! 13-16 invalid-value -\n" },
		{ IN(":-x -"), "table 0-7 filter\nchain 8-13 -x 9-11 - 12-13\ncommit 14-20\n"
			       "! 9-11 syntax-error nft\n" },
		{ IN(":aaaaaaaaaaaaaaaaaaaaaaaaaaaaa -"),
		  "table 0-7 filter\nbroken 8-40\ncommit 41-47\n! 9-38 name-too-long both\n" },
	};

	CHECK(rows);
}

Test(parse, words)
{
	static const struct row rows[] = {
		{ IN("-A  INPUT\t-j X"),
		  "table 0-7 filter\ncommand 8-22 <-A>8-10 <INPUT>12-17 <-j>18-20 <X>21-22\n"
		  "commit 23-29\n" },
		{ IN("\"a b\" c"), "table 0-7 filter\ncommand 8-15 <a b>8-13 <c>14-15\n"
				   "commit 16-22\n" },
		{ IN("a\"b c\"d"), "table 0-7 filter\ncommand 8-15 <ab c>8-14 <d>14-15\n"
				   "commit 16-22\n" },
		{ IN("\"\" 'x'"), "table 0-7 filter\ncommand 8-14 <>8-10 <'x'>11-14\n"
				  "commit 15-21\n" },
		{ IN("\"a\\\"\\n\\\\\""), "table 0-7 filter\ncommand 8-17 <a\"n\\>8-17\n"
					  "commit 18-24\n" },
		{ IN("a\\ b"), "table 0-7 filter\ncommand 8-12 <a\\>8-10 <b>11-12\n"
			       "commit 13-19\n" },
		{ IN("a \"b c"), "table 0-7 filter\ncommand 8-14 <a>8-9 <b c\n>10-14\n"
				 "commit 15-21\n! 10-11 unbalanced-quote -\n" },
		{ "*filter\n\"b", "table 0-7 filter\ncommand 8-10 <b>8-10\n"
				  "! 8-9 unbalanced-quote -\n! 0-7 missing-commit both\n" },
		{ IN("iptables -A X"),
		  "table 0-7 filter\nbroken 8-21\ncommit 22-28\n! 8-16 stray-text both\n" },
	};

	CHECK(rows);
}

Test(parse, counters)
{
	static const struct row rows[] = {
		{ IN("[1:2] -A X"), "table 0-7 filter\ncommand 8-18 [1:2] <-A>14-16 <X>17-18\n"
				    "commit 19-25\n" },
		{ IN("[1:2]-A X"), "table 0-7 filter\ncommand 8-17 [1:2] <-A>13-15 <X>16-17\n"
				   "commit 18-24\n" },
		{ IN("[ 1:2 ] -A X"),
		  "table 0-7 filter\ncommand 8-20 [1:2] <-A>16-18 <X>19-20\ncommit 21-27\n" },
		{ IN("[1:] -A X"),
		  "table 0-7 filter\ncommand 8-17 <-A>13-15 <X>16-17\ncommit 18-24\n"
		  "! 8-12 invalid-value -\n" },
		{ IN("[1] -A X"), "table 0-7 filter\nbroken 8-16\ncommit 17-23\n"
				  "! 8-11 syntax-error both\n" },
		{ IN("[1:2 -A X"), "table 0-7 filter\nbroken 8-17\ncommit 18-24\n"
				   "! 8-12 syntax-error both\n" },
	};

	CHECK(rows);
}

Test(parse, carriage_returns)
{
	static const struct row rows[] = {
		{ "*filter\r\n-A X\r\nCOMMIT\r\n",
		  "table 0-8 filter\ncommand 9-14 <-A>9-11 <X>12-13\ncommit 15-22\n"
		  "! 7-8 stray-text both\n" },
		{ IN("# x\r"), "table 0-7 filter\ncomment 8-12\ncommit 13-19\n" },
		{ IN(":A - [0:0]\r"),
		  "table 0-7 filter\nchain 8-19 A 9-10 - 11-12 [0:0]\ncommit 20-26\n" },
		{ IN("a\rb"), "table 0-7 filter\ncommand 8-11 <a\rb>8-11\ncommit 12-18\n" },
	};

	CHECK(rows);
}

static void check_bytes(const char *text, size_t len, const char *expected)
{
	struct buf out = read_bytes(text, len);

	cr_expect_str_eq(buf_string(&out), expected, "gives\n%s", buf_string(&out));
	buf_free(&out);
}

#define BYTES(text) text, sizeof(text) - 1

Test(parse, nul_cuts_a_line)
{
	check_bytes(BYTES("*filter\na\0b\nCOMMIT\n"),
		    "table 0-7 filter\ncommand 8-11 <a>8-9\ncommit 12-18\n! 9-10 stray-text -\n");
	check_bytes(BYTES("*filter\n\"a\0b\"\nCOMMIT\n"),
		    "table 0-7 filter\ncommand 8-13 <a>8-13\ncommit 14-20\n"
		    "! 10-11 stray-text -\n! 8-9 unbalanced-quote -\n");
	check_bytes(BYTES("*filter\nCOMMIT\0\n"),
		    "table 0-7 filter\ncommit 8-15\n! 14-15 stray-text -\n"
		    "! 8-14 missing-commit legacy\n");
	check_bytes(BYTES("#\0\n"), "comment 0-2\n");
}

/* TEXT, then N times BYTE, then the end of a section. */
static struct buf long_line(const char *text, char byte, size_t n)
{
	struct buf line = BUF_INIT;
	struct buf out;

	buf_add_string(&line, "*filter\n");
	buf_add_string(&line, text);
	for (size_t i = 0; i < n; i++)
		buf_add_char(&line, byte);
	buf_add_string(&line, "\nCOMMIT\n");
	out = read_bytes(line.data, line.len);
	buf_free(&line);
	return out;
}

Test(parse, a_line_goes_on_behind_its_buffer)
{
	/* 10,239 bytes with the newline, one more, and a word behind them. */
	struct buf fits = long_line("-A X", ' ', 10234);
	struct buf newline_left = long_line("-A X", ' ', 10235);
	struct buf rest = long_line("-A X", ' ', 10236);

	cr_expect_str_eq(fits.data, "table 0-7 filter\ncommand 8-10246 <-A>8-10 <X>11-12\n"
				    "commit 10247-10253\n");
	cr_expect_str_eq(newline_left.data,
			 "table 0-7 filter\ncommand 8-10247 <-A>8-10 <X>11-12\nblank 10247-10247\n"
			 "commit 10248-10254\n");
	cr_expect_str_eq(rest.data, "table 0-7 filter\ncommand 8-10247 <-A>8-10 <X>11-12\n"
				    "broken 10247-10248\ncommit 10249-10255\n"
				    "! 10247-10248 stray-text both\n");
	buf_free(&fits);
	buf_free(&newline_left);
	buf_free(&rest);
}

Test(parse, long_words)
{
	struct buf fits = long_line("", 'x', 1023);
	struct buf over = long_line("", 'x', 1024);

	cr_expect(strstr(fits.data, "command 8-1031 <x"));
	cr_expect_not(strchr(fits.data, '!'));
	cr_expect(strstr(over.data, "! 8-1032 syntax-error both\n"), "%s", over.data);
	buf_free(&fits);
	buf_free(&over);
}

Test(parse, many_words)
{
	struct buf line = BUF_INIT;

	for (int n = 251; n <= 252; n++) {
		struct buf out;

		buf_clear(&line);
		buf_add_string(&line, "*filter\n");
		for (int i = 0; i < n; i++)
			buf_add_string(&line, "w ");
		buf_add_string(&line, "\nCOMMIT\n");
		out = read_bytes(line.data, line.len);
		cr_expect_eq(strchr(out.data, '!') != NULL, n == 252, "%d words", n);
		buf_free(&out);
	}
	buf_free(&line);
}

Test(parse, too_many_errors_are_counted)
{
	struct buf text = BUF_INIT;
	struct buf out;
	size_t errors = 0;

	for (int i = 0; i < 5000; i++)
		buf_add_string(&text, "stray\n");
	out = read_bytes(text.data, text.len);
	for (const char *c = out.data; *c; c++)
		errors += *c == '!';
	cr_expect_eq(errors, 1001, "%zu errors", errors);
	buf_free(&out);
	buf_free(&text);
}

Test(parse, words_of_a_line_again)
{
	static const char text[] = "*filter\n[1:2] -A X --comment \"a b\" \"c\nCOMMIT\n";
	struct arena *arena = arena_new();
	struct source *source = source_new(arena, "test", text, sizeof(text) - 1);
	size_t n;
	struct word *words = parse_words(arena, source, (struct span){ 8, 37 }, &n);

	cr_assert_eq(n, 5);
	cr_expect_str_eq(words[0].text, "-A");
	cr_expect_eq(words[0].span.start, 14);
	cr_expect_str_eq(words[3].text, "a b");
	cr_expect(words[3].quoted);
	cr_expect_eq(words[3].span.end, 34);
	cr_expect_eq(words[4].span.start, 35);
	arena_free(arena);
}

static bool is_template(const char *text)
{
	struct arena *arena = arena_new();
	struct diags diags;
	bool found;

	diags_init(&diags, arena);
	found = template_check(source_new(arena, "test", text, strlen(text)), &diags);
	cr_expect_eq(diags.count, found);
	arena_free(arena);
	return found;
}

Test(parse, templates)
{
	cr_expect(is_template("*filter\n-A INPUT -s {{ net }} -j ACCEPT\n"));
	cr_expect(is_template("*filter\n{% if x %}\n"));
	cr_expect(is_template("*filter\n<% x %>\n"));
	cr_expect(is_template("*filter\n-A INPUT -i ${IF}\n"));
	cr_expect_not(is_template("# {{ x }}\n*filter\n"));
	cr_expect_not(is_template("*filter\n-A INPUT -m comment --comment \"{{ x }}\"\n"));
	cr_expect_not(is_template("*filter\n-A INPUT -m comment --comment {a}\n"));
}
