/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and addresses as text, against what the C library makes of them.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "emit/text.h"

static uint64_t seed = 88172645463325252u;

static uint64_t chance(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void expect_address(enum family family, const union address *address)
{
	char expected[INET6_ADDRSTRLEN];
	struct buf out = BUF_INIT;

	inet_ntop(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, address, expected, sizeof(expected));
	text_address(&out, family, address);
	cr_expect_str_eq(buf_string(&out), expected);
	buf_free(&out);
}

/* Every pattern of zero groups, and all that may be printed with an IPv4 part. */
Test(text, address_v6_is_that_of_inet_ntop)
{
	union address address;

	for (unsigned zeros = 0; zeros < 256; zeros++) {
		for (unsigned round = 0; round < 40; round++) {
			for (unsigned i = 0; i < 8; i++) {
				uint64_t group = chance() >> (16 + chance() % 13) & 0xffff;

				if (i == 5 && round % 3 == 0)
					group = 0xffff;
				if (zeros >> i & 1)
					group = 0;
				else if (!group)
					group = 1;
				address.v6.s6_addr[2 * i] = (uint8_t)(group >> 8);
				address.v6.s6_addr[2 * i + 1] = (uint8_t)group;
			}
			expect_address(FAMILY_IPV6, &address);
		}
	}
}

Test(text, address_v4_is_that_of_inet_ntop)
{
	union address address = { 0 };

	for (unsigned byte = 0; byte < 256; byte++) {
		address.v4.s_addr = htonl(byte << 24 | (255 - byte) << 16 | byte << 8 | byte);
		expect_address(FAMILY_IPV4, &address);
	}
}

static void expect_mask(enum family family, const union address *mask, const char *expected)
{
	struct buf out = BUF_INIT;

	text_mask(&out, family, mask);
	cr_expect_str_eq(buf_string(&out), expected);
	buf_free(&out);
}

Test(text, mask_is_a_length_where_it_can_be)
{
	union address mask = { 0 };
	char expected[8];

	for (unsigned bits = 0; bits <= 128; bits++) {
		memset(&mask, 0, sizeof(mask));
		for (unsigned i = 0; i < bits; i++)
			mask.v6.s6_addr[i / 8] |= (uint8_t)(0x80 >> i % 8);
		snprintf(expected, sizeof(expected), "%u", bits);
		expect_mask(FAMILY_IPV6, &mask, expected);
		if (bits <= 32)
			expect_mask(FAMILY_IPV4, &mask, expected);
	}
}

Test(text, other_masks_are_addresses)
{
	union address mask = { 0 };

	mask.v4.s_addr = htonl(0xff00ff00);
	expect_mask(FAMILY_IPV4, &mask, "255.0.255.0");
	mask.v4.s_addr = htonl(0x000000ff);
	expect_mask(FAMILY_IPV4, &mask, "0.0.0.255");
	mask.v4.s_addr = htonl(0xa0000000);
	expect_mask(FAMILY_IPV4, &mask, "160.0.0.0");
	inet_pton(AF_INET6, "ffff:0:ffff::", &mask);
	expect_mask(FAMILY_IPV6, &mask, "ffff:0:ffff::");
}

Test(text, decimal)
{
	static const uint64_t numbers[] = { 0, 1, 9, 10, 99, 100, 65535, UINT32_MAX, UINT64_MAX };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct buf out = BUF_INIT;
		char expected[24];

		snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]);
		text_decimal(&out, numbers[i]);
		cr_expect_str_eq(buf_string(&out), expected);
		buf_free(&out);
	}
}

Test(text, counters)
{
	struct counters counters = { 12, UINT64_MAX };
	struct buf out = BUF_INIT;

	text_counters(&out, NULL);
	text_counters(&out, &counters);
	cr_expect_str_eq(buf_string(&out), "[0:0][12:18446744073709551615]");
	buf_free(&out);
}
