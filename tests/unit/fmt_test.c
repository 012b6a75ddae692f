/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fmt makes of single lines, and that it leaves alone what it cannot be sure of.
 */
#include "emit/fmt.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "loaded.h"

/* What fmt makes of TEXT; *N_REMARKS, if given, gets the number of its remarks. */
static const char *format(struct arena *arena, enum family family, const char *text,
			  size_t *n_remarks)
{
	struct unit *unit = load(arena, family, BACKEND_BOTH, text);
	struct buf out = BUF_INIT;
	struct diags remarks;
	const char *result;

	diags_init(&remarks, arena);
	fmt_text(unit, &remarks, &out);
	result = arena_strndup(arena, buf_string(&out), out.len);
	buf_free(&out);
	if (n_remarks)
		*n_remarks = remarks.count;
	return result;
}

struct line_case {
	const char *written;
	const char *formatted; /* NULL: stays as written */
};

/* Each line stands in table filter, with a chain 'web', and is formatted twice. */
static void expect_lines(enum family family, const struct line_case *cases, size_t n_cases)
{
	static const char frame[] = "*filter\n:web - [0:0]\n%s\nCOMMIT\n";

	for (size_t i = 0; i < n_cases; i++) {
		const char *wanted = cases[i].formatted ? cases[i].formatted : cases[i].written;
		struct arena *arena = arena_new();
		const char *expected = arena_printf(arena, frame, wanted);
		const char *once, *twice;

		once = format(arena, family, arena_printf(arena, frame, cases[i].written), NULL);
		cr_expect_str_eq(once, expected, "%s\nbecame\n%s", cases[i].written, once);
		twice = format(arena, family, once, NULL);
		cr_expect_str_eq(twice, once, "a second time\n%s\nbecame\n%s", once, twice);
		arena_free(arena);
	}
}

#define expect_cases(family, cases) \
	expect_lines((family), (cases), sizeof(cases) / sizeof((cases)[0]))

static const struct line_case spelled_v4[] = {
	{ "-A INPUT -j ACCEPT", NULL },
	{ "  --append   INPUT\t--jump ACCEPT  ", "-A INPUT -j ACCEPT" },
	{ "-j ACCEPT -A INPUT -s 10.1.2.3/8", "-A INPUT -s 10.0.0.0/8 -j ACCEPT" },
	{ "-A INPUT -d 192.0.2.1 -s 10/8 -p 6", "-A INPUT -s 10.0.0.0/8 -d 192.0.2.1/32 -p tcp" },
	{ "-A INPUT -s 0/0 -d any/0 -p all", "-A INPUT" },
	{ "-A INPUT -s 10.0.0.1/255.0.255.0", "-A INPUT -s 10.0.0.0/255.0.255.0" },
	{ "-A INPUT ! -s 10.0.0.1 ! -p tcp ! -i lo ! -f",
	  "-A INPUT ! -s 10.0.0.1/32 ! -i lo ! -p tcp ! -f" },
	/* lists stay lists */
	{ "-A INPUT -s 10.0.0.1,10.0.0.2 -j web", "-A INPUT -s 10.0.0.1/32,10.0.0.2/32 -j web" },
	{ "-A INPUT -s 10.0.0.1,10.0.0.2 -d 1.1.1.1,2.2.2.2,3.3.3.3/24",
	  "-A INPUT -s 10.0.0.1/32,10.0.0.2/32 -d 1.1.1.1/32,2.2.2.2/32,3.3.3.0/24" },
	{ "-A INPUT -s 10.0.0.1 -d 1.1.1.1,2.2.2.2",
	  "-A INPUT -s 10.0.0.1/32 -d 1.1.1.1/32,2.2.2.2/32" },
	{ "-A INPUT -s 0/0,10.0.0.1", "-A INPUT -s 0.0.0.0/0,10.0.0.1/32" },
	/* commands, numbers and counters stay */
	{ "[5:600]-A INPUT  -j DROP", "[5:600] -A INPUT -j DROP" },
	{ "[5:600] -A INPUT -j DROP -c 7 8", "[5:600] -A INPUT -c 7 8 -j DROP" },
	{ "-A INPUT --set-counters 7,8 -j DROP", "-A INPUT -c 7 8 -j DROP" },
	{ "--insert web 1  -j DROP", "-I web 1 -j DROP" },
	{ "-I web -s 10.0.0.1,10.0.0.2", "-I web -s 10.0.0.1/32,10.0.0.2/32" },
	{ "--new-chain   dmz", "-N dmz" },
	{ "--policy INPUT  DROP", "-P INPUT DROP" },
	{ ": INPUT   DROP", ":INPUT DROP" },
	{ ":INPUT  DROP \t[1:2] ", ":INPUT DROP [1:2]" },
	/* matches in their order, options by the name that is saved */
	{ "-A INPUT -p tcp --destination-port 22 -j ACCEPT",
	  "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT" },
	{ "-A INPUT -p tcp -m comment --comment x --dp 0x16",
	  "-A INPUT -p tcp -m comment --comment x -m tcp --dport 22" },
	{ "-A INPUT -m state --state ESTABLISHED,RELATED",
	  "-A INPUT -m state --state RELATED,ESTABLISHED" },
	{ "-A INPUT -m comment --comment \"plain\" -j LOG --log-prefix 'a'",
	  "-A INPUT -m comment --comment plain -j LOG --log-prefix \"\\'a\\'\"" },
	/* names that the host decides about */
	{ "-A INPUT -s mail.example.com -p 6", "-A INPUT -s mail.example.com -p tcp" },
	{ "-A INPUT  -s mail.example.com,10.0.0.1", "-A INPUT -s mail.example.com,10.0.0.1/32" },
	{ "-A INPUT  -p 47", "-A INPUT -p 47" },
	{ "-A INPUT  -p gre", "-A INPUT -p gre" },
	{ "-A INPUT -p tcp --destination-port ssh", "-A INPUT -p tcp -m tcp --dport ssh" },
	{ "-A OUTPUT -m owner   --uid-owner root", "-A OUTPUT -m owner --uid-owner root" },
	{ "-A INPUT -m recent --update --seconds 60",
	  "-A INPUT -m recent --update --seconds 60 --name DEFAULT --mask 255.255.255.255 "
	  "--rsource" },
	/* what nft keeps of a prefix is more than what legacy keeps */
	{ "-A INPUT -j  NFLOG --nflog-group 2 --nflog-prefix "
	  "0123456789012345678901234567890123456789012345678901234567890123456789",
	  "-A INPUT -j NFLOG --nflog-prefix "
	  "0123456789012345678901234567890123456789012345678901234567890123456789 "
	  "--nflog-group 2" },
};

Test(fmt, lines_are_spelled_as_saved)
{
	expect_cases(FAMILY_IPV4, spelled_v4);
}

static const struct line_case spelled_v6[] = {
	{ "-A INPUT -s 2001:DB8:0:0::1/64", "-A INPUT -s 2001:db8::/64" },
	{ "-A INPUT -s ::/0 -p icmpv6 --icmpv6-type echo-request",
	  "-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128" },
	{ "-A INPUT -s ::/0,::1", "-A INPUT -s ::/0,::1/128" },
};

Test(fmt, lines_are_spelled_as_saved_v6)
{
	expect_cases(FAMILY_IPV6, spelled_v6);
}

static const struct line_case kept[] = {
	/* could not be read */
	{ "-A INPUT  -p tcp --dprot 22", NULL },
	{ "-A INPUT  -j nowhere", NULL },
	{ "-A INPUT   -s 10.0.0.1\r", NULL },
	/* would be another rule */
	{ "-A INPUT  -p tcp -m tcp ! --sport 0:65535 -j DROP", NULL },
	{ "-A INPUT  -m recent --name \"a b\" --set", NULL },
	/* is for both families */
	{ "-A INPUT  -4 -j DROP", NULL },
	{ "-A INPUT  -6 -j DROP", NULL },
	{ "-A INPUT  -j DROP --ipv4", NULL },
	/* has words that are no part of the command */
	{ "-P  INPUT DROP -c 1 2", NULL },
	{ "-L   INPUT", NULL },
	/* a quote that is not closed */
	{ "-N  a\"b", NULL },
	{ "-A INPUT  -m comment --comment \"b", NULL },
	{ "# a  comment  ", NULL },
	{ "", NULL },
};

Test(fmt, what_is_not_sure_stays)
{
	expect_cases(FAMILY_IPV4, kept);
}

/* "! -i +" is saved without the '!' by legacy, but can be written. */
static const struct line_case any_interface[] = {
	{ "-A INPUT  ! -i + -j DROP", "-A INPUT ! -i + -j DROP" },
	{ "-A INPUT  -i + -j DROP", "-A INPUT -i + -j DROP" },
};

Test(fmt, any_interface_stays)
{
	expect_cases(FAMILY_IPV4, any_interface);
}

Test(fmt, ends_of_lines_stay)
{
	static const char *const texts[] = {
		"",
		"\n",
		"# x",
		"*filter\nCOMMIT",
		"*filter\n-A INPUT -j DROP",
		"\r\n",
		"*filter\r\n:INPUT  DROP [0:0]\r\nCOMMIT\r\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena *arena = arena_new();

		cr_expect_str_eq(format(arena, FAMILY_IPV4, texts[i], NULL), texts[i]);
		arena_free(arena);
	}
}

Test(fmt, table_lines)
{
	struct arena *arena = arena_new();

	cr_expect_str_eq(format(arena, FAMILY_IPV4, "* \tfilter \nCOMMIT\n", NULL),
			 "*filter\nCOMMIT\n");
	cr_expect_str_eq(format(arena, FAMILY_IPV4, "*filter junk\nCOMMIT\n", NULL),
			 "*filter junk\nCOMMIT\n");
	arena_free(arena);
}

/* A word that is an option only by its place does not lead fmt astray. */
Test(fmt, values_that_look_like_options)
{
	struct arena *arena = arena_new();
	size_t n_remarks;
	const char *text = "*filter\n-A INPUT  -m comment --comment -c -j DROP\n"
			   "-A INPUT  -m comment --comment -p -p 47\nCOMMIT\n";

	cr_expect_str_eq(format(arena, FAMILY_IPV4, text, &n_remarks),
			 "*filter\n-A INPUT -m comment --comment -c -j DROP\n"
			 "-A INPUT  -m comment --comment -p -p 47\nCOMMIT\n");
	cr_expect_eq(n_remarks, 1);
	arena_free(arena);
}
