/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and addresses as text.
 */
#include "emit/text.h"

#include <stdbool.h>
#include <string.h>

#define V6_GROUPS 8

/* The decimal digits of NUMBER, ending before END; returns their start. */
static char *digits(char *end, uint64_t number)
{
	do {
		*--end = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return end;
}

void text_decimal(struct buf *out, uint64_t number)
{
	char text[20]; /* 2^64 - 1 has 20 digits */
	char *end = text + sizeof(text);
	char *start = digits(end, number);

	buf_add(out, start, (size_t)(end - start));
}

static char *put_byte(char *to, unsigned byte)
{
	if (byte >= 100)
		*to++ = (char)('0' + byte / 100);
	if (byte >= 10)
		*to++ = (char)('0' + byte / 10 % 10);
	*to++ = (char)('0' + byte % 10);
	return to;
}

static char *put_v4(char *to, const unsigned char *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*to++ = '.';
		to = put_byte(to, bytes[i]);
	}
	return to;
}

static char *put_group(char *to, unsigned group)
{
	static const char hex[] = "0123456789abcdef";
	int shift = 12;

	while (shift && !(group >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = hex[group >> shift & 0xf];
	return to;
}

/* The longest run of at least two zero groups, the first if there are several. */
static void find_zeros(const unsigned *groups, int *start, int *len)
{
	*start = -1;
	*len = 1;
	for (int i = 0; i < V6_GROUPS; i++) {
		int n = 0;

		while (i + n < V6_GROUPS && !groups[i + n])
			n++;
		if (n > *len) {
			*start = i;
			*len = n;
		}
		i += n;
	}
}

static char *put_v6(char *to, const unsigned char *bytes)
{
	unsigned groups[V6_GROUPS];
	int zeros, n_zeros;
	bool has_v4;

	for (int i = 0; i < V6_GROUPS; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	find_zeros(groups, &zeros, &n_zeros);
	/* ::a.b.c.d and ::ffff:a.b.c.d */
	has_v4 = zeros == 0 && (n_zeros == 6 || (n_zeros == 5 && groups[5] == 0xffff));
	for (int i = 0; i < V6_GROUPS; i++) {
		if (i == zeros) {
			*to++ = ':';
			i += n_zeros - 1;
			if (i == V6_GROUPS - 1)
				*to++ = ':';
			continue;
		}
		if (i > 0)
			*to++ = ':';
		if (has_v4 && i == 6)
			return put_v4(to, bytes + 12);
		to = put_group(to, groups[i]);
	}
	return to;
}

void text_address(struct buf *out, enum family family, const union address *address)
{
	char text[48]; /* INET6_ADDRSTRLEN is 46 */
	char *end;

	if (family == FAMILY_IPV6)
		end = put_v6(text, address->v6.s6_addr);
	else
		end = put_v4(text, (const unsigned char *)&address->v4);
	buf_add(out, text, (size_t)(end - text));
}

/* The length of a prefix, or -1 if the ones are not all in front. */
static int mask_length(const unsigned char *mask, int size)
{
	int bits = 0;
	int i = 0;

	while (i < size && mask[i] == 0xff)
		i++;
	bits = 8 * i;
	if (i < size) {
		unsigned char byte = mask[i++];

		while (byte & 0x80) {
			byte = (unsigned char)(byte << 1);
			bits++;
		}
		if (byte)
			return -1;
	}
	while (i < size)
		if (mask[i++])
			return -1;
	return bits;
}

void text_mask(struct buf *out, enum family family, const union address *mask)
{
	bool is_v6 = family == FAMILY_IPV6;
	int bits = mask_length((const unsigned char *)mask, is_v6 ? 16 : 4);

	if (bits < 0)
		text_address(out, family, mask);
	else
		text_decimal(out, (uint64_t)bits);
}

void text_counters(struct buf *out, const struct counters *counters)
{
	if (!counters) {
		buf_add(out, "[0:0]", 5);
		return;
	}
	buf_add_char(out, '[');
	text_decimal(out, counters->packets);
	buf_add_char(out, ':');
	text_decimal(out, counters->bytes);
	buf_add_char(out, ']');
}
