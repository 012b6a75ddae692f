/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files of a directory are taken for rules files, and in what order.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/files.h"

static char folder[] = "/tmp/iptlint-discovery.XXXXXX";

static void enter_folder(void)
{
	cr_assert(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static void remove_folder(void)
{
	char command[100];

	cr_assert_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(discovery, .init = enter_folder, .fini = remove_folder);

/* NAME with the folders that it needs. */
static void put(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s", name);
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	file = fopen(path, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
}

/* The names that are found in WORD, joined by spaces. */
static void expect_found(const char *word, int status, const char *wanted)
{
	struct arena *arena = arena_new();
	struct inputs inputs = { 0 };
	char found[1000] = "";

	inputs_add(&inputs, arena, word, false);
	for (size_t i = 0; i < inputs.count; i++) {
		strncat(found, i ? " " : "", sizeof(found) - strlen(found) - 1);
		strncat(found, inputs.list[i].name, sizeof(found) - strlen(found) - 1);
	}
	cr_expect_str_eq(found, wanted);
	cr_expect_eq(inputs.status, status);
	free(inputs.list);
	arena_free(arena);
}

Test(discovery, names_that_are_always_taken)
{
	static const char *const names[] = {
		"rules.v4",	   "rules.v6",		"rules-save",	      "iptables.rules",
		"ip6tables.rules", "iptables.up.rules", "sysconfig/iptables", "sysconfig/ip6tables",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		put(names[i], "");
		cr_expect(is_rules_file(names[i]), "%s", names[i]);
	}
}

Test(discovery, names_that_are_never_taken)
{
	static const char *const names[] = {
		"iptables", "other/ip6tables", "rules.v4~",   "rules.v4.bak",
		"rules",    "notes.txt",       ".swap.rules", "rules-save.old",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		put(names[i], "*filter\nCOMMIT\n");
		cr_expect_not(is_rules_file(names[i]), "%s", names[i]);
	}
}

Test(discovery, other_names_are_looked_into)
{
	static const struct {
		const char *text;
		bool taken;
	} cases[] = {
		{ "*filter\n", true },
		{ "# a comment\n\n*filter\n", true },
		{ "\xef\xbb\xbf*filter\r\n", true },
		{ "\t*fliter\n", true }, /* a broken file is not to be passed over */
		{ ":INPUT ACCEPT [0:0]\n", true },
		{ "-A INPUT -j DROP\n", true },
		{ "  -A INPUT -j DROP\n", true },
		{ "[0:0] -A INPUT -j DROP\n", true },
		{ "COMMIT\n", true },
		{ "", false },
		{ "KERNEL==\"sda\", ACTION==\"add\"\n", false }, /* udev */
		{ "-a always,exit -F arch=b64\n", false },	 /* audit */
		{ "alert tcp any any -> any any (msg:\"x\";)\n", false },
		{ "groups:\n  - name: x\n", false },
		{ "* one\n** two\n: three\n", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put("a.rules", cases[i].text);
		cr_expect_eq(is_rules_file("a.rules"), cases[i].taken, "%s", cases[i].text);
	}
	put("a.v4", "*filter\n");
	put("a.ip6tables", "*filter\n");
	cr_expect(is_rules_file("a.v4"));
	cr_expect(is_rules_file("a.ip6tables"));
}

Test(discovery, the_first_50_lines_decide)
{
	char text[4000] = "";

	for (int i = 0; i < 49; i++)
		strcat(text, "#\n");
	strcat(text, "COMMIT\n");
	put("a.rules", text);
	cr_expect(is_rules_file("a.rules"));
	memmove(text + 2, text, strlen(text) + 1);
	put("a.rules", text);
	cr_expect_not(is_rules_file("a.rules"));
}

Test(discovery, the_middle_of_a_line_tells_nothing)
{
	char text[2000];

	memset(text, ' ', sizeof(text));
	text[0] = 'x';
	memcpy(text + 511, "COMMIT\n", 8); /* where the buffer ends */
	put("a.rules", text);
	cr_expect_not(is_rules_file("a.rules"));
	memset(text, 'x', 1200); /* one line, whatever its length */
	strcpy(text + 1200, "\nCOMMIT\n");
	put("a.rules", text);
	cr_expect(is_rules_file("a.rules"));
}

Test(discovery, order_and_depth)
{
	put("d/b/rules.v4", "");
	put("d/b/rules.v6", "");
	put("d/a/deep/er/rules.v4", "");
	put("d/B.v4", "*filter\n");
	put("d/.git/rules.v4", "");
	put("d/.hidden/rules.v4", "");
	put("d/readme", "*filter\n");
	expect_found("d", 0,
		     "d/.hidden/rules.v4 d/B.v4 d/a/deep/er/rules.v4 d/b/rules.v4 d/b/rules.v6");
	expect_found("d/b///", 0, "d/b/rules.v4 d/b/rules.v6");
	expect_found("d/.git", 0, "d/.git/rules.v4"); /* asked for by name */
}

Test(discovery, links)
{
	put("d/real/rules.v4", "");
	cr_assert_eq(symlink("real/rules.v4", "d/rules.v4"), 0);
	cr_assert_eq(symlink("real", "d/same"), 0);
	cr_assert_eq(symlink(".", "d/real/loop"), 0);
	cr_assert_eq(symlink("nothing", "d/other"), 0);
	expect_found("d", 0, "d/real/rules.v4 d/rules.v4");
	/* Reading it will tell that it is not there. */
	cr_assert_eq(symlink("nothing", "d/zz.v4"), 0);
	expect_found("d", 0, "d/real/rules.v4 d/rules.v4 d/zz.v4");
}

Test(discovery, what_is_named_is_taken)
{
	put("d/notes.txt", "");
	expect_found("d/notes.txt", 0, "d/notes.txt");
	expect_found("missing", 0, "missing");
	expect_found("-", 0, "-");
}

Test(discovery, nothing_found)
{
	put("d/notes.txt", "");
	expect_found("d", 2, "");
}
