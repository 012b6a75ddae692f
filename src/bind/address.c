/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and masks as libxtables reads them: numbers of any base, parts left
 * out, and what the C library's inet_aton() takes beyond that.  Measured; the
 * cases stand in tests/unit/address_test.c.
 */
#include "bind/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bind/interpose.h"

#define MAX_TEXT 255

/* A number of any base with no rest; blanks and a '+' before it are taken. */
static bool read_number(const char *text, uintmax_t max, uintmax_t *value)
{
	const char *start = text;
	char *end;

	while (isspace((unsigned char)*start))
		start++;
	if (*start == '-')
		return false;
	*value = strtoumax(text, &end, 0);
	return end != text && *end == '\0' && *value <= max;
}

/* Does a part like "010" mean another number than it seems to? */
static bool is_misleading_octal(const char *part)
{
	return part[0] == '0' && isdigit((unsigned char)part[1]) &&
	       strtoul(part, NULL, 10) != strtoul(part, NULL, 8);
}

/*
 * One to four parts; those left out at the end are 0 ("10.1" is 10.1.0.0), but
 * not in a mask.  Only the first 19 bytes are looked at.
 */
static bool read_dotted(const char *text, bool all_parts, struct in_addr *address, bool *octal)
{
	unsigned char bytes[4] = { 0 };
	char copy[20];
	char *part = copy;

	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	for (int i = 0; i < 4; i++) {
		char *dot = i < 3 ? strchr(part, '.') : NULL;
		uintmax_t number;

		if (dot)
			*dot = '\0';
		else if (i < 3 && all_parts)
			return false;
		if (!read_number(part, UINT8_MAX, &number))
			return false;
		*octal |= is_misleading_octal(part);
		bytes[i] = (unsigned char)number;
		if (!dot)
			break;
		part = dot + 1;
	}
	memcpy(address, bytes, sizeof(bytes));
	return true;
}

static size_t address_size(enum family family)
{
	return family == FAMILY_IPV6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
}

static bool read_mask(enum family family, const char *text, union address *mask)
{
	size_t size = address_size(family);
	bool ignored = false;
	uintmax_t bits;

	if (!text) {
		memset(mask, 0xff, size);
		return true;
	}
	if (family == FAMILY_IPV4 && read_dotted(text, true, &mask->v4, &ignored))
		return true;
	if (family == FAMILY_IPV6 && inet_pton(AF_INET6, text, &mask->v6) == 1)
		return true;
	if (!read_number(text, 8 * size, &bits))
		return false;
	*mask = *mask_of_length(family, (unsigned)bits);
	return true;
}

static bool read_v6(char *text, struct in6_addr *address)
{
	/* The C library resolves the zone and drops it; lo is the one that always exists. */
	char *zone = strchr(text, '%');

	if (zone && strcmp(zone, "%lo") == 0)
		*zone = '\0';
	return inet_pton(AF_INET6, text, address) == 1;
}

static enum address_result read_host(enum family family, char *text,
				     struct address_reading *reading)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (family == FAMILY_IPV6) {
		if (read_v6(text, &reading->prefix.address.v6))
			return ADDRESS_OK;
		if (inet_pton(AF_INET, text, &v4) == 1)
			return ADDRESS_OTHER_FAMILY;
	} else {
		if (read_dotted(text, false, &reading->prefix.address.v4, &reading->octal))
			return ADDRESS_OK;
		if (!strpbrk(text, " \t\r\n\v\f") && inet_aton(text, &reading->prefix.address.v4))
			return ADDRESS_OK;
		if (inet_pton(AF_INET6, text, &v6) == 1)
			return ADDRESS_OTHER_FAMILY;
	}
	return interpose_is_host_name(text) ? ADDRESS_HOST : ADDRESS_BAD;
}

static bool is_zero(const void *bytes, size_t size)
{
	static const unsigned char zeros[sizeof(union address)];

	return memcmp(bytes, zeros, size) == 0;
}

/* The one of its length, or a copy if it has holes. */
static const union address *share_mask(struct arena *arena, enum family family,
				       const union address *mask)
{
	const unsigned char *bytes = (const unsigned char *)mask;
	unsigned n = 0;

	for (size_t i = 0; i < address_size(family); i++)
		n += (unsigned)__builtin_popcount(bytes[i]);
	if (!memcmp(mask_of_length(family, n), mask, sizeof(*mask)))
		return mask_of_length(family, n);
	return arena_memdup(arena, mask, sizeof(*mask));
}

/* True if there were bits outside the mask. */
static bool apply_mask(struct prefix *prefix, size_t size)
{
	unsigned char *address = (unsigned char *)&prefix->address;
	const unsigned char *mask = (const unsigned char *)prefix->mask;
	unsigned char lost = 0;

	for (size_t i = 0; i < size; i++) {
		lost |= (unsigned char)(address[i] & ~mask[i]);
		address[i] &= mask[i];
	}
	return lost != 0;
}

enum address_result address_read(struct arena *arena, enum family family, const char *text,
				 size_t len, struct address_reading *reading)
{
	size_t size = address_size(family);
	union address bits = { 0 };
	enum address_result result;
	char copy[MAX_TEXT + 1];
	char *mask;

	memset(reading, 0, sizeof(*reading));
	if (len > MAX_TEXT)
		return ADDRESS_BAD;
	memcpy(copy, text, len);
	copy[len] = '\0';
	mask = strrchr(copy, '/');
	if (mask)
		*mask++ = '\0';
	if (!read_mask(family, mask, &bits))
		return ADDRESS_BAD_MASK;
	reading->prefix.mask = share_mask(arena, family, &bits);
	if (is_zero(&bits, size))
		return ADDRESS_ANY; /* whatever stands before the '/': "any/0" */
	result = read_host(family, copy, reading);
	if (result == ADDRESS_HOST) {
		memset(&reading->prefix, 0, sizeof(reading->prefix));
		reading->prefix.host = arena_strndup(arena, text, len);
	} else if (result == ADDRESS_OK) {
		reading->host_bits = apply_mask(&reading->prefix, size);
	}
	return result;
}

struct prefix address_of_host(struct arena *arena, enum family family, const struct prefix *prefix,
			      const union address *address)
{
	const char *mask = strrchr(prefix->host, '/');
	struct prefix result = { .address = *address };
	union address bits = { 0 };

	/* address_read() has read it before */
	read_mask(family, mask ? mask + 1 : NULL, &bits);
	result.mask = share_mask(arena, family, &bits);
	apply_mask(&result, address_size(family));
	return result;
}

/* A decimal number without leading zeros; moves *TEXT behind it. */
static bool plain_number(const char **text, unsigned max, unsigned *value)
{
	const char *c = *text;
	unsigned number = 0;

	if (*c == '0' && isdigit((unsigned char)c[1]))
		return false;
	while (*c >= '0' && *c <= '9' && number <= max)
		number = number * 10 + (unsigned)(*c++ - '0');
	if (c == *text || number > max)
		return false;
	*text = c;
	*value = number;
	return true;
}

static bool plain_v4(const char **text, struct in_addr *address)
{
	unsigned char *bytes = (unsigned char *)address;
	unsigned part;

	for (int i = 0; i < 4; i++) {
		if (i > 0 && *(*text)++ != '.')
			return false;
		if (!plain_number(text, UINT8_MAX, &part))
			return false;
		bytes[i] = (unsigned char)part;
	}
	return true;
}

static bool plain_v6(const char **text, struct in6_addr *address)
{
	char copy[INET6_ADDRSTRLEN];
	size_t len = strcspn(*text, "/");

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, *text, len);
	copy[len] = '\0';
	*text += len;
	return inet_pton(AF_INET6, copy, address) == 1;
}

bool address_read_plain(enum family family, const char *text, struct prefix *prefix, bool *any)
{
	size_t size = address_size(family);
	unsigned bits = (unsigned)(8 * size);

	memset(prefix, 0, sizeof(*prefix));
	if (family == FAMILY_IPV6 ? !plain_v6(&text, &prefix->address.v6)
				  : !plain_v4(&text, &prefix->address.v4))
		return false;
	if (*text == '/') {
		text++;
		if (!plain_number(&text, bits, &bits))
			return false;
	}
	if (*text)
		return false;
	prefix->mask = mask_of_length(family, bits);
	*any = bits == 0;
	return !apply_mask(prefix, size) || *any;
}
