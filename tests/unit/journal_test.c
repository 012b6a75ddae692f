/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of calls, and the names of programs.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "convert/journal.h"

static enum filter_program program_of(const char *name, enum family wanted)
{
	enum family family = 99;
	enum filter_program program = filter_program_of(name, &family);

	cr_assert_eq(family, wanted, "%s", name);
	return program;
}

Test(journal, names_of_programs)
{
	cr_assert_eq(program_of("iptables", FAMILY_IPV4), FILTER_COMMAND);
	cr_assert_eq(program_of("/sbin/ip6tables-legacy", FAMILY_IPV6), FILTER_COMMAND);
	cr_assert_eq(program_of("iptables-nft", FAMILY_IPV4), FILTER_COMMAND);
	cr_assert_eq(program_of("/usr/sbin/iptables-restore", FAMILY_IPV4), FILTER_RESTORE);
	cr_assert_eq(program_of("ip6tables-nft-restore", FAMILY_IPV6), FILTER_RESTORE);
	cr_assert_eq(program_of("iptables-legacy-save", FAMILY_IPV4), FILTER_SAVE);
	cr_assert_eq(program_of("ipset", FAMILY_UNSPEC), FILTER_IPSET);
	cr_assert_eq(program_of("/usr/sbin/ipset", FAMILY_UNSPEC), FILTER_IPSET);
}

Test(journal, other_programs)
{
	static const char *const others[] = { "iptables-apply",
					      "/etc/init.d/iptables",
					      "iptables-xml",
					      "xtables-multi",
					      "iptables-translate",
					      "ebtables",
					      "nft",
					      "",
					      "iptablesx",
					      "/",
					      "ipset-translate" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_assert_eq(program_of(others[i], FAMILY_UNSPEC), FILTER_NONE, "%s", others[i]);
}

Test(journal, keeps_copies)
{
	struct arena *arena = arena_new();
	struct journal *journal = journal_new(arena, NULL);
	char word[] = "iptables", option[] = "-F", input[] = "text", file[] = "other.sh";
	const char *words[] = { word, option };
	struct span spans[] = { { 1, 9 }, { 10, 12 } };
	struct journal_call call = { .words = words,
				     .spans = spans,
				     .n_words = 2,
				     .input = input,
				     .input_len = 4,
				     .other_file = file,
				     .program = FILTER_COMMAND,
				     .family = FAMILY_IPV4 };

	for (int i = 0; i < 1000; i++)
		journal_add(journal, &call);
	memset(word, 'x', strlen(word));
	memset(option, 'x', strlen(option));
	memset(input, 'x', strlen(input));
	memset(file, 'x', strlen(file));
	memset(spans, 0, sizeof(spans));
	cr_assert_eq(journal->n_calls, 1000);
	for (int i = 0; i < 1000; i += 999) {
		const struct journal_call *kept = &journal->calls[i];

		cr_assert_str_eq(kept->words[0], "iptables");
		cr_assert_str_eq(kept->words[1], "-F");
		cr_assert_eq(kept->spans[1].end, 12);
		cr_assert_eq(memcmp(kept->input, "text", 4), 0);
		cr_assert_str_eq(kept->other_file, "other.sh");
	}
	arena_free(arena);
}

Test(journal, is_cut_and_knows_its_families)
{
	struct arena *arena = arena_new();
	struct journal *journal = journal_new(arena, NULL);
	struct journal_call call = { .n_words = 0, .family = FAMILY_IPV4 };

	cr_assert(!journal_touches(journal, FAMILY_IPV4));
	journal_add(journal, &call);
	call.family = FAMILY_IPV6;
	journal_add(journal, &call);
	cr_assert(journal_touches(journal, FAMILY_IPV4));
	cr_assert(journal_touches(journal, FAMILY_IPV6));
	journal_cut(journal, 5);
	cr_assert_eq(journal->n_calls, 2);
	journal_cut(journal, 1);
	cr_assert(!journal_touches(journal, FAMILY_IPV6));
	journal_cut(journal, 0);
	cr_assert(!journal_touches(journal, FAMILY_IPV4));
	arena_free(arena);
}

Test(journal, knows_whether_something_was_changed)
{
	static const struct {
		enum filter_program program;
		int status;
		bool changes;
	} calls[] = {
		{ FILTER_SAVE, 0, false },    { FILTER_OTHER, 0, false },
		{ FILTER_COMMAND, 1, false }, { FILTER_RESTORE, 2, false },
		{ FILTER_COMMAND, 0, true },  { FILTER_RESTORE, 0, true },
		{ FILTER_IPSET, 0, true },
	};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct journal *journal = journal_new(arena, NULL);
		struct journal_call call = { .program = calls[i].program,
					     .status = calls[i].status };

		cr_expect_not(journal_changes(journal));
		journal_add(journal, &call);
		cr_expect_eq(journal_changes(journal), calls[i].changes, "%zu", i);
	}
	arena_free(arena);
}
