/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of interfaces: a pattern has to stand for the numbers of just those names that
 * iptables takes for it, whatever other names and patterns the table has.
 */
#include "analyse/interfaces.h"

#include <criterion/criterion.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/intern.h"
#include "ruleset/chains.h"

static struct arena *arena;
static struct intern *names;

static void set_up(void)
{
	arena = arena_new();
	names = intern_new(arena);
}

static void tear_down(void)
{
	intern_free(names);
	arena_free(arena);
}

TestSuite(interfaces, .init = set_up, .fini = tear_down);

/* Of a table with a rule for each name, in turn with -i and -o. */
static struct interfaces *of_names(const char *const *texts, size_t n)
{
	struct table *table = arena_new_object(arena, struct table);

	table_init(table, TABLE_FILTER, arena);
	for (size_t i = 0; i < n; i++) {
		struct rule *rule = arena_new_object(arena, struct rule);
		const char *name = texts[i] ? intern_add(names, texts[i], strlen(texts[i])) : NULL;

		if (i % 2)
			rule->out = name;
		else
			rule->in = name;
		chain_append(table->chains[i % table->n_chains], arena, rule);
	}
	return interfaces_new(arena, table);
}

/* iptables(8), -i. */
static bool takes(const char *asked, const char *name)
{
	size_t len = strlen(asked);

	if (len && asked[len - 1] == '+')
		return !strncmp(asked, name, len - 1);
	return !strcmp(asked, name);
}

static bool has(const struct interfaces *interfaces, const char *asked, const char *name)
{
	return set_has(interfaces_find(interfaces, asked), interfaces_number(interfaces, name));
}

Test(interfaces, no_name_asks_for_nothing)
{
	const char *const texts[] = { NULL, "", "+" };
	const struct interfaces *interfaces = of_names(texts, 3);

	cr_assert_null(interfaces_find(interfaces, NULL));
	cr_assert_null(interfaces_find(interfaces, ""));
	cr_assert_null(interfaces_find(interfaces, "+"));
	cr_assert_eq(interfaces_count(interfaces), INTERFACE_OTHER + 1);
	cr_assert_eq(interfaces_number(interfaces, "eth0"), INTERFACE_OTHER);
	cr_assert_null(interfaces_name(interfaces, arena, INTERFACE_ABSENT));
}

Test(interfaces, whole_names)
{
	const char *const texts[] = { "eth0", "lo", "eth1", "eth0" };
	const struct interfaces *interfaces = of_names(texts, 4);

	cr_assert_eq(interfaces_count(interfaces), 2 + 3, "each name once");
	cr_assert(has(interfaces, "eth0", "eth0"));
	cr_assert_not(has(interfaces, "eth0", "eth1"));
	cr_assert_not(has(interfaces, "eth0", "eth"));
	cr_assert_not(has(interfaces, "eth0", "eth00"));
	cr_assert_eq(interfaces_number(interfaces, "eth2"), INTERFACE_OTHER);
	cr_assert_eq(interfaces_number(interfaces, "eth"), INTERFACE_OTHER);
}

Test(interfaces, patterns)
{
	const char *const texts[] = { "eth+", "eth0", "eth1+", "lo", "eth" };
	const struct interfaces *interfaces = of_names(texts, 5);
	const char *some;

	cr_assert(has(interfaces, "eth+", "eth0"));
	cr_assert(has(interfaces, "eth+", "eth"));
	cr_assert(has(interfaces, "eth+", "eth17"));
	cr_assert(has(interfaces, "eth1+", "eth17"));
	cr_assert(has(interfaces, "eth1+", "eth1"));
	cr_assert_not(has(interfaces, "eth1+", "eth0"));
	cr_assert_not(has(interfaces, "eth1+", "eth2"));
	cr_assert_not(has(interfaces, "eth+", "lo"));
	cr_assert_not(has(interfaces, "eth+", "et"));
	/* eth0, eth and eth1+ are not all that eth+ stands for */
	some = interfaces_name(interfaces, arena, interfaces_number(interfaces, "eth7"));
	cr_assert(takes("eth+", some) && !takes("eth1+", some) && strcmp(some, "eth0"), "%s", some);
	cr_assert_eq(interfaces_number(interfaces, "eth7"), interfaces_number(interfaces, "ethx"));
	cr_assert_neq(interfaces_number(interfaces, "eth7"), interfaces_number(interfaces, "eth0"));
}

/* A name that is made up is none that the kernel has no room for. */
Test(interfaces, long_names)
{
	const char *const texts[] = {
		"abcdefghijklmn+", "abcdefghijklmn0", "abcdefghijklmn1", "abcdefghijklmn2",
		"abcdefghijklmn3", "abcdefghijklmn4", "abcdefghijklmn5", "abcdefghijklmn6",
		"abcdefghijklmn7", "abcdefghijklmn8", "abcdefghijklmn9",
	};
	const size_t n = sizeof(texts) / sizeof(texts[0]);
	const struct interfaces *interfaces = of_names(texts, n - 1);

	cr_assert_str_eq(interfaces_name(interfaces, arena, INTERFACE_OTHER + 1), texts[n - 1]);
	interfaces = of_names(texts, n);
	cr_assert_null(interfaces_name(interfaces, arena, INTERFACE_OTHER + 1));
}

/* Every interface has a number that tells which rules take it; and so has none. */
static void check(const struct interfaces *interfaces, const char *const *texts, size_t n,
		  const char *name)
{
	uint32_t number = interfaces_number(interfaces, name);
	bool taken = false;

	cr_assert_neq(number, INTERFACE_ABSENT, "%s", name);
	cr_assert_lt(number, interfaces_count(interfaces), "%s", name);
	for (size_t i = 0; i < n; i++) {
		const struct set *set = interfaces_find(interfaces, texts[i]);

		if (!texts[i][0] || !strcmp(texts[i], "+")) {
			cr_assert_null(set);
			continue;
		}
		cr_assert_eq(set_has(set, number), takes(texts[i], name), "-i %s, %s", texts[i],
			     name);
		cr_assert_not(set_has(set, INTERFACE_ABSENT), "%s", texts[i]);
		taken |= takes(texts[i], name);
	}
	cr_assert_eq(number == INTERFACE_OTHER, !taken, "%s", name);
}

static uint64_t state = 99;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

/* Of few letters, so that many begin with another one; + may stand in the middle too. */
static void chance_name(char *name, unsigned len_max)
{
	unsigned len = chance(len_max) + 1;

	for (unsigned i = 0; i < len; i++)
		name[i] = "aab+"[chance(i == 0 ? 3 : 4)];
	name[len] = '\0';
}

#define NAMES_MAX 12

Test(interfaces, every_rule_takes_what_iptables_takes)
{
	for (unsigned round = 0; round < 3000; round++) {
		char texts[NAMES_MAX][8], name[8];
		const char *asked[NAMES_MAX];
		unsigned n = chance(NAMES_MAX) + 1;
		struct interfaces *interfaces;

		for (unsigned i = 0; i < n; i++) {
			chance_name(texts[i], 4);
			if (!chance(2))
				strcat(texts[i], "+");
			asked[i] = texts[i];
		}
		interfaces = of_names(asked, n);
		for (unsigned i = 0; i < n; i++) {
			check(interfaces, asked, n, texts[i]);
			snprintf(name, sizeof(name), "%.*s", (int)strlen(texts[i]) - 1, texts[i]);
			check(interfaces, asked, n, name);
		}
		for (unsigned i = 0; i < 60; i++) {
			chance_name(name, 6);
			check(interfaces, asked, n, name);
		}
		for (uint32_t i = INTERFACE_OTHER; i < interfaces_count(interfaces); i++) {
			const char *shown = interfaces_name(interfaces, arena, i);

			cr_assert(shown);
			cr_assert_lt(strlen(shown), IFNAMSIZ);
			cr_assert_eq(interfaces_number(interfaces, shown), i, "%s", shown);
		}
	}
}
