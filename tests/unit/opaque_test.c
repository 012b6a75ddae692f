/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules ask for where it is not taken apart, or not known: opaque matches, lines that
 * say nothing, and the moments at which matches are asked.
 */
#include "condition_world.h"

TestSuite(opaque, .init = set_up, .fini = tear_down);

/* The conditions of N rules, in order. */
static void read_rules(struct condition *conditions, size_t n, enum family family,
		       unsigned backends, const char *rules)
{
	const struct entry *entry = load_rules(family, backends, rules);

	for (size_t i = 0; i < n; i++, entry = entry->next) {
		cr_assert(entry, "rule %zu", i);
		condition_read(&conditions[i], scratch, space, &moment_untouched, entry->rule);
	}
	cr_assert_null(entry);
}

static bool covers(const struct condition *a, const struct condition *b)
{
	cr_assert_eq(a->n, 1);
	cr_assert_eq(b->n, 1);
	return a->sure && region_contains(a->regions[0], b->regions[0]);
}

static bool overlap(const struct condition *a, const struct condition *b)
{
	return region_overlaps(a->regions[0], b->regions[0]);
}

/* Equal texts have one answer; what differs has answers of its own. */
Test(opaque, opaque_matches)
{
	struct condition c[12];

	read_rules(c, LEN(c), FAMILY_IPV4, BACKEND_LEGACY,
		   BEGIN /* 0 */
		   "-A RULES -m mark --mark 1\n"
		   /* 1 */ "-A RULES -p tcp -m mark --mark 0x1\n"
		   /* 2 */ "-A RULES -m mark ! --mark 1\n"
		   /* 3 */ "-A RULES -m mark --mark 2\n"
		   /* 4 */ "-A RULES -m connmark --mark 1\n"
		   /* 5 */ "-A RULES -m mac --mac-source 00:11:22:33:44:55\n"
		   /* 6 */ "-A RULES -m mac ! --mac-source 00:11:22:33:44:55\n"
		   /* 7 */ "-A RULES -m conntrack --ctstate NEW --ctproto tcp\n"
		   /* 8 */ "-A RULES -m conntrack ! --ctproto tcp --ctdir ORIGINAL\n"
		   /* 9 */ "-A RULES -m conntrack --ctproto tcp --ctdir ORIGINAL\n"
		   /* 10 */ "-A RULES -m conntrack ! --ctorigsrc 1.1.1.1 --ctorigdst 2.2.2.2\n"
		   /* 11 */ "-A RULES -m conntrack --ctorigsrc 1.1.1.1 ! --ctorigdst 2.2.2.2\n"
		   "COMMIT\n");
	for (size_t i = 0; i < LEN(c); i++) {
		cr_assert(c[i].sure);
		for (size_t j = 0; j < LEN(c); j++)
			cr_assert_eq(covers(&c[i], &c[j]), i == j || (i == 0 && j == 1), "%zu, %zu",
				     i, j);
	}
	cr_assert_not(overlap(&c[0], &c[2]), "a mark is 1 or is not");
	cr_assert_not(overlap(&c[1], &c[2]));
	cr_assert(overlap(&c[0], &c[3]), "what is opaque is not known to exclude another one");
	cr_assert(overlap(&c[0], &c[4]));
	cr_assert_not(overlap(&c[5], &c[6]));
	cr_assert_not(overlap(&c[8], &c[9]));
	cr_assert(overlap(&c[10], &c[11]), "each negates another part");
	/* each packet is taken by a test of the mark or by its negation ... */
	cr_assert(set_high(space_domain(space, c[2].regions[0]->constraints[0].variable)) ==
		  ANSWER_YES);
	/* ... but one without a MAC address by neither */
	cr_assert(set_high(space_domain(space, c[6].regions[0]->constraints[0].variable)) ==
		  ANSWER_NEITHER);
}

/* The states are understood, whatever else the match asks for. */
Test(opaque, states_with_more)
{
	struct condition c[3];

	read_rules(c, LEN(c), FAMILY_IPV4, BACKEND_LEGACY,
		   BEGIN "-A RULES -m conntrack --ctstate NEW --ctproto tcp\n"
			 "-A RULES -m conntrack --ctstate NEW\n"
			 "-A RULES -m conntrack --ctstate INVALID\n"
			 "COMMIT\n");
	cr_assert(covers(&c[1], &c[0]));
	cr_assert_not(covers(&c[0], &c[1]));
	cr_assert_not(overlap(&c[0], &c[2]));
}

Test(opaque, tcp_options)
{
	struct condition c[4];

	read_rules(c, LEN(c), FAMILY_IPV4, BACKEND_LEGACY,
		   BEGIN "-A RULES -p tcp --tcp-option 5\n"
			 "-A RULES -p tcp ! --tcp-option 5\n"
			 "-A RULES -p tcp --tcp-option 6\n"
			 "-A RULES -p tcp --tcp-option 5 --dport 22\n"
			 "COMMIT\n");
	cr_assert(covers(&c[0], &c[3]));
	cr_assert_not(covers(&c[3], &c[0]));
	cr_assert_not(overlap(&c[0], &c[1]));
	cr_assert(overlap(&c[0], &c[2]) && !covers(&c[0], &c[2]));
	for (size_t i = 0; i < LEN(c); i++) {
		const struct set *whole = region_get(c[i].regions[0], VAR_FRAGMENT, 0);

		cr_assert(whole && !set_has(whole, 1), "no later fragment has options");
	}
}

/* Of these nothing is said: they are all packets, and cover none. */
Test(opaque, silent_rules)
{
	struct condition c[4];

	read_rules(c, LEN(c), FAMILY_IPV4, BACKEND_LEGACY,
		   BEGIN "-A RULES -p tcp -m tcp --dport 22 -m tcp --dport 23\n"
			 "-A RULES -p tcp -m tcp --syn -m tcp --sport 1 -m tcp --syn\n"
			 "-A RULES -p udp -m udp --sport 22 -m udp ! --sport 22\n"
			 "-A RULES ! -i + -s 10.0.0.1\n"
			 "COMMIT\n");
	for (size_t i = 0; i < LEN(c); i++) {
		cr_assert(c[i].silent, "%zu", i);
		cr_assert_not(c[i].sure);
		cr_assert_eq(c[i].n, 1);
		cr_assert_eq(c[i].regions[0]->n, 0);
		cr_assert_not(condition_is_everything(&c[i]));
	}
}

/* A line that is no rule holds its place, and may be anything. */
Test(opaque, unbound_rules)
{
	const struct unit *unit = load(arena, FAMILY_IPV4, BACKEND_LEGACY,
				       BEGIN "-A RULES -s 10.0.0.1 -p tcp --dport nonsense\n"
					     "COMMIT\n");
	const struct table *table = &unit_ruleset(unit)->tables[TABLE_FILTER];
	struct condition c;

	space = space_new(arena, FAMILY_IPV4, BACKEND_LEGACY, table);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			cr_assert(entry->rule->unbound);
			condition_read(&c, scratch, space, &moment_untouched, entry->rule);
			cr_assert(c.silent && !c.sure && c.n == 1 && c.regions[0]->n == 0);
			return;
		}
	}
	cr_assert_fail("the line is in no chain");
}

/* One match without the rest of its rule, but with its protocol. */
Test(opaque, a_match_alone)
{
	const struct entry *entry =
		load_rules(FAMILY_IPV4, BACKEND_LEGACY,
			   BEGIN "-A RULES -s 10.0.0.1 -p tcp -m tcp --dport 22 "
				 "-m limit --limit 1/s\n"
				 "COMMIT\n");
	const struct match *match = entry->rule->matches;
	struct condition c;

	condition_read_match(&c, scratch, space, entry->rule, match);
	cr_assert(c.sure && c.n == 1);
	cr_assert_null(region_get(c.regions[0], VAR_SRC, 0));
	cr_assert(set_contains(region_get(c.regions[0], VAR_DPORT, 0), set_range(scratch, 22, 22)));
	cr_assert(set_contains(set_range(scratch, 22, 22), region_get(c.regions[0], VAR_DPORT, 0)));
	condition_read_match(&c, scratch, space, entry->rule, match->next);
	cr_assert(!c.sure && c.n == 1 && c.regions[0]->n == 0);
}

static uint64_t number_of_match(const struct moment *moment, unsigned fields, unsigned match)
{
	(void)moment;
	return fields ? match + 1 : 0;
}

/* Each test is of the version at its own moment: a match of the rule may write as well. */
Test(opaque, versions_of_matches)
{
	static const struct moment moment = { number_of_match };
	const struct entry *entry = load_rules(FAMILY_IPV4, BACKEND_LEGACY,
					       BEGIN "-A RULES -s 10.0.0.1 -m mark --mark 1 "
						     "-m conntrack --ctstate NEW -m mark --mark 2\n"
						     "COMMIT\n");
	struct condition c;

	condition_read(&c, scratch, space, &moment, entry->rule);
	cr_assert_eq(c.n, 1);
	cr_assert_eq(c.regions[0]->n, 4);
	cr_assert(region_get(c.regions[0], VAR_SRC, 1));
	cr_assert(region_get(c.regions[0], VAR_STATE, 2));
	cr_assert(region_get(c.regions[0], VAR_LITERAL, 1));
	cr_assert(region_get(c.regions[0], VAR_LITERAL + 1, 3));
}
