/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -s and -d, spelling by spelling.  Each row was loaded with iptables-restore
 * 1.8.9, and the result is what iptables-save printed.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "bind/address.h"

struct row {
	const char *text;
	enum address_result result;
	const char *address;
	const char *mask;
};

static const struct row v4[] = {
	{ "10.1.2.3", ADDRESS_OK, "10.1.2.3", "255.255.255.255" },
	{ "10.1.2.3/8", ADDRESS_OK, "10.0.0.0", "255.0.0.0" },
	{ "10/8", ADDRESS_OK, "10.0.0.0", "255.0.0.0" },
	{ "10.1/16", ADDRESS_OK, "10.1.0.0", "255.255.0.0" },
	{ "10", ADDRESS_OK, "10.0.0.0", "255.255.255.255" },
	{ "167772161", ADDRESS_OK, "10.0.0.1", "255.255.255.255" },
	{ "1.2.256", ADDRESS_OK, "1.2.1.0", "255.255.255.255" },
	{ "1.65536", ADDRESS_OK, "1.1.0.0", "255.255.255.255" },
	{ "0x0a.0.0.1", ADDRESS_OK, "10.0.0.1", "255.255.255.255" },
	{ "010.0.0.1", ADDRESS_OK, "8.0.0.1", "255.255.255.255" },
	{ "+10.0.0.1", ADDRESS_OK, "10.0.0.1", "255.255.255.255" },
	{ "10.0.0. 1", ADDRESS_OK, "10.0.0.1", "255.255.255.255" },
	{ "1.2.3.0x4", ADDRESS_OK, "1.2.3.4", "255.255.255.255" },
	{ "0000000000000000010.0.0.1", ADDRESS_OK, "8.0.0.0", "255.255.255.255" },
	{ "1.2.3.4/0x18", ADDRESS_OK, "1.2.3.0", "255.255.255.0" },
	{ "1.2.3.4/030", ADDRESS_OK, "1.2.3.0", "255.255.255.0" },
	{ "1.2.3.4/+8", ADDRESS_OK, "1.0.0.0", "255.0.0.0" },
	{ "10.0.0.1/255.255.255.0", ADDRESS_OK, "10.0.0.0", "255.255.255.0" },
	{ "10.0.0.1/255.0.255.0", ADDRESS_OK, "10.0.0.0", "255.0.255.0" },
	{ "10.0.0.1/255.255.255.0x0", ADDRESS_OK, "10.0.0.0", "255.255.255.0" },
	{ "any/0", ADDRESS_ANY, NULL, NULL },
	{ "foo/0", ADDRESS_ANY, NULL, NULL },
	{ "1.2.3.4/0", ADDRESS_ANY, NULL, NULL },
	{ "1.2.3.4/33", ADDRESS_BAD_MASK, NULL, NULL },
	{ "1.2.3.4/", ADDRESS_BAD_MASK, NULL, NULL },
	{ "10.0.0.1/255.255", ADDRESS_BAD_MASK, NULL, NULL },
	{ "10.0.0.1/24 ", ADDRESS_BAD_MASK, NULL, NULL },
	{ "10.0.0.1/24/8", ADDRESS_BAD, NULL, NULL },
	{ "", ADDRESS_BAD, NULL, NULL },
	{ "10.0.0.1 ", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.4\r", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.4.5", ADDRESS_BAD, NULL, NULL },
	{ "10..1", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.08", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.-4", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.999", ADDRESS_BAD, NULL, NULL },
	{ "300.1.1.1", ADDRESS_BAD, NULL, NULL },
	{ "4294967296", ADDRESS_BAD, NULL, NULL },
	{ "::1", ADDRESS_OTHER_FAMILY, NULL, NULL },
	{ "mail.example.com", ADDRESS_HOST, NULL, NULL },
	{ "mail.example.com/24", ADDRESS_HOST, NULL, NULL },
	{ "my_host", ADDRESS_HOST, NULL, NULL },
	{ "host!", ADDRESS_BAD, NULL, NULL },
	{ "1-2", ADDRESS_BAD, NULL, NULL },
	{ "10.0.0.1-10.0.0.9", ADDRESS_BAD, NULL, NULL },
};

static const struct row v6[] = {
	{ "2001:db8::1", ADDRESS_OK, "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "2001:db8::1/64", ADDRESS_OK, "2001:db8::", "ffff:ffff:ffff:ffff::" },
	{ "::1/0x40", ADDRESS_OK, "::", "ffff:ffff:ffff:ffff::" },
	{ "::1/ffff::", ADDRESS_OK, "::", "ffff::" },
	{ "::ffff:1.2.3.4", ADDRESS_OK, "::ffff:1.2.3.4",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "fe80::1%lo", ADDRESS_OK, "fe80::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "fe80::1%eth0", ADDRESS_BAD, NULL, NULL },
	{ "::1/129", ADDRESS_BAD_MASK, NULL, NULL },
	{ "::1 ", ADDRESS_BAD, NULL, NULL },
	{ "[2001:db8::1]", ADDRESS_BAD, NULL, NULL },
	{ "10", ADDRESS_BAD, NULL, NULL },
	{ "1.2.3.4", ADDRESS_OTHER_FAMILY, NULL, NULL },
	{ "foo/0", ADDRESS_ANY, NULL, NULL },
	{ "mail.example.com", ADDRESS_HOST, NULL, NULL },
};

static void check_row(enum family family, const struct row *row)
{
	int af = family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	struct arena *arena = arena_new();
	struct address_reading reading;
	enum address_result result =
		address_read(arena, family, row->text, strlen(row->text), &reading);
	char text[INET6_ADDRSTRLEN];

	cr_expect_eq(result, row->result, "'%s' gives %d", row->text, (int)result);
	if (row->address && result == ADDRESS_OK) {
		inet_ntop(af, &reading.prefix.address, text, sizeof(text));
		cr_expect_str_eq(text, row->address, "'%s' gives %s", row->text, text);
		inet_ntop(af, reading.prefix.mask, text, sizeof(text));
		cr_expect_str_eq(text, row->mask, "'%s' gives the mask %s", row->text, text);
	}
	if (row->result == ADDRESS_HOST)
		cr_expect_str_eq(prefix_host(&reading.prefix), row->text);
	arena_free(arena);
}

Test(address, v4)
{
	for (size_t i = 0; i < sizeof(v4) / sizeof(*v4); i++)
		check_row(FAMILY_IPV4, &v4[i]);
}

Test(address, v6)
{
	for (size_t i = 0; i < sizeof(v6) / sizeof(*v6); i++)
		check_row(FAMILY_IPV6, &v6[i]);
}

Test(address, octal_that_misleads)
{
	struct arena *arena = arena_new();
	struct address_reading reading;

	address_read(arena, FAMILY_IPV4, "010.0.0.1", 9, &reading);
	cr_expect(reading.octal);
	address_read(arena, FAMILY_IPV4, "07.0.0.1", 8, &reading);
	cr_expect_not(reading.octal);
	address_read(arena, FAMILY_IPV4, "10.0.0.1", 8, &reading);
	cr_expect_not(reading.octal);
	arena_free(arena);
}

Test(address, host_bits)
{
	struct arena *arena = arena_new();
	struct address_reading reading;

	address_read(arena, FAMILY_IPV4, "10.0.0.5/24", 11, &reading);
	cr_expect(reading.host_bits);
	address_read(arena, FAMILY_IPV4, "10.0.0.0/24", 11, &reading);
	cr_expect_not(reading.host_bits);
	address_read(arena, FAMILY_IPV4, "10.0.0.5", 8, &reading);
	cr_expect_not(reading.host_bits);
	address_read(arena, FAMILY_IPV6, "fe80::1/64", 10, &reading);
	cr_expect(reading.host_bits);
	arena_free(arena);
}

/* The short way may give up, but what it reads is what the long way reads. */
static void check_plain(enum family family, const struct row *row)
{
	struct arena *arena = arena_new();
	struct address_reading reading;
	struct prefix prefix;
	bool any;

	if (address_read_plain(family, row->text, &prefix, &any)) {
		enum address_result result =
			address_read(arena, family, row->text, strlen(row->text), &reading);

		cr_expect_eq(any, result == ADDRESS_ANY, "'%s'", row->text);
		if (!any)
			cr_expect_arr_eq(&prefix, &reading.prefix, sizeof(prefix), "'%s'",
					 row->text);
	}
	arena_free(arena);
}

Test(address, plain_agrees)
{
	char text[64];
	struct row row = { text, ADDRESS_OK, NULL, NULL };

	for (size_t i = 0; i < sizeof(v4) / sizeof(*v4); i++)
		check_plain(FAMILY_IPV4, &v4[i]);
	for (size_t i = 0; i < sizeof(v6) / sizeof(*v6); i++)
		check_plain(FAMILY_IPV6, &v6[i]);
	for (unsigned bits = 0; bits <= 34; bits++) {
		snprintf(text, sizeof(text), "203.0.113.%u/%u", bits * 7, bits);
		check_plain(FAMILY_IPV4, &row);
		snprintf(text, sizeof(text), "2001:db8::%x/%u", bits, bits * 4);
		check_plain(FAMILY_IPV6, &row);
	}
}
